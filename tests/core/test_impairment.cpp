#include "core/impairment.h"
#include "tests/support/scenario_text.h"

using namespace netrig;
using namespace std::chrono_literals;

namespace {

const std::string some_test = "[[tests]]\nexec = { on = \"*\", command = \"true\" }\n";

/// Of a link between a and b with these lines, on what a sends and on what b sends.
std::string impaired(const std::string& lines, const std::string& rest = "") {
    Scenario scenario = scenario_of("hosts = [\"a\", \"b\"]\n[[links]]\nends = [\"a\", \"b\"]\n" + lines +
                                    "\n" + rest + some_test);
    const Topology& topology = scenario.topology;
    return words(topology.at(topology.links[0].ends[0]).impairment) + "; " +
           words(topology.at(topology.links[0].ends[1]).impairment);
}

std::string messages(const std::string& lines) {
    return messages_in("hosts = [\"a\", \"b\"]\n[[links]]\nends = [\"a\", \"b\"]\n" + lines + "\n" +
                       some_test);
}

} // namespace

TEST_CASE("an impairment of a link is one of both directions, in the words of tc-netem") {
    CHECK(impaired("delay = \"10ms\"") == "delay 10ms; delay 10ms");
    CHECK(impaired("delay = \"1.5ms\"\njitter = \"500us\"\nloss = \"0.1%\"") ==
          "delay 1500us 500us loss 0.1%; delay 1500us 500us loss 0.1%");
    CHECK(impaired(R"(duplicate = "1%"
delay = "1s"
reorder = "25%"
corrupt = "50%"
rate = "1.5mbit"
limit = 50
seed = 7)")
              .starts_with("delay 1s duplicate 1% reorder 25% corrupt 50% rate 1500kbit limit 50 seed 7; "));
    CHECK(impaired("drop = [7, 3]\ndrop-first = 2\nmatch = \"icmp\"")
              .starts_with("drop 3,7 drop-first 2 match 'icmp'; "));
    CHECK(impaired("drop = 4").starts_with("drop 4; "));
    CHECK(impaired("loss = \"0%\"\ndelay = \"0ms\"") == "nothing; nothing");
    CHECK(impaired("") == "nothing; nothing");
}

TEST_CASE("an interface says what it sends, over what its link says of both directions") {
    CHECK(impaired("", "[nodes.a.interfaces.eth0]\nloss = \"1%\"\n") == "loss 1%; nothing");
    CHECK(impaired("delay = \"10ms\"", "[nodes.b.interfaces.eth0]\nrate = \"1mbit\"\njitter = \"1ms\"\n") ==
          "delay 10ms; delay 10ms 1ms rate 1mbit");
    CHECK(impaired("loss = \"10%\"\ndrop = [1]", "[nodes.b.interfaces.eth0]\nloss = \"0%\"\ndrop = []\n") ==
          "loss 10% drop 1; nothing");
}

TEST_CASE("an impairment of a bridge's port is one of both directions of its link") {
    Scenario scenario = scenario_of(R"(
hosts = ["a", "b"]
[bridges.br0]
ports = [{ port = "a", delay = "10ms", isolated = true }, "b"]
)" + some_test);
    const Topology& topology = scenario.topology;
    std::string text;
    for (const Node& node : topology.nodes)
        for (const Interface& interface : node.interfaces)
            text += node.name + ":" + interface.name + " " + words(interface.impairment) + "\n";
    CHECK(text == "a:lo nothing\na:eth0 delay 10ms\nb:lo nothing\nb:eth0 nothing\n"
                  "br0:lo nothing\nbr0:br0 nothing\nbr0:a delay 10ms\nbr0:b nothing\n");
}

TEST_CASE("a port of a bridge in a node is no link, so the impairment belongs elsewhere") {
    CHECK(messages_in(R"(
hosts = ["a", "b"]
links = ["a:x -- b"]
[nodes.a.interfaces.br]
kind = "bridge"
ports = [{ port = "x", delay = "10ms" }]
)" + some_test) == "5:24 unknown key 'delay' in a port\n");
}

TEST_CASE("impairments that do not fit together are refused, each at its place") {
    CHECK(messages("jitter = \"1ms\"\nreorder = \"1%\"\nlimit = 5\nmatch = \"icmp\"\nseed = 1") ==
          R"(4:10 'jitter' needs a 'delay' that it makes shorter or longer
5:11 'reorder' needs a 'delay' that some packets are spared
6:9 'limit' bounds what 'delay' or 'rate' hold back, and neither is here
7:9 'match' says which packets 'drop' and 'drop-first' count, and neither is here
)");
    CHECK(messages("delay = \"1ms\"\nseed = 1") ==
          "5:8 'seed' needs something that is random: loss, jitter and the like\n");
    CHECK(messages("delay = \"1ms\"\njitter = \"2ms\"") ==
          "5:10 a jitter of 2ms is more than the delay of 1ms\n");
    // One mistake is not told twice.
    CHECK(messages("delay = 1\njitter = \"2ms\"") ==
          "4:9 'delay' takes a duration such as \"50ms\" with its unit, as a string\n");
}

TEST_CASE("impairments that are none are refused with what there is") {
    CHECK(messages(R"(loss = "101%"
rate = 10
duplicate = 5
drop = [0, "x"]
drop-first = -1
limit = 0
seed = -3)") == R"(4:8 'loss' takes a share such as "1%" with its unit, as a string
5:8 'rate' takes a rate such as "10mbit" with its unit, as a string
6:13 'duplicate' takes a share such as "1%" with its unit, as a string
7:9 'drop' takes numbers of packets from 1 to 10000
7:12 'drop' takes numbers of packets from 1 to 10000
8:14 'drop-first' takes an integer from 0 to 1000000
9:9 'limit' takes an integer from 1 to 1000000
10:8 'seed' takes an integer from 0 to 9223372036854775807
)");
    CHECK(messages("rate = \"7bit\"") == "4:8 'rate' is at least 8bit\n");
    CHECK(messages("drop = [3, 4, 3]") == "4:8 packet 3 is dropped twice\n");
    CHECK(mistakes_in("hosts = [\"a\", \"b\"]\n[[links]]\nends = [\"a\", \"b\"]\nrate = \"10Mbps\"\n" +
                      some_test) == R"(error: 'rate' takes a rate such as "10mbit" with its unit, as a string
  --> net.toml:4:8
   |
 4 | rate = "10Mbps"
   |        ^^^^^^^^
  help: units: bit, kbit, mbit, gbit

)");
}

TEST_CASE("a filter that libpcap does not take is refused with its words") {
    CHECK(mistakes_in("hosts = [\"a\", \"b\"]\n[[links]]\nends = [\"a\", \"b\"]\ndrop = [2]\n"
                      "match = \"icpm and tcp prot 80\"\n" +
                      some_test) == R"(error: 'icpm and tcp prot 80' is no packet filter: syntax error
  --> net.toml:5:9
   |
 5 | match = "icpm and tcp prot 80"
   |         ^^^^^^^^^^^^^^^^^^^^^^
  help: "icmp", "tcp port 80": see pcap-filter(7)

)");
    CHECK(messages("drop-first = 1\nmatch = \"\"") == "5:9 'match' is empty\n");
}
