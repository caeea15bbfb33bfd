#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

#include <algorithm>
#include <fmt/format.h>

using namespace netrig;

static const std::string two_nodes = R"(
hosts = ["red", "blue"]
links = [{ ends = ["red:veth0", "blue:veth1"], addresses = ["10.0.0.1/24", "10.0.0.2/24"] }]
)";

static std::string mistakes(const std::string& tests) {
    return mistakes_in(two_nodes + tests);
}
static std::string messages(const std::string& tests) {
    return messages_in(two_nodes + tests);
}

/// Each test with its steps: "name: step; step".
static std::string tests_in(const std::string& tests) {
    std::string lines;
    for (const Test& test : scenario_of(two_nodes + tests).tests) {
        lines += test.name + ":";
        for (const Step& step : test.steps)
            lines += " " + std::visit([](const auto& verb) { return verb.describe(); }, step.verb) +
                     (step.label.empty() ? "" : " (" + step.label + ")") + ";";
        lines += "\n";
    }
    return lines;
}

TEST_CASE("a test of one step writes it on itself, one of several in steps") {
    CHECK(tests_in(R"(
[[tests]]
name = "one"
ping = "red -> blue"
[[tests]]
name = "three"
[[tests.steps]]
link-down = "red:veth0"
[[tests.steps]]
ping = { between = "red -> blue", expect = "no-route" }
label = "cut off"
[[tests.steps]]
link-up = ["red:veth0", "blue:veth1"]
)") == R"(one: ping red -> blue;
three: link-down red:veth0; ping red -> blue (cut off); link-up red:veth0, blue:veth1;
)");
}

TEST_CASE("a test without a name is called after its first step") {
    CHECK(tests_in("[[tests]]\ntcp-echo = \"red -> blue\"\n[[tests]]\nsteps = [{ ping = \"red -> red\" }, { "
                   "ping = \"red -> "
                   "blue\" }]\n") == R"(tcp-echo red -> blue port 7: tcp-echo red -> blue port 7;
ping red -> red: ping red -> red; ping red -> blue;
)");
}

TEST_CASE("tags and modifiers are read") {
    Scenario scenario = scenario_of(two_nodes + R"(
[[tests]]
tags = ["quick"]
ping = "red -> blue"
within = "3s"
timeout = "500ms"
label = "they find each other"
)");
    const Test& test = scenario.tests.at(0);
    CHECK(test.tags == std::vector<std::string>{"quick"});
    CHECK(test.steps.at(0).within == std::chrono::seconds(3));
    CHECK(test.steps.at(0).timeout == std::chrono::milliseconds(500));
    CHECK(test.steps.at(0).label == "they find each other");
}

TEST_CASE("a step without a verb is refused with the verbs that there are") {
    CHECK(mistakes("[[tests]]\nname = \"nothing\"\n") ==
          R"(error: this step names no verb, so nothing would be checked
  --> net.toml:3:1
   |
 3 | [[tests]]
   | ^^^^^^^^^
  help: known here: ping, tcp-echo, udp-echo, tcp-connect, reach, path, path-mtu, exec, link, address, route, neighbour, fdb, rule, sysctl, listening, counter, link-up, link-down, delete-link, add-address, delete-address, add-route, delete-route, flush-neighbours, flap, impair, cut, heal, partition

)");
}

TEST_CASE("a misspelt verb is one mistake, with a suggestion") {
    CHECK(mistakes("[[tests]]\nname = \"x\"\npnig = \"red -> blue\"\n") ==
          R"(error: unknown key 'pnig' in a test
  --> net.toml:5:1
   |
 5 | pnig = "red -> blue"
   | ^^^^
  help: did you mean 'ping'?

)");
    CHECK(messages("[[tests]]\nsteps = [{ tcp-ehco = \"red -> blue\" }]\n") ==
          "4:12 unknown key 'tcp-ehco' in a step\n");
    CHECK(messages("[[tests]]\nwombat = \"red -> blue\"\n") == "4:1 unknown key 'wombat' in a test\n");
}

TEST_CASE("a step without a verb is refused beside an unknown key elsewhere too") {
    CHECK(messages("wombat = 1\n[[tests]]\npnig = \"red -> blue\"\n[[tests]]\nname = \"nothing\"\n") ==
          R"(3:1 unknown key 'wombat' in a scenario
5:1 unknown key 'pnig' in a test
6:1 this step names no verb, so nothing would be checked
)");
}

TEST_CASE("a step has one verb") {
    CHECK(mistakes("[[tests]]\nping = \"red -> blue\"\ntcp-echo = \"red -> blue\"\n") ==
          R"(error: a step has one verb; 'ping' and 'tcp-echo' are two
  --> net.toml:5:1
   |
 5 | tcp-echo = "red -> blue"
   | ^^^^^^^^
  help: write two [[tests.steps]]

)");
}

TEST_CASE("a test with steps has neither verb nor modifiers of its own") {
    CHECK(mistakes(
              "[[tests]]\nping = \"red -> blue\"\nwithin = \"2s\"\nsteps = [{ ping = \"red -> red\" }]\n") ==
          R"(error: 'ping' stands beside 'steps'
  --> net.toml:4:1
   |
 4 | ping = "red -> blue"
   | ^^^^
  help: put it into a [[tests.steps]] of its own

error: 'within' belongs to a step, and this test has several
  --> net.toml:5:10
   |
 5 | within = "2s"
   |          ^^^^

)");
}

TEST_CASE("tests and steps are tables, and there are some") {
    CHECK(messages("tests = [3]\n") == "3:10 a test is a table, not an integer\n");
    CHECK(messages("tests = 3\n") == "3:9 'tests' takes an array, not an integer\n");
    CHECK(messages("[[tests]]\nsteps = []\n") == "4:9 'steps' is empty, so nothing would be checked\n");
    CHECK(messages("[[tests]]\nsteps = [3, {}]\n") == "4:10 a step is a table, not an integer\n4:13 this "
                                                      "step names no verb, so nothing would be checked\n");
}

TEST_CASE("an action is done once, so 'within' is refused on it") {
    CHECK(mistakes("[[tests]]\nlink-down = \"red:veth0\"\nwithin = \"3s\"\n") ==
          R"(error: an action is done once; 'within' belongs to a check after it
  --> net.toml:5:10
   |
 5 | within = "3s"
   |          ^^^^

)");
}

TEST_CASE("two tests of one name are refused, because reports could not tell them apart") {
    CHECK(mistakes("[[tests]]\nname = \"x\"\nping = \"red -> blue\"\n[[tests]]\nname = \"x\"\nping = \"blue "
                   "-> red\"\n") ==
          R"(error: two tests are called 'x'
  --> net.toml:6:1
   |
 6 | [[tests]]
   | ^^^^^^^^^
  note: the first is here
  --> net.toml:3:1
   |
 3 | [[tests]]
   | ^^^^^^^^^
  help: reports tell tests apart by their names

)");
    CHECK(messages("[[tests]]\nping = \"red -> blue\"\n[[tests]]\nping = \"red -> blue\"\n") ==
          "5:1 two tests are called 'ping red -> blue'\n");
}

TEST_CASE("a test's name is one line of text") {
    CHECK(messages("[[tests]]\nname = \"\"\nping = \"red -> blue\"\n") != "");
    CHECK(messages("[[tests]]\nname = \"a\\nb\"\nping = \"red -> blue\"\n") != "");
}

TEST_CASE("mistakes in a topology make no follow-up mistakes in its tests") {
    std::string tests = R"(
[[tests]]
ping = { between = "red -> blue", family = "ipv6" }
[[tests]]
ping = "red:veth0 -> blue:veth1"
[[tests]]
tcp-echo = "red -> 10.0.0.2"
[[tests]]
link-down = "red:veth0"
[[tests]]
link = { on = "blue:veth1", present = false }
)";
    for (const char* links : {"[{ ends = [\"red:veth0\", \"bleu:veth1\"], subnet = \"10.0.0.0/24\" }]",
                              "[{ ends = [\"red:veth0\"], subnet = \"10.0.0.0/24\" }]", "[\"red\"]", "3"}) {
        INFO(links);
        std::string shown =
            messages_in(fmt::format("hosts = [\"red\", \"blue\"]\nlinks = {}\n{}", links, tests));
        CHECK(std::count(shown.begin(), shown.end(), '\n') == 1);
    }
}
