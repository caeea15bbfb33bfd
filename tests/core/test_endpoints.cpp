#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>

using namespace netrig;

/// What is asked by the probes of all tests, a line each: "red -> blue (10.0.0.2)".
static std::string asked(const std::string& text) {
    Scenario scenario = scenario_of(text);
    std::string lines;
    for (const Test& test : scenario.tests)
        for (const Step& step : test.steps) {
            const Ping& ping = std::get<Ping>(step.verb);
            for (const Pair& pair : pairs_of(ping.between, ping.family, scenario.topology))
                lines += show(pair, scenario.topology) + "\n";
        }
    return lines;
}

/// Five nodes on a bridge that has an address itself.
static std::string asked_on_bridge(const std::string& between) {
    return asked(R"(
hosts = ["a", "b", "h[1-3]"]
[bridges.br0]
ports = ["*"]
subnet = "10.0.0.0/24"
addresses = ["10.0.0.254/24"]
[[tests]]
ping = ")" + between +
                 "\"\n");
}

TEST_CASE("an arrow asks one way, a double arrow both") {
    CHECK(asked_on_bridge("a -> b") == "a -> b (10.0.0.2)\n");
    CHECK(asked_on_bridge("a <-> b") == "a -> b (10.0.0.2)\nb -> a (10.0.0.1)\n");
    CHECK(asked_on_bridge("  a->b ") == "a -> b (10.0.0.2)\n");
}

TEST_CASE("lists and patterns ask from each to each") {
    CHECK(asked_on_bridge("a, b <-> h3") == R"(a -> h3 (10.0.0.5)
b -> h3 (10.0.0.5)
h3 -> a (10.0.0.1)
h3 -> b (10.0.0.2)
)");
    CHECK(asked_on_bridge("h[1-2] -> a,h[3]") == R"(h1 -> a (10.0.0.1)
h1 -> h3 (10.0.0.5)
h2 -> a (10.0.0.1)
h2 -> h3 (10.0.0.5)
)");
}

TEST_CASE("a star is every node but bridges, and asks each pair once each way") {
    std::string three = R"(
hosts = ["a", "b"]
routers = ["r"]
[bridges.br0]
ports = ["*"]
subnet = "10.0.0.0/24"
addresses = ["10.0.0.254/24"]
[[tests]]
ping = ")";
    std::string mesh = R"(a -> b (10.0.0.2)
a -> r (10.0.0.3)
b -> a (10.0.0.1)
b -> r (10.0.0.3)
r -> a (10.0.0.1)
r -> b (10.0.0.2)
)";
    CHECK(asked(three + "* <-> *\"\n") == mesh);
    CHECK(asked(three + "* -> *\"\n") == mesh);
    CHECK(asked(three + "* -> a\"\n") == "b -> a (10.0.0.1)\nr -> a (10.0.0.1)\n");
}

TEST_CASE("a bridge is asked by its name") {
    CHECK(asked_on_bridge("a -> br0") == "a -> br0 (10.0.0.254)\n");
}

TEST_CASE("a node asks itself only when that is the whole question") {
    CHECK(asked_on_bridge("a -> a") == "a -> a (10.0.0.1)\n");
    CHECK(asked_on_bridge("a <-> a") == "a -> a (10.0.0.1)\n");
    CHECK(asked_on_bridge("a, b -> a") == "b -> a (10.0.0.1)\n");
    CHECK(asked("hosts = [\"x\"]\n[[tests]]\nping = \"x -> x\"\n") == "x -> x (127.0.0.1)\n");
    CHECK(asked("hosts = [\"x\"]\n[[tests]]\nping = { between = \"x -> x\", family = \"ipv6\" }\n") ==
          "x -> x (::1)\n");
}

