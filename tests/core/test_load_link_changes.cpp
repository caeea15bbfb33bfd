#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>

using namespace netrig;
using namespace std::chrono_literals;

namespace {

/// a and b have two links, b and c one; d hangs on a bridge with a, and by a link that the kernel names.
const std::string topology = R"(
hosts = ["a", "b", "c", "d"]
links = ["a -- b", "a -- b", "b -- c", { ends = ["c", "d"], name = "kernel" }]
bridges.br0 = { ports = ["a", "d"] }
[nodes.a.interfaces.dummy0]
kind = "dummy"
[[tests]]
)";

std::string mistakes(const std::string& step) {
    return mistakes_in(topology + step + "\n");
}
std::string messages(const std::string& step) {
    return messages_in(topology + step + "\n");
}

template <class V>
V loaded(const std::string& step) {
    return std::get<V>(scenario_of(topology + step + "\n").tests.at(0).steps.at(0).verb);
}

std::string show(const std::vector<InterfaceRef>& refs) {
    static const Scenario scenario = scenario_of(topology + "exec = { on = 'a', command = 'true' }\n");
    std::string text;
    for (InterfaceRef ref : refs)
        text += (text.empty() ? "" : " ") + scenario.topology.show(ref);
    return text;
}

std::string cut(const std::string& value) {
    Cut step = loaded<Cut>("cut = " + value);
    return fmt::format("{}: {}", step.describe(), show(step.of.senders));
}

std::string flapping(const std::string& value) {
    Flap step = loaded<Flap>("flap = " + value);
    return fmt::format("{}: {}, {} times, {} down, {} up", step.describe(), show(step.ends), step.times,
                       exact_words(step.down), exact_words(step.up));
}

} // namespace

TEST_CASE("a cut takes both directions of a link unless one is asked for") {
    CHECK(cut("'a:eth0'") == "cut a:eth0: a:eth0 b:eth0");
    CHECK(cut("['a:eth0', 'c:eth0']") == "cut a:eth0, c:eth0: a:eth0 b:eth0 c:eth0 b:eth2");
    CHECK(cut("{ on = 'a:eth0', direction = 'send' }") == "cut a:eth0 (send): a:eth0");
    CHECK(cut("{ on = 'a:eth0', direction = 'receive' }") == "cut a:eth0 (receive): b:eth0");
    CHECK(cut("{ on = ['a:eth0', 'b:eth0'] }") == "cut a:eth0, b:eth0: a:eth0 b:eth0");
    CHECK(cut("{ on = 'br0:d', direction = 'both' }") == "cut br0:d: br0:d d:eth0");
}

TEST_CASE("a link is named by its ends, or all between two nodes by these") {
    CHECK(cut("'a:eth0 -- b:eth0'") == "cut a:eth0 -- b:eth0: a:eth0 b:eth0");
    CHECK(cut("{ link = 'a -- b' }") == "cut a -- b: a:eth0 b:eth0 a:eth1 b:eth1");
    CHECK(cut("['b -- a:eth1', 'c -- b']") == "cut b -- a:eth1, c -- b: a:eth1 b:eth1 b:eth2 c:eth0");
    CHECK(cut("'d -- c'") == "cut d -- c: c:(kernel's choice) d:(kernel's choice)");
    CHECK(cut("'a, d -- br0'") == "cut a, d -- br0: a:eth2 br0:a d:eth0 br0:d");
}

