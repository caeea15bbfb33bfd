#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>

using namespace netrig;

/// 'a' with two links to 'b', the second without IPv6, and 'c' that shares nothing with it; `routes` on a.
static std::string file(const std::string& routes) {
    return R"(
hosts = ["a", "b", "c"]
links = [
  { ends = ["a", "b"], subnets = ["10.0.0.0/24", "2001:db8::/64"] },
  { ends = ["a", "b"], subnet = "10.0.1.0/24" },
]
tests = [{ ping = "a -> b" }]
[nodes.a]
routes = [)" +
           routes + "]\n";
}

/// The operations of `plan` that add routes, less what they have in common.
static std::string routes_of(const std::string& routes) {
    Scenario scenario = scenario_of(file(routes));
    std::string lines;
    for (const PlannedOp& planned : make_plan(scenario.topology))
        if (std::holds_alternative<AddRoute>(planned.op))
            lines += describe(planned.op, scenario.topology) + "\n";
    return lines;
}

/// The one mistake in a route, less its place: message, the marked part of the route, help.
static std::string mistake(const std::string& route) {
    Loaded loaded = load_scenario(source_of(file("'" + route + "'")));
    REQUIRE(loaded.diagnostics.size() == 1);
    const Diagnostic& diagnostic = loaded.diagnostics[0];
    CHECK(diagnostic.span.begin.line == 8);
    CHECK(diagnostic.span.end.line == 8);
    std::string line = "routes = ['" + route + "']";
    std::string marked = line.substr(diagnostic.span.begin.column - 1,
                                     diagnostic.span.end.column - diagnostic.span.begin.column);
    return fmt::format("{} [{}] {}", diagnostic.message, marked, diagnostic.help);
}

TEST_CASE("a default route by a node is one for each family that the two share") {
    CHECK(routes_of("'default via b'") == R"(add route default (IPv4) via 10.0.0.2 in a
add route default (IPv6) via 2001:db8::2 in a
)");
}

TEST_CASE("a destination of one family takes the node's address of that family") {
    CHECK(routes_of("'10.2.0.0/16 via b', '2001:db8:1::/48 via b'") ==
          R"(add route 10.2.0.0/16 via 10.0.0.2 in a
add route 2001:db8:1::/48 via 2001:db8::2 in a
)");
}

