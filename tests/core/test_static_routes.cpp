#include "tests/support/catch.h"
#include "tests/support/contains.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>
#include <map>
#include <random>
#include <set>

using namespace netrig;

static const std::string some_test = "[[tests]]\nexec = { on = \"*\", command = \"true\" }\n";

/// "h1: 10.0.1.0/31 via 10.0.0.2 dev eth0", a line each.
static std::string routes_of(const std::string& text) {
    Scenario scenario = scenario_of("routing = \"static\"\n" + text + some_test);
    std::string lines;
    for (NodeIndex node = 0; node < scenario.topology.nodes.size(); ++node)
        for (const Route& route : scenario.topology.nodes[node].routes)
            lines += fmt::format("{}: {}\n", scenario.topology.nodes[node].name,
                                 show(route, scenario.topology.device_names(node)));
    return lines;
}

TEST_CASE("every node of a row gets a route to every subnet that it is not on, in both families") {
    CHECK(routes_of(R"(
hosts   = ["h1", "h2"]
routers = ["r1", "r2"]
links   = ["h1 -- r1", "r1 -- r2", "r2 -- h2"]
pool    = ["10.0.0.0/16", "2001:db8::/48"]
)") == R"(h1: 10.0.1.0/31 via 10.0.0.2 dev eth0
h1: 10.0.2.0/24 via 10.0.0.2 dev eth0
h1: 2001:db8:0:1::2/127 via 2001:db8::2 dev eth0
h1: 2001:db8:0:2::/64 via 2001:db8::2 dev eth0
h2: 10.0.0.0/24 via 10.0.2.1 dev eth0
h2: 10.0.1.0/31 via 10.0.2.1 dev eth0
h2: 2001:db8::/64 via 2001:db8:0:2::1 dev eth0
h2: 2001:db8:0:1::2/127 via 2001:db8:0:2::1 dev eth0
r1: 10.0.2.0/24 via 10.0.1.1 dev eth1
r1: 2001:db8:0:2::/64 via 2001:db8:0:1::3 dev eth1
r2: 10.0.0.0/24 via 10.0.1.0 dev eth0
r2: 2001:db8::/64 via 2001:db8:0:1::2 dev eth0
)");
}

TEST_CASE("nothing is worked out unless the file says so, and another word is refused") {
    std::string row =
        "hosts = ['a', 'b']\nrouters = ['r']\nlinks = ['a -- r', 'r -- b']\npool = '10.0.0.0/16'\n";
    for (const char* routing : {"", "routing = 'none'\n"})
        for (const Node& node : scenario_of(routing + row + some_test).topology.nodes)
            CHECK(node.routes.empty());
    CHECK(mistakes_in("routing = 'ospf'\n" + row + some_test) == R"(error: 'routing' can't be 'ospf'
  --> net.toml:1:11
   |
 1 | routing = 'ospf'
   |           ^^^^^^
  help: known here: none, static

)");
}

TEST_CASE("equally short ways share the packets, longer ones are not used") {
    CHECK(routes_of(R"(
hosts   = ["h1", "h2"]
routers = ["a", "b", "c", "d", "e"]
links   = ["h1 -- a", "a -- b", "a -- c", "b -- d", "c -- d", "a -- e", "e -- c", "d -- h2"]
pool    = "10.0.0.0/16"
)")
              .find("a: 10.0.2.0/24 nexthop via 10.0.1.1 dev eth1 weight 1 nexthop via 10.0.1.3 dev eth2 "
                    "weight 1\n") != std::string::npos);
}

TEST_CASE("links beside each other are as many ways") {
    CHECK_THAT(
        routes_of(R"(
hosts   = ["h"]
routers = ["a", "b"]
links   = ["h -- a", "a -- b", "a -- b"]
pool    = ["10.0.0.0/16", "2001:db8::/48"]
)"),
        contains("b: 10.0.0.0/24 nexthop via 10.0.1.0 dev eth0 weight 1 nexthop via 10.0.1.2 dev eth1 weight "
                 "1\nb: 2001:db8::/64 nexthop via 2001:db8:0:1::2 dev eth0 weight 1 nexthop via "
                 "2001:db8:0:1::4 dev eth1 weight 1\n"));
}

TEST_CASE("a host with several links is on no way, but has routes by all of them") {
    CHECK(routes_of(R"(
hosts   = ["far1", "both", "far2"]
routers = ["a", "b"]
links   = ["far1 -- a", "a -- both", "both -- b", "b -- far2"]
pool    = "10.0.0.0/16"
)") == R"(far1: 10.0.1.0/24 via 10.0.0.2 dev eth0
both: 10.0.0.0/24 via 10.0.1.1 dev eth0
both: 10.0.3.0/24 via 10.0.2.2 dev eth1
far2: 10.0.2.0/24 via 10.0.3.1 dev eth0
)");
}

TEST_CASE("a bridge is a segment, and nodes on it are one step from each other") {
    CHECK(routes_of(R"(
hosts   = ["h1", "h2"]
routers = ["r1", "r2"]
links   = ["r1 -- h2"]
pool    = "10.0.0.0/16"
[bridges.br0]
ports = ["h1", "r1", "br1"]
addresses = []
[bridges.br1]
ports = ["r2"]
[nodes.r2.interfaces.lo]
addresses = ["10.9.9.9/32"]
)") == R"(h1: 10.0.0.0/24 via 10.0.1.2 dev eth0
h1: 10.9.9.9/32 via 10.0.1.3 dev eth0
h2: 10.0.1.0/24 via 10.0.0.1 dev eth0
h2: 10.9.9.9/32 via 10.0.0.1 dev eth0
r1: 10.9.9.9/32 via 10.0.1.3 dev eth1
r2: 10.0.0.0/24 via 10.0.1.2 dev eth0
)");
}

TEST_CASE("what a host has on lo is reached, but nothing is reached through the host") {
    CHECK(routes_of(R"(
hosts   = ["h", "middle", "end"]
routers = ["r"]
links   = ["h -- r", "r -- middle", "middle -- end"]
pool    = "10.0.0.0/16"
nodes.middle.interfaces.lo.addresses = "10.9.9.9/32"
nodes.end.interfaces.lo.addresses = "10.9.9.8/32"
)") == R"(h: 10.0.1.0/24 via 10.0.0.2 dev eth0
h: 10.9.9.9/32 via 10.0.0.2 dev eth0
middle: 10.0.0.0/24 via 10.0.1.1 dev eth0
middle: 10.9.9.8/32 via 10.0.2.2 dev eth1
end: 10.9.9.9/32 via 10.0.2.1 dev eth0
r: 10.9.9.9/32 via 10.0.1.2 dev eth1
)");
}

TEST_CASE("a bridge with an address of its own has routes too") {
    CHECK_THAT(routes_of(R"(
hosts   = ["h"]
routers = ["r"]
links   = ["h -- r"]
pool    = "10.0.0.0/16"
[bridges.br0]
ports = ["r"]
subnet = "10.1.0.0/24"
addresses = ["10.1.0.254/24"]
)"),
               contains("br0: 10.0.0.0/24 via 10.1.0.1 dev br0\n"));
}

TEST_CASE("a route of the file to the same destination is left alone, whatever its metric") {
    CHECK(routes_of(R"(
hosts   = ["h"]
routers = ["a", "b"]
links   = ["h -- a", "a -- b", "a -- b"]
pool    = "10.0.0.0/16"
[nodes.b]
routes = ["10.0.0.0/24 via 10.0.1.2 metric 7", "10.0.0.0/8 via 10.0.1.0", "10.0.0.0/24 via 10.0.1.0 table 9"]
[nodes.h]
routes = ["unreachable 10.0.1.0/31"]
)") == R"(h: unreachable 10.0.1.0/31
h: 10.0.1.2/31 via 10.0.0.2 dev eth0
b: 10.0.0.0/24 via 10.0.1.2 metric 7
b: 10.0.0.0/8 via 10.0.1.0
b: 10.0.0.0/24 via 10.0.1.0 table 9
)");
}

TEST_CASE("each family goes its own ways") {
    CHECK(routes_of(R"(
hosts   = ["h"]
routers = ["a", "b", "c"]
links = [
  { ends = ["h", "a"], subnets = ["10.0.0.0/24", "2001:db8::/64"] },
  { ends = ["a", "b"], subnet = "10.0.1.0/24" },
  { ends = ["a", "c"], subnet = "2001:db8:1::/64" },
]
)") == R"(h: 10.0.1.0/24 via 10.0.0.2 dev eth0
h: 2001:db8:1::/64 via 2001:db8::2 dev eth0
b: 10.0.0.0/24 via 10.0.1.1 dev eth0
c: 2001:db8::/64 via 2001:db8:1::1 dev eth0
)");
}

TEST_CASE("routers with link-local addresses alone are gateways by these, with the interface") {
    CHECK(routes_of(R"(
routers = ["a", "b"]
links   = [{ ends = ["a", "b"], addresses = ["fe80::a/64", "fe80::b/64"] }]
nodes.a.interfaces.lo.addresses = "2001:db8::a/128"
nodes.b.interfaces.lo.addresses = "2001:db8::b/128"
)") == "a: 2001:db8::b/128 via fe80::b dev eth0\nb: 2001:db8::a/128 via fe80::a dev eth0\n");
}

TEST_CASE("a link that is down is no way, and what can't be reached has no route") {
    CHECK(routes_of(R"(
hosts   = ["h1", "h2"]
routers = ["a", "b"]
links = [
  { ends = ["h1", "a"], subnet = "10.0.0.0/24" },
  { ends = ["a", "b"], subnet = "10.0.1.0/31", up = false },
  { ends = ["b", "h2"], subnet = "10.0.2.0/24" },
]
)") == "");
}

TEST_CASE("interfaces that the kernel names are spoken of by their index") {
    Scenario scenario =
        scenario_of("routing = 'static'\nhosts = ['h1', 'h2']\nrouters = ['r']\npool = '10.0.0.0/16'\n"
                    "links = [{ ends = ['h1', 'r'], name = 'kernel' }, 'r -- h2']\n" +
                    some_test);
    const Node& node = scenario.topology.nodes[0];
    REQUIRE(node.routes.size() == 1);
    CHECK(node.routes[0].nexthops.at(0).index == node.interfaces.at(1).index);
    CHECK(node.routes[0].nexthops.at(0).index != 0);
    CHECK(node.routes[0].nexthops.at(0).device.empty());
}

TEST_CASE("a tunnel is no way, for what it carries needs one, but its subnet is reached") {
    CHECK(routes_of(R"(
routers = ["a", "b", "c"]
links   = ["a -- b", "b -- c"]
pool    = "10.0.0.0/16"
nodes.a.interfaces.tun0 = { kind = "gre", local = "a:eth0", remote = "c", addresses = "192.0.2.1/30" }
nodes.c.interfaces.tun0 = { kind = "gre", local = "c:eth0", remote = "a", addresses = "192.0.2.2/30" }
)") == R"(a: 10.0.0.2/31 via 10.0.0.1 dev eth0
b: 192.0.2.0/30 nexthop via 10.0.0.0 dev eth0 weight 1 nexthop via 10.0.0.3 dev eth1 weight 1
c: 10.0.0.0/31 via 10.0.0.2 dev eth0
)");
}

TEST_CASE("the ports of a VRF route in its table, apart from the rest of the node") {
    CHECK(routes_of(R"(
hosts   = ["red1", "red2", "blue"]
routers = ["r"]
links   = ["red1 -- r:e1", "red2 -- r:e2", "blue -- r:e3"]
pool    = "10.0.0.0/16"
nodes.r.interfaces.vrf0 = { kind = "vrf", table = 7, ports = ["e1", "e2"] }
)") == R"(red1: 10.0.1.0/24 via 10.0.0.2 dev eth0
red2: 10.0.0.0/24 via 10.0.1.2 dev eth0
)");
}

namespace {

/// A connected graph of routers, each with a host: a tree, and some links more.
std::string random_graph(unsigned routers, unsigned links, unsigned seed) {
    std::mt19937 generator(seed);
    auto one_of = [&](unsigned count) { return 1 + static_cast<unsigned>(generator() % count); };
    std::set<std::pair<unsigned, unsigned>> pairs;
    for (unsigned router = 2; router <= routers; ++router)
        pairs.insert({one_of(router - 1), router});
    while (pairs.size() < links) {
        unsigned a = one_of(routers), b = one_of(routers);
        if (a < b)
            pairs.insert({a, b});
    }
    std::string text =
        fmt::format("routing = 'static'\nhosts = ['h[1-{0}]']\nrouters = ['r[1-{0}]']\n"
                    "pool = ['10.0.0.0/8', '2001:db8::/48']\nlinks = [\n'h[1-{0}] -- r[1-{0}]',\n",
                    routers);
    for (auto [a, b] : pairs)
        text += fmt::format("'r{} -- r{}',\n", a, b);
    return text + "]\n" + some_test;
}

/// Follows the first next hops to the node that has the address; the number of steps, or what went wrong.
struct Walk {
    const Topology& topology;
    std::map<IpAddress, NodeIndex> owners{};

    explicit Walk(const Topology& of) : topology(of) {
        for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
            for (const Interface& interface : topology.nodes[node].interfaces)
                for (const InterfaceAddress& given : interface.addresses)
                    owners[given.prefix.address] = node;
    }

    [[nodiscard]] const Route* route(NodeIndex node, const IpAddress& to) const {
        for (const Route& each : topology.nodes[node].routes)
            if (each.destination.contains(to))
                return &each;
        return nullptr;
    }

    [[nodiscard]] std::string operator()(NodeIndex from, const IpAddress& to, std::size_t choice) const {
        NodeIndex at = from;
        for (int steps = 0; steps < 200; ++steps) {
            const Node& node = topology.nodes[at];
            if (owners.at(to) == at)
                return {};
            if (steps > 0 && !node.forwarding)
                return "a host on the way: " + node.name;
            bool connected =
                std::any_of(node.interfaces.begin(), node.interfaces.end(), [&](const Interface& each) {
                    return std::any_of(
                        each.addresses.begin(), each.addresses.end(),
                        [&](const InterfaceAddress& given) { return given.prefix.contains(to); });
                });
            const Route* found = route(at, to);
            if (connected == (found != nullptr))
                return connected ? "two routes on " + node.name : "no route on " + node.name;
            at = connected ? owners.at(to)
                           : owners.at(*found->nexthops.at(choice % found->nexthops.size()).gateway);
        }
        return "a loop";
    }
};

} // namespace

TEST_CASE("in a hundred-router random graph every host has a way to every other, in both families") {
    Scenario scenario = scenario_of(random_graph(100, 150, 7));
    Walk walk(scenario.topology);
    std::size_t routes = 0, shared = 0;
    for (const Node& node : scenario.topology.nodes)
        for (const Route& route : node.routes) {
            ++routes;
            shared += route.nexthops.size() > 1 ? 1 : 0;
        }
    // 250 subnets a family; a node has a route to each but those that it is on: 1 of a host, 100 + 2 * 150 of
    // the routers together.
    CHECK(routes == 2 * (100 * 249 + 100 * 250 - (100 + 2 * 150)));
    CHECK(shared > 0);
    for (NodeIndex from = 0; from < 100; ++from)
        for (NodeIndex to = 0; to < 100; ++to)
            for (const InterfaceAddress& given : scenario.topology.nodes[to].interfaces.at(1).addresses)
                for (std::size_t choice : {0U, 1U})
                    if (std::string wrong = walk(from, given.prefix.address, choice); !wrong.empty())
                        FAIL(scenario.topology.nodes[from].name << " -> " << show(given.prefix.address)
                                                                << ": " << wrong);
}

TEST_CASE("the same file has the same routes every time") {
    auto all = [] {
        Scenario scenario = scenario_of(random_graph(30, 50, 3));
        return show(make_plan(scenario.topology), scenario.topology);
    };
    CHECK(all() == all());
}