TEST_CASE("what is no link, or no direction of one, is told at its place") {
    CHECK(mistakes("cut = 'a -- c'") == R"(error: no link of this file joins the two sides of 'a -- c'
  --> net.toml:7:7
   |
 7 | cut = 'a -- c'
   |       ^^^^^^^^
  help: links of 'a': "a:eth0 -- b:eth0", "a:eth1 -- b:eth1", "a:eth2 -- br0:a"

)");
    CHECK(mistakes("cut = { link = 'a -- b', direction = 'send' }") ==
          R"(error: 'direction' is seen from an interface, and a link has two
  --> net.toml:7:38
   |
 7 | cut = { link = 'a -- b', direction = 'send' }
   |                                      ^^^^^^
  help: name the interface by 'on' in place of 'link'

)");
    CHECK(mistakes("heal = 'c:veth0'") ==
          R"(error: 'veth0' is no interface of 'c' in this file; the kernel may name one so
  --> net.toml:7:11
   |
 7 | heal = 'c:veth0'
   |           ^^^^^
  help: name its link by both nodes: link = "c -- other"

)");
    CHECK(messages("cut = 'a:dummy0'") == "7:7 'a:dummy0' is no end of a link\n");
    CHECK(messages("cut = 'a'") == "7:8 'a' names no interface\n");
    CHECK(messages("cut = ['a:eth9', 'e:eth0']") ==
          "7:11 node 'a' has no interface 'eth9' in this file\n7:19 unknown node 'e'\n");
    CHECK(messages("cut = { on = 'a:eth0', link = 'a -- b' }") ==
          "7:31 either 'on' or 'link' says what is meant, and one of them only\n");
    CHECK(messages("cut = {}") == "7:7 either 'on' or 'link' says what is meant, and one of them only\n");
    CHECK(messages("cut = []") == "7:7 this names no interface and no link\n");
    CHECK(messages("cut = true") ==
          "7:7 'cut' takes an interface such as \"red:eth0\", a link or a table, not a boolean\n");
    CHECK(messages("cut = { on = 'a:eth0', direction = 'sent' }") == "7:36 'direction' can't be 'sent'\n");
    CHECK(messages("cut = 'a --'") == "7:7 'a --' is no link\n");
    CHECK(messages("cut = 'a:eth0'\nwithin = '1s'") ==
          "8:10 an action is done once; 'within' belongs to a check after it\n");
}

TEST_CASE("heal takes what cut takes, or all") {
    CHECK(loaded<Heal>("heal = true").describe() == "heal all");
    CHECK(loaded<Heal>("heal = 'a:eth0'").describe() == "heal a:eth0");
    CHECK(show(loaded<Heal>("heal = { on = 'a:eth0', direction = 'receive' }").of->senders) == "b:eth0");
    CHECK(messages("heal = 'all'") == "7:8 'all' names no interface\n");
    CHECK(messages("heal = false") == "7:8 'heal = false' heals nothing\n");
    CHECK(messages("heal = 3") ==
          "7:8 'heal' takes an interface such as \"red:eth0\", a link or a table, not an integer\n");
}

TEST_CASE("a partition has two groups or more, of nodes that are in one each") {
    CHECK(loaded<Partition>("partition = [['a', 'b'], ['c']]").describe() == "partition a, b | c");
    CHECK(loaded<Partition>("partition = ['a, br0', 'b', ['c', 'd']]").describe() ==
          "partition a, br0 | b | c, d");
    CHECK(loaded<Partition>("partition = ['a, b', ['c', 'd']]").describe() == "partition a, b | c, d");
    CHECK(mistakes("partition = [['a', 'b'], ['b', 'leaf']]") == R"(error: 'b' is in two groups
  --> net.toml:7:26
   |
 7 | partition = [['a', 'b'], ['b', 'leaf']]
   |                          ^^^^^^^^^^^^^

error: unknown node 'leaf'
  --> net.toml:7:33
   |
 7 | partition = [['a', 'b'], ['b', 'leaf']]
   |                                 ^^^^
  help: known here: a, b, c, d, br0

)");
    CHECK(messages("partition = [['a', 'a'], ['b']]") == "7:14 'a' is named twice in this group\n");
    CHECK(messages("partition = [['a'], []]") == "7:21 this group has no nodes\n");
    CHECK(messages("partition = [['a', 3], ['b']]") ==
          "7:20 a group is made of names of nodes, not of an integer\n");
    for (const char* few : {"'a'", "[]", "[['a', 'b']]", "{ a = 'b' }"})
        CHECK(messages(fmt::format("partition = {}", few)) ==
              "7:13 'partition' takes two or more groups of nodes\n");
}