TEST_CASE("every form of a route is read") {
    CHECK(routes_of(R"(
'default via 10.0.1.2',
'::/0 via 2001:db8::2 metric 5',
'10.3.0.0/16 dev eth1',
'10.4.0.9 via 10.0.0.2 dev eth0 metric 4294967295',
'2001:db8:2::9 metric 1 dev eth0',
'2001:db8:3::/48 via fe80::1 dev eth0',
'unreachable 10.9.0.0/16',
'blackhole default metric 9',
'prohibit 2001:db8:9::/48 metric 7',
'  10.5.0.0/16   via   10.0.0.2  ',
)") == R"(add route default (IPv4) via 10.0.1.2 in a
add route default (IPv6) via 2001:db8::2 metric 5 in a
add route 10.3.0.0/16 dev eth1 in a
add route 10.4.0.9/32 via 10.0.0.2 dev eth0 metric 4294967295 in a
add route 2001:db8:2::9/128 dev eth0 metric 1 in a
add route 2001:db8:3::/48 via fe80::1 dev eth0 in a
add route unreachable 10.9.0.0/16 in a
add route blackhole default (IPv4) metric 9 in a
add route prohibit 2001:db8:9::/48 metric 7 in a
add route 10.5.0.0/16 via 10.0.0.2 in a
)");
}

TEST_CASE("one route may stand as a string, and nodes behind a bridge share its subnet") {
    Scenario scenario = scenario_of(R"(
hosts = ["h[1-2]"]
routers = ["r1"]
tests = [{ ping = "h1 -> r1" }]
[bridges.br0]
ports = ["*"]
subnet = "10.0.0.0/24"
[nodes."h[1-2]"]
routes = "default via r1"
)");
    CHECK(show(*scenario.topology.nodes[0].routes.at(0).gateway) == "10.0.0.3");
    CHECK(show(*scenario.topology.nodes[1].routes.at(0).gateway) == "10.0.0.3");
}

TEST_CASE("a mistake in a route is shown at its word") {
    CHECK(mistakes_in(file("'default via b', '10.2.0.0/16 vai b'")) == R"(error: unknown word 'vai' in a route
  --> net.toml:8:41
   |
 8 | routes = ['default via b', '10.2.0.0/16 vai b']
   |                                         ^^^
  help: did you mean 'via'?

)");
}

TEST_CASE("destinations that are none are refused") {
    CHECK(mistake("") == "a destination is missing here [''] \"default via 10.0.0.254\"");
    CHECK(mistake("unreachable") ==
          "a destination is missing here ['unreachable'] \"default via 10.0.0.254\"");
    CHECK(mistake("10.2.0.1/16 via b") ==
          "'10.2.0.1/16' has bits set beyond its prefix length [10.2.0.1/16] did you mean '10.2.0.0/16'?");
    for (const char* word : {"10.2/16", "defualt", "10.0.0.0/33", "b", "via"})
        CHECK(mistake(fmt::format("{} via b", word)) ==
              fmt::format(
                  "'{0}' is no destination of a route [{0}] \"default\", \"10.2.0.0/16\", \"2001:db8::/32\" "
                  "or an address",
                  word));
}

TEST_CASE("words of a route that are out of place are refused") {
    CHECK(mistake("default through b") ==
          "unknown word 'through' in a route [through] known here: via, dev, metric");
    CHECK(mistake("default via") == "'via' wants a word after it [via] ");
    CHECK(mistake("default via b dev") == "'dev' wants a word after it [dev] ");
    CHECK(mistake("default via b metric x") == "'x' is no metric [x] ");
    CHECK(mistake("default via b metric -1") == "'-1' is no metric [-1] ");
    CHECK(mistake("default via b metric 4294967296") == "'4294967296' is no metric [4294967296] ");
    CHECK(mistake("default via b via 10.0.1.2") ==
          "several gateways are not supported yet by this version of netrig [via] ");
    CHECK(mistake("default") ==
          "this route leads nowhere ['default'] add \"via ADDRESS\" or \"dev INTERFACE\"");
    CHECK(mistake("default metric 3") ==
          "this route leads nowhere ['default metric 3'] add \"via ADDRESS\" or \"dev INTERFACE\"");
    CHECK(mistake("unreachable 10.9.0.0/16 via b") ==
          "a route that refuses packets has no gateway and no interface ['unreachable 10.9.0.0/16 via b'] ");
}

TEST_CASE("gateways that can't be reached are refused") {
    CHECK(mistake("default via c") == "'a' and 'c' have no subnet in common [c] ");
    CHECK(mistake("default via wombat") ==
          "'wombat' is neither an address nor a node [wombat] known here: a, b, c");
    CHECK(mistake("default via 10.9.0.1") == "'a' has no address on a subnet with 10.9.0.1 [10.9.0.1] ");
    CHECK(mistake("default via 2001:db8:1::1") ==
          "'a' has no address on a subnet with 2001:db8:1::1 [2001:db8:1::1] ");
    CHECK(mistake("default via fe80::1") ==
          "a link-local gateway needs the interface: add \"dev eth0\" [fe80::1] ");
    CHECK(mistake("10.2.0.0/16 via 2001:db8::2") == "2001:db8::2 is no IPv4 address [2001:db8::2] ");
    CHECK(mistake("2001:db8:1::/48 via 10.0.0.2") == "10.0.0.2 is no IPv6 address [10.0.0.2] ");
}

TEST_CASE("an interface that the node has not is refused, unless the kernel names one of its") {
    CHECK(mistake("default dev eth9") == "node 'a' has no interface 'eth9' [eth9] did you mean 'eth0'?");
    CHECK(mistakes_in(R"(
hosts = ["a", "b"]
links = [{ ends = ["a", "b"], name = "kernel" }]
tests = [{ exec = { on = "a", command = "true" } }]
nodes.a.routes = ["default dev veth0"]
)") == "");
}

TEST_CASE("a node is no gateway of its own") {
    CHECK(messages_in(file("'default via a'")) != "");
    CHECK(messages_in(file("'default via 10.0.0.1'")) != "");
}

TEST_CASE("a gateway that is not behind the interface beside it, or is a broadcast address, is refused") {
    CHECK(messages_in(file("'10.2.0.0/16 via 10.0.0.2 dev eth1'")) != "");
    CHECK(messages_in(file("'default via 10.0.0.255'")) != "");
}

TEST_CASE("a node with two routes to one destination and of one metric is refused") {
    CHECK(messages_in(file("'10.2.0.0/16 via 10.0.0.2', '10.2.0.0/16 via 10.0.1.2'")) != "");
    CHECK(messages_in(file("'10.2.0.0/16 via 10.0.0.2', '10.2.0.0/16 via 10.0.1.2 metric 5'")) == "");
}
