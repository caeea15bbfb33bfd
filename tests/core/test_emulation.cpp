#include "core/emulation.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>

using namespace netrig;

namespace {

const std::string some_test = "[[tests]]\nexec = { on = \"*\", command = \"true\" }\n";

FeatureAnswers machine_with(std::initializer_list<const char*> features) {
    FeatureAnswers found;
    for (const char* feature : features)
        found[feature] = {feature, Answer::yes, {}, {}};
    return found;
}

const FeatureAnswers nothing = machine_with({});
const FeatureAnswers without_netem =
    machine_with({"kernel:tbf", "kernel:nftables-numgen", "kernel:nftables-netdev", "kernel:tap"});
const FeatureAnswers with_netem = machine_with(
    {"kernel:netem", "kernel:tbf", "kernel:nftables-numgen", "kernel:nftables-netdev", "kernel:tap"});
const FeatureAnswers with_seed = machine_with({"kernel:netem", "kernel:netem-seed"});

/// Who impairs a link between a and b with these lines, and what is required for it.
std::string chosen(const std::string& link, const FeatureAnswers& machine, const std::string& top = "",
                   const std::string& rest = "") {
    Scenario scenario = scenario_of(top + "\nhosts = [\"a\", \"b\"]\n[[links]]\nends = [\"a\", \"b\"]\n" +
                                    link + "\n" + rest + some_test);
    choose_emulation(scenario, machine);
    const Topology& topology = scenario.topology;
    std::string text;
    for (InterfaceRef end : topology.links[0].ends)
        text += fmt::format("{} ", word(topology.at(end).impairment.by));
    text += topology.links[0].relayed ? "taps" : "veth";
    for (const Requirement& each : scenario.requirements)
        text += " " + each.feature;
    for (const Test& test : scenario.tests)
        for (const Requirement& each : test.requirements)
            text += " " + each.feature;
    return text;
}

} // namespace

TEST_CASE("without netem a rate alone and loss alone are the kernel's, all else is the relay's") {
    CHECK(chosen("rate = \"1mbit\"", without_netem) == "tbf tbf veth kernel:tbf");
    CHECK(chosen("rate = \"1mbit\"\nlimit = 5", without_netem) == "tbf tbf veth kernel:tbf");
    CHECK(chosen("loss = \"1%\"", without_netem) ==
          "nftables nftables veth kernel:nftables-netdev kernel:nftables-numgen");
    for (const char* link : {"delay = \"1ms\"", "rate = \"1mbit\"\nloss = \"1%\"", "loss = \"1%\"\nseed = 3",
                             "duplicate = \"1%\"", "corrupt = \"1%\"", "drop = [1]", "drop-first = 1"}) {
        INFO(link);
        CHECK(chosen(link, without_netem) == "relay relay taps kernel:tap");
    }
    CHECK(chosen("", without_netem) == "nobody nobody veth");
    CHECK(chosen("rate = \"1mbit\"", nothing) == "relay relay taps kernel:tap");
}

TEST_CASE("with netem the kernel does all but what it can't do exactly") {
    for (const char* link : {"delay = \"1ms\"", "rate = \"1mbit\"", "loss = \"1%\""}) {
        INFO(link);
        CHECK(chosen(link, with_netem) == "netem netem veth kernel:netem");
    }
    CHECK(chosen("loss = \"1%\"\nseed = 3", with_netem) == "relay relay taps kernel:tap");
    CHECK(chosen("loss = \"1%\"\nseed = 3", with_seed) == "netem netem veth kernel:netem-seed");
    CHECK(chosen("drop = [2]", with_seed) == "relay relay taps kernel:tap");
}

TEST_CASE("what one direction needs the relay for is the relay's in both") {
    CHECK(chosen("rate = \"1mbit\"", without_netem, "", "[nodes.b.interfaces.eth0]\ndrop = [1]\n") ==
          "relay relay taps kernel:tap");
    CHECK(chosen("", without_netem, "", "[nodes.b.interfaces.eth0]\nrate = \"1mbit\"\n") ==
          "nobody tbf veth kernel:tbf");
}

TEST_CASE("'emulator' chooses for all, and what that needs is required") {
    CHECK(chosen("rate = \"1mbit\"", with_netem, "emulator = \"relay\"") == "relay relay taps kernel:tap");
    CHECK(chosen("delay = \"1ms\"", without_netem, "emulator = \"kernel\"") ==
          "netem netem veth kernel:netem");
    CHECK(chosen("loss = \"1%\"", without_netem, "emulator = \"kernel\"") ==
          "nftables nftables veth kernel:nftables-netdev kernel:nftables-numgen");
    CHECK(chosen("delay = \"1ms\"", without_netem, "emulator = \"auto\"") == "relay relay taps kernel:tap");
}

TEST_CASE("an interface that is no end of a link is impaired by the kernel") {
    Scenario scenario = scenario_of(R"(
hosts = ["a"]
[nodes.a.interfaces.lo]
delay = "1ms"
[nodes.a.interfaces.d]
kind = "dummy"
loss = "1%"
)" + some_test);
    choose_emulation(scenario, without_netem);
    CHECK(scenario.topology.nodes[0].interfaces[0].impairment.by == ImpairedBy::netem);
    CHECK(scenario.topology.nodes[0].interfaces[1].impairment.by == ImpairedBy::netem);
    CHECK(scenario.requirements.size() == 1);
}

TEST_CASE("taps are required where links are relayed, veth pairs where they are not") {
    Scenario scenario = scenario_of(R"(
hosts = ["a", "b"]
emulator = "relay"
links = [{ ends = ["a", "b"], delay = "1ms" }]
)" + some_test);
    choose_emulation(scenario, nothing);
    std::string text;
    for (const Requirement& each : requirements_of(scenario.topology))
        text += each.feature + " ";
    CHECK(text == "kernel:tap ");
}