TEST_CASE("a flap takes each link once, and says how often and how long") {
    CHECK(flapping("'a:eth0'") == "flap a:eth0: a:eth0, 1 times, 100ms down, 100ms up");
    CHECK(flapping("{ on = ['a:eth0', 'b:eth0'], times = 3, down = '20ms', up = '1s' }") ==
          "flap a:eth0, b:eth0: a:eth0, 3 times, 20ms down, 1s up");
    CHECK(flapping("{ link = 'a -- b' }") == "flap a -- b: a:eth0 a:eth1, 1 times, 100ms down, 100ms up");
    CHECK(messages("flap = { on = 'a:eth0', times = 0, down = 3 }").find("'times'") != std::string::npos);
    CHECK(messages("flap = { on = 'a:eth0', up = '1s' }") ==
          "7:30 'up' is the time between two flaps, and 'times' asks for one only\n");
    CHECK(messages("flap = { times = 2 }") ==
          "7:8 either 'on' or 'link' says what is meant, and one of them only\n");
    CHECK(messages("flap = 'a:dummy0'") == "7:8 'a:dummy0' is no end of a link\n");
    CHECK(messages("flap = 3") ==
          "7:8 'flap' takes an interface such as \"red:eth0\", a link or a table, not an integer\n");
    CHECK(messages_in("emulator = 'kernel'" + topology + "flap = 'a:eth0'\n") ==
          "8:1 the kernel takes no carrier from an end of a veth pair that stays up\n");
}

TEST_CASE("impair takes a direction or a link, and the keys that links have") {
    Impair step =
        loaded<Impair>("impair = { on = 'a:eth0', delay = '10ms', loss = '1%', match = 'icmp', drop = [2] }");
    CHECK(step.describe() == "impair a:eth0: delay 10ms loss 1% drop 2 match 'icmp'");
    CHECK(show(step.of.senders) == "a:eth0 b:eth0");
    CHECK(step.impairments.size() == 2);
    CHECK(show(loaded<Impair>("impair = { on = 'a:eth0', direction = 'send', rate = '1mbit' }").of.senders) ==
          "a:eth0");
    CHECK(loaded<Impair>("impair = { link = 'a -- b' }").describe() == "impair a -- b: nothing");
    CHECK(
        show(loaded<Impair>("impair = { on = 'a:dummy0', direction = 'send', rate = '1mbit' }").of.senders) ==
        "a:dummy0");
    CHECK(mistakes("impair = { on = 'a:dummy0', delay = '1ms' }") ==
          R"(error: 'a:dummy0' is no end of a link, so only what it sends can be impaired
  --> net.toml:7:17
   |
 7 | impair = { on = 'a:dummy0', delay = '1ms' }
   |                 ^^^^^^^^^^
  help: direction = "send"

)");
    CHECK(mistakes("impair = { on = 'a:eth0', delai = '10ms' }") == R"(error: unknown key 'delai' in 'impair'
  --> net.toml:7:27
   |
 7 | impair = { on = 'a:eth0', delai = '10ms' }
   |                           ^^^^^
  help: did you mean 'delay'?

)");
    CHECK(messages("impair = 'a:eth0'") == "7:10 'impair' takes a table, not a string\n");
    CHECK(messages("impair = { on = 'a:eth0', delay = 10, drop = [0], jitter = '1ms' }").find("7:35") == 0);
    CHECK(messages("impair = { on = 'a:eth0', jitter = '1ms' }") ==
          "7:36 'jitter' needs a 'delay' that it makes shorter or longer\n");
    CHECK(messages("impair = { on = 'a:dummy0', direction = 'send', drop-first = 1 }") ==
          "7:62 'a:dummy0' is no end of a link, so the relay can't stand in its way\n");
    CHECK(messages_in("emulator = 'kernel'" + topology + "impair = { link = 'a -- c', drop = [1] }\n")
              .find("no link of this file") != std::string::npos);
    CHECK(messages_in("emulator = 'kernel'" + topology + "impair = { on = 'a:eth0', drop = [1] }\n")
              .find("the kernel drops no packets by their number") != std::string::npos);
}