TEST_CASE("an address is asked as it stands, and the node that has it is named") {
    CHECK(asked_on_bridge("a -> 10.0.0.2") == "a -> b (10.0.0.2)\n");
    CHECK(asked_on_bridge("a, b -> 192.0.2.1") == "a -> 192.0.2.1\nb -> 192.0.2.1\n");
    CHECK(asked_on_bridge("a -> 2001:db8::9, b") == "a -> 2001:db8::9\na -> b (10.0.0.2)\n");
    CHECK(asked_on_bridge("a -> 127.0.0.1") == "a -> a (127.0.0.1)\n");
    CHECK(asked_on_bridge("a -> ::1") == "a -> a (::1)\n");
}

static const std::string two_networks = R"(
hosts = ["a", "b", "c"]
links = [
  { ends = ["c", "b"], subnets = ["10.0.2.0/24", "2001:db8:2::/64"] },
  { ends = ["a", "b"], subnets = ["10.0.1.0/24", "2001:db8:1::/64"] },
  { ends = ["a:six", "b:six"], subnet = "2001:db8:3::/64" },
]
[[tests]]
)";

TEST_CASE("of several addresses that on a shared network is asked, else the first") {
    CHECK(asked(two_networks + "ping = \"a -> b\"\n") == "a -> b (10.0.1.2)\n");
    CHECK(asked(two_networks + "ping = \"c -> b\"\n") == "c -> b (10.0.2.2)\n");
    CHECK(asked(two_networks + "ping = \"b -> b\"\n") == "b -> b (10.0.2.2)\n");
    CHECK(asked(two_networks + "ping = \"a -> c\"\n") == "a -> c (10.0.2.1)\n");
}

TEST_CASE(
    "an interface of the target gives its address, one of the source is where the question comes from") {
    CHECK(asked(two_networks + "ping = \"a -> b:eth0\"\n") == "a -> b (10.0.2.2)\n");
    CHECK(asked(two_networks + "ping = \"a:eth0 -> b:eth1\"\n") == "a (10.0.1.1) -> b (10.0.1.2)\n");
    CHECK(asked(two_networks + "ping = \"b:eth0, b:eth1 -> c\"\n") ==
          "b (10.0.2.2) -> c (10.0.2.1)\nb (10.0.1.2) -> c (10.0.2.1)\n");
    CHECK(asked(two_networks + "ping = \"a -> b:six\"\n") == "a -> b (2001:db8:3::2)\n");
}

TEST_CASE("IPv4 is asked where the target has it, unless a family is chosen") {
    auto with_family = [](const std::string& family) {
        return asked(two_networks + "ping = { between = \"a -> b\", family = \"" + family + "\" }\n");
    };
    CHECK(with_family("ipv4") == "a -> b (10.0.1.2)\n");
    CHECK(with_family("ipv6") == "a -> b (2001:db8:1::2)\n");
    CHECK(with_family("both") == "a -> b (10.0.1.2)\na -> b (2001:db8:1::2)\n");
    CHECK(asked(R"(
hosts = ["a", "b"]
links = [{ ends = ["a", "b"], addresses = ["2001:db8::1/64", "2001:db8::2/64"] }]
[[tests]]
ping = "a -> b"
)") == "a -> b (2001:db8::2)\n");
}

TEST_CASE("a link-local IPv6 address is not chosen, because it needs an interface to be asked through") {
    CHECK(asked(R"(
hosts = ["a", "b"]
links = [{ ends = ["a", "b"], addresses = ["fe80::a/64", ["fe80::b/64", "2001:db8::b/64"]] }]
[[tests]]
ping = "a -> b"
)") == "a -> b (2001:db8::b)\n");
}

TEST_CASE("of two nodes with one address the asking node's neighbour is named") {
    CHECK(asked(R"(
hosts = ["a", "b", "c", "d"]
links = [
  { ends = ["a", "b"], subnet = "10.0.0.0/24" },
  { ends = ["c", "d"], subnet = "10.0.0.0/24" },
]
[[tests]]
ping = "c -> 10.0.0.2"
[[tests]]
ping = "a -> 10.0.0.2"
)") == "c -> d (10.0.0.2)\na -> b (10.0.0.2)\n");
}