TEST_CASE("nothing is asked of the machine where no link is impaired") {
    CHECK(emulation_features(scenario_of("hosts = [\"a\", \"b\"]\nlinks = [\"a -- b\"]\n" + some_test))
              .empty());
    CHECK(emulation_features(
              scenario_of("hosts = [\"a\", \"b\"]\nlinks = [{ ends = [\"a\", \"b\"], loss = \"1%\" }]\n" +
                          some_test))
              .contains("kernel:netem"));
}

TEST_CASE("what no emulator can do, or not the one that is asked for, is refused") {
    CHECK(mistakes_in(R"(
emulator = "kernel"
hosts = ["a", "b"]
[[links]]
ends = ["a", "b"]
drop = [3]
)" + some_test) == R"(error: the kernel drops no packets by their number
  --> net.toml:5:8
   |
 5 | drop = [3]
   |        ^^^
  help: leave 'emulator' out, or let it be "relay"

)");
    CHECK(messages_in("hosts = [\"a\"]\n[nodes.a.interfaces.lo]\ndrop-first = 1\n" + some_test) ==
          "3:14 'a:lo' is no end of a link, so the relay can't stand in its way\n");
    CHECK(messages_in("emulator = \"relay\"\nhosts = [\"a\"]\n[nodes.a.interfaces.lo]\ndelay = \"1ms\"\n" +
                      some_test) == "4:9 'a:lo' is no end of a link, so the relay can't stand in its way\n");
    CHECK(mistakes_in("emulator = \"rely\"\nhosts = [\"a\"]\n" + some_test) ==
          R"(error: 'emulator' can't be 'rely'
  --> net.toml:1:12
   |
 1 | emulator = "rely"
   |            ^^^^^^
  help: did you mean 'relay'?

)");
}

TEST_CASE("what a later step does to a link decides who carries it from the start") {
    auto steps = [](const char* verb) { return fmt::format("[[tests]]\n{}\n", verb); };
    CHECK(chosen("", without_netem, "", steps("impair = { on = 'a:eth0', delay = '1ms' }")) ==
          "relay relay taps kernel:tap");
    CHECK(chosen("rate = \"1mbit\"", without_netem, "", steps("impair = { on = 'b:eth0', drop = [1] }")) ==
          "relay relay taps kernel:tap");
    CHECK(chosen("", without_netem, "", steps("impair = { on = 'a:eth0', rate = '1mbit' }")) ==
          "nobody nobody veth kernel:tbf");
    CHECK(chosen("", with_netem, "", steps("impair = { on = 'a:eth0', delay = '1ms' }")) ==
          "nobody nobody veth kernel:netem");
    CHECK(chosen("", with_netem, "", steps("flap = 'a:eth0'")) == "relay relay taps kernel:tap");
    CHECK(chosen("", with_netem, "", steps("cut = 'a:eth0'")) == "nobody nobody veth kernel:nftables-netdev");
    CHECK(chosen("", with_netem, "", steps("partition = ['a', 'b']")) ==
          "nobody nobody veth kernel:nftables-netdev");
    CHECK(chosen("", machine_with({"kernel:tap"}), "", steps("cut = 'a:eth0'")) ==
          "relay relay taps kernel:tap");
}

TEST_CASE("what a step needs and the machine lacks is required of its test, not of the scenario") {
    Scenario scenario = scenario_of(R"(
hosts = ["a", "b"]
links = ["a -- b"]
[[tests]]
exec = { on = "a", command = "true" }
[[tests]]
impair = { on = "a:eth0", delay = "1ms" }
[[tests]]
flap = "a:eth0"
)");
    choose_emulation(scenario, nothing);
    CHECK_FALSE(scenario.topology.links[0].relayed);
    CHECK(scenario.requirements.empty());
    std::string text;
    for (const Test& test : scenario.tests)
        for (const Requirement& each : test.requirements)
            text += test.name + ": " + each.feature + "\n";
    CHECK(text == "impair a:eth0: delay 1ms: kernel:tap\nflap a:eth0: kernel:tap\n");
}

TEST_CASE("the plan says what is impaired and by whom") {
    Scenario scenario = scenario_of(R"(
hosts = ["a", "b", "c"]
[[links]]
ends = ["a", "b"]
delay = "10ms"
loss = "1%"
[[links]]
ends = ["b", "c"]
rate = "1mbit"
)" + some_test);
    choose_emulation(scenario, without_netem);
    std::string plan = show(make_plan(scenario.topology), scenario.topology);
    CHECK(plan == R"(    1  make the namespaces of a
    2  set net.ipv6.conf.default.accept_dad = 0 in a
    3  make the namespaces of b
    4  set net.ipv6.conf.default.accept_dad = 0 in b
    5  make the namespaces of c
    6  set net.ipv6.conf.default.accept_dad = 0 in c
    7  create taps a:eth0 -- b:eth0 for the relay
    8  create veth pair b:eth1 -- c:eth0
    9  start the relay between taps
   10  impair what a:eth0 sends by relay: delay 10ms loss 1%
   11  impair what b:eth0 sends by relay: delay 10ms loss 1%
   12  impair what b:eth1 sends by tbf: rate 1mbit
   13  impair what c:eth0 sends by tbf: rate 1mbit
   14  set a:lo up
   15  set b:lo up
   16  set c:lo up
   17  set b:eth0 up
   18  set c:eth0 up
   19  wait until frames pass on 4 interfaces
)");
}
