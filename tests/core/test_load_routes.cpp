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
    CHECK(show(*scenario.topology.nodes[0].routes.at(0).nexthops.at(0).gateway) == "10.0.0.3");
    CHECK(show(*scenario.topology.nodes[1].routes.at(0).nexthops.at(0).gateway) == "10.0.0.3");
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
    CHECK(
        mistake("default through b") ==
        "unknown word 'through' in a route [through] known here: via, dev, metric, table, src, mtu, weight, "
        "onlink, nexthop, encap, as, scope");
    CHECK(mistake("default via") == "'via' wants a word after it [via] ");
    CHECK(mistake("default via b dev") == "'dev' wants a word after it [dev] ");
    CHECK(mistake("default via b metric x") == "'x' is no metric [x] a number from 0 to 4294967295");
    CHECK(mistake("default via b metric -1") == "'-1' is no metric [-1] a number from 0 to 4294967295");
    CHECK(mistake("default via b metric 4294967296") ==
          "'4294967296' is no metric [4294967296] a number from 0 to 4294967295");
    CHECK(mistake("default") ==
          "this route leads nowhere ['default'] add \"via ADDRESS\" or \"dev INTERFACE\"");
    CHECK(mistake("default metric 3") ==
          "this route leads nowhere ['default metric 3'] add \"via ADDRESS\" or \"dev INTERFACE\"");
    CHECK(mistake("default via b weight 2 nexthop weight 3") ==
          "this next hop leads nowhere [nexthop] add \"via ADDRESS\" or \"dev INTERFACE\"");
    CHECK(mistake("unreachable 10.9.0.0/16 via b") ==
          "a route that refuses packets has no gateway and no interface [via] ");
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
    CHECK(mistake("10.2.0.0/16 via 2001:db8::2") ==
          "2001:db8::2 is no IPv4 address [2001:db8::2] \"via inet6 2001:db8::2\" for IPv4 over IPv6");
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

TEST_CASE("several gateways make one route with several next hops") {
    CHECK(routes_of(R"(
'10.9.0.0/16 via b weight 2 via 10.0.1.2',
'10.10.0.0/16 nexthop via 10.0.0.2 dev eth0 nexthop via 10.0.1.2 dev eth1 weight 256',
'10.11.0.0/16 nexthop dev eth0 weight 3 nexthop dev eth1 metric 7',
'2001:db8:9::/48 via b via 2001:db8::9 metric 5 table 100',
)") == R"(add route 10.9.0.0/16 nexthop via 10.0.0.2 weight 2 nexthop via 10.0.1.2 weight 1 in a
add route 10.10.0.0/16 nexthop via 10.0.0.2 dev eth0 weight 1 nexthop via 10.0.1.2 dev eth1 weight 256 in a
add route 10.11.0.0/16 metric 7 nexthop dev eth0 weight 3 nexthop dev eth1 weight 1 in a
add route 2001:db8:9::/48 metric 5 table 100 nexthop via 2001:db8::2 weight 1 nexthop via 2001:db8::9 weight 1 in a
)");
}

TEST_CASE("every further word of a route is read") {
    CHECK(routes_of(R"(
'default via b table 100',
'10.20.0.0/16 via 10.0.0.2 table local metric 3',
'throw 10.0.0.0/8 table 100',
'unicast 10.21.0.0/16 via 10.0.0.2 src 10.0.1.1 mtu 1400',
'10.22.0.0/16 via 10.0.0.2 mtu lock 1300 scope global',
'10.23.0.0/16 via 192.0.2.1 dev eth0 onlink',
'local 10.24.0.0/16 dev lo',
'10.25.0.0/16 dev eth1 scope link table 4294967295',
)") == R"(add route default (IPv4) via 10.0.0.2 table 100 in a
add route default (IPv6) via 2001:db8::2 table 100 in a
add route 10.20.0.0/16 via 10.0.0.2 metric 3 table local in a
add route throw 10.0.0.0/8 table 100 in a
add route 10.21.0.0/16 via 10.0.0.2 src 10.0.1.1 mtu 1400 in a
add route 10.22.0.0/16 via 10.0.0.2 mtu lock 1300 scope 0 in a
add route 10.23.0.0/16 via 192.0.2.1 dev eth0 onlink in a
add route local 10.24.0.0/16 dev lo table local in a
add route 10.25.0.0/16 dev eth1 table 4294967295 scope 253 in a
)");
}

TEST_CASE("a gateway of IPv6 is taken for IPv4 where the route says so") {
    CHECK(routes_of(R"(
'10.8.0.0/16 via inet6 fe80::1 dev eth1',
'10.9.0.0/16 via inet6 b',
'default via inet6 2001:db8::2',
)") == R"(add route 10.8.0.0/16 via inet6 fe80::1 dev eth1 in a
add route 10.9.0.0/16 via inet6 2001:db8::2 in a
add route default (IPv4) via inet6 2001:db8::2 in a
)");
    CHECK(mistake("2001:db8:1::/48 via inet 10.0.0.2") == "an IPv6 route has no IPv4 gateway [10.0.0.2] ");
    CHECK(mistake("2001:db8:1::/48 via inet b") == "an IPv6 route has no IPv4 gateway [b] ");
    CHECK(mistake("10.8.0.0/16 via inet6 10.0.0.2") == "10.0.0.2 is no IPv6 address [10.0.0.2] ");
}

TEST_CASE("a node's link-local address is its gateway where it has no other, with the interface") {
    Scenario scenario = scenario_of(R"(
hosts = ["a"]
routers = ["r"]
links = [{ ends = ["a:up0", "r"], addresses = ["fe80::a/64", "fe80::1/64"] }]
tests = [{ exec = { on = "a", command = "true" } }]
[nodes.a]
routes = ["default via r", "10.0.0.0/8 via inet6 r"]
)");
    std::string lines;
    for (const Route& route : scenario.topology.nodes[0].routes)
        lines += show(route, scenario.topology.device_names(0)) + "\n";
    CHECK(lines == "default (IPv6) via fe80::1 dev up0\n10.0.0.0/8 via inet6 fe80::1 dev up0\n");
}

TEST_CASE("a node's gateway behind a named interface is its address there") {
    CHECK(routes_of("'10.2.0.0/16 via b dev eth1'") == "add route 10.2.0.0/16 via 10.0.1.2 dev eth1 in a\n");
    CHECK(mistake("2001:db8:1::/48 via b dev eth1") ==
          "'a' and 'b' have no IPv6 subnet in common on eth1 [b] ");
}

TEST_CASE("a default route by several nodes is one for each family in which all of them are reached") {
    auto file = [](const char* subnets) {
        return fmt::format(R"(
hosts = ["a", "b", "c"]
links = [
  {{ ends = ["a", "b"], subnets = ["10.0.0.0/24", "2001:db8::/64"] }},
  {{ ends = ["a", "c"], subnets = [{}] }},
]
tests = [{{ ping = "a -> b" }}]
nodes.a.routes = "default via b via c"
)",
                           subnets);
    };
    CHECK(scenario_of(file("'10.0.1.0/24', '2001:db8:1::/64'")).topology.nodes[0].routes.size() == 2);
    CHECK(scenario_of(file("'10.0.1.0/24'")).topology.nodes[0].routes.size() == 1);
    CHECK(messages_in(file("")) == "7:37 'a' and 'c' have no subnet in common\n");
}

TEST_CASE("a gateway may be reached by an earlier route of the file that has none itself") {
    CHECK(routes_of("'192.0.2.1 dev eth0', 'default via 192.0.2.1'") ==
          "add route 192.0.2.1/32 dev eth0 in a\nadd route default (IPv4) via 192.0.2.1 in a\n");
    CHECK(messages_in(file("'default via 192.0.2.1', '192.0.2.1 dev eth0'")) != "");
    CHECK(mistake("default via 192.0.2.1 dev eth0") ==
          "'a' has no address on a subnet with 192.0.2.1 on eth0 [192.0.2.1] "
          "\"onlink\" behind it takes the gateway to be there all the same");
}

TEST_CASE("encapsulations are read") {
    CHECK(routes_of(R"(
'10.30.0.0/16 encap mpls 100/200 via b',
'10.31.0.0/16 encap mpls 100 ttl 5 via 10.0.0.2 dev eth0',
'10.32.0.0/16 encap seg6 mode encap segs fc00::1,fc00::2 dev eth0',
'2001:db8:32::/48 encap seg6 mode inline segs fc00::1 via b metric 5',
'2001:db8:33::/48 encap seg6 segs fc00::1 dev eth0',
'fc00::a encap seg6local action End dev eth0',
'fc00::b encap seg6local action End.X nh6 b dev eth0',
'fc00::c encap seg6local action End.DT6 table 7 dev eth0 table 9',
'fc00::d encap seg6local action End.DX4 nh4 b dev eth0',
'fc00::e encap seg6local action End.DX2 oif eth1 dev eth0',
'fc00::f encap seg6local action End.B6.Encaps srh segs fc00::1,fc00::2 dev eth0',
'fc00::10 encap seg6local action End.DT4 vrftable 10 dev eth0',
'10.33.0.0/16 encap mpls 100 via 10.0.0.2 encap mpls 200 via 10.0.1.2',
)") == R"(add route 10.30.0.0/16 encap mpls 100/200 via 10.0.0.2 in a
add route 10.31.0.0/16 encap mpls 100 ttl 5 via 10.0.0.2 dev eth0 in a
add route 10.32.0.0/16 encap seg6 mode encap segs fc00::1,fc00::2 dev eth0 in a
add route 2001:db8:32::/48 encap seg6 mode inline segs fc00::1 via 2001:db8::2 metric 5 in a
add route 2001:db8:33::/48 encap seg6 mode encap segs fc00::1 dev eth0 in a
add route fc00::a/128 encap seg6local action End dev eth0 in a
add route fc00::b/128 encap seg6local action End.X nh6 2001:db8::2 dev eth0 in a
add route fc00::c/128 encap seg6local action End.DT6 table 7 dev eth0 table 9 in a
add route fc00::d/128 encap seg6local action End.DX4 nh4 10.0.0.2 dev eth0 in a
add route fc00::e/128 encap seg6local action End.DX2 oif eth1 dev eth0 in a
add route fc00::f/128 encap seg6local action End.B6.Encaps srh segs fc00::1,fc00::2 dev eth0 in a
add route fc00::10/128 encap seg6local action End.DT4 vrftable 10 dev eth0 in a
add route 10.33.0.0/16 nexthop encap mpls 100 via 10.0.0.2 weight 1 nexthop encap mpls 200 via 10.0.1.2 weight 1 in a
)");
}

TEST_CASE("mistakes in an encapsulation are shown at their word") {
    CHECK(mistake("10.3.0.0/16 encap gre via b") ==
          "'gre' is no encapsulation of a route [gre] known here: mpls, seg6, seg6local");
    CHECK(mistake("10.3.0.0/16 encap mpls 100/x via b") ==
          "'x' is no MPLS label [x] a number from 0 to 1048575");
    CHECK(mistake("10.3.0.0/16 encap mpls") == "'mpls' wants a word after it [mpls] ");
    CHECK(mistake("10.3.0.0/16 encap seg6 mode encaps segs fc00::1 dev eth0") ==
          "'encaps' is no mode of SRv6 [encaps] did you mean 'encap'?");
    CHECK(mistake("10.3.0.0/16 encap seg6 segs fc00::1,10.0.0.1 dev eth0") ==
          "'10.0.0.1' is no segment [10.0.0.1] IPv6 addresses with commas between: \"fc00::1,fc00::2\"");
    CHECK(mistake("10.3.0.0/16 encap seg6 fc00::1 dev eth0") ==
          "SRv6 wants its segments here [fc00::1] \"encap seg6 mode encap segs fc00::1,fc00::2 dev eth0\"");
    CHECK(mistake("fc00::1 encap seg6local action End.DX7 dev eth0") ==
          "'End.DX7' is no action of SRv6 [End.DX7] did you mean 'End.DX2'?");
    CHECK(mistake("fc00::1 encap seg6local action End.DT6 dev eth0") ==
          "End.DT6 wants 'table' or 'vrftable' and its value next [End.DT6] ");
    CHECK(mistake("fc00::1 encap seg6local action End.X nh6 c dev eth0") ==
          "'a' and 'c' have no IPv6 subnet in common [c] ");
    CHECK(mistake("fc00::1 encap seg6local action End") ==
          "this next hop leads nowhere [encap] add \"via ADDRESS\" or \"dev INTERFACE\"");
}

TEST_CASE("routes of MPLS labels are read") {
    CHECK(routes_of(R"(
'mpls 100 via b',
'mpls 101 as 200/300 via inet 10.0.0.2 dev eth0',
'mpls 102 dev lo',
'mpls 103 as 200 via inet6 b as 201 via 10.0.1.2',
)") == R"(add route mpls 100 via inet 10.0.0.2 in a
add route mpls 101 as 200/300 via inet 10.0.0.2 dev eth0 in a
add route mpls 102 dev lo in a
add route mpls 103 nexthop as 200 via inet6 2001:db8::2 weight 1 nexthop as 201 via inet 10.0.1.2 weight 1 in a
)");
    CHECK(mistake("mpls 15 via b") == "'15' is no MPLS label of a route [15] a number from 16 to 1048575");
    CHECK(mistake("10.3.0.0/16 as 100 via b") ==
          "'as' belongs to an MPLS route [as] \"mpls 100 as 200 via r2\"");
    CHECK(messages_in(file("'mpls 100 via b', 'mpls 100 via 10.0.1.2'")) ==
          "8:29 'a' has two routes to mpls 100 with the same metric\n");
}

TEST_CASE("words that stand twice, and values that are none, are refused") {
    CHECK(mistake("default via b metric 5 metric 6") == "'metric' stands here twice [metric] ");
    CHECK(mistake("default via b table 5 table 6") == "'table' stands here twice [table] ");
    CHECK(mistake("default via b dev eth0 dev eth1") ==
          "'dev' stands here twice [dev] \"nexthop\" begins a further next hop");
    CHECK(mistake("default via b weight 1 weight 2") ==
          "'weight' stands here twice [weight] each next hop has one weight, which stands behind it");
    CHECK(mistake("default via b weight 257") == "'257' is no weight [257] a number from 1 to 256");
    CHECK(mistake("default via b table 0") ==
          "'0' is no routing table [0] a number from 1 to 4294967295, or main, local or default");
    CHECK(mistake("default via b table mian") == "'mian' is no routing table [mian] did you mean 'main'?");
    CHECK(mistake("default via b mtu 67") == "'67' is no MTU [67] a number from 68 to 65535");
    CHECK(mistake("default via b scope lnik") == "'lnik' is no scope [lnik] did you mean 'link'?");
    CHECK(mistake("default via b src 10.0.0.9") ==
          "10.0.0.9 is no address of 'a', so it can't be sent from [10.0.0.9] ");
    CHECK(mistake("default via b src eth0") == "'eth0' is no address [eth0] ");
    CHECK(mistake("10.2.0.0/16 via b src 2001:db8::1") ==
          "2001:db8::1 can't be the source of an IPv4 route ['10.2.0.0/16 via b src 2001:db8::1'] ");
    CHECK(mistake("default via 10.0.0.9 onlink") ==
          "an 'onlink' gateway needs the interface: add \"dev eth0\" [10.0.0.9] ");
    CHECK(mistake("local 10.9.0.0/16 via b dev lo") == "a local route has no gateway [b] \"dev lo\" alone");
}

TEST_CASE("a route that an address has made already is refused, unless its metric differs") {
    CHECK(mistakes_in(file("'10.0.0.0/24 via 10.0.1.2'")) ==
          R"(error: 'a' has a route to 10.0.0.0/24 already, by its address 10.0.0.1
  --> net.toml:8:11
   |
 8 | routes = ['10.0.0.0/24 via 10.0.1.2']
   |           ^^^^^^^^^^^^^^^^^^^^^^^^^^
  note: the address is from here
  --> net.toml:3:35
   |
 3 |   { ends = ["a", "b"], subnets = ["10.0.0.0/24", "2001:db8::/64"] },
   |                                   ^^^^^^^^^^^^^
  help: "metric 10" makes it a second one

)");
    CHECK(messages_in(file("'10.0.0.0/24 via 10.0.1.2 metric 9', '10.0.0.0/24 via 10.0.1.2 table 7', "
                           "'2001:db8::/64 dev eth1'")) == "");
}

TEST_CASE("the usual metric of IPv6 and none are the same") {
    CHECK(messages_in(file("'2001:db8:1::/48 via b', '2001:db8:1::/48 dev eth1 metric 1024'")) ==
          "8:36 'a' has two routes to 2001:db8:1::/48 with the same metric\n");
}

TEST_CASE("a route that is too long for a message is refused") {
    std::string many = "10.9.0.0/16", long_one = "10.9.0.0/16";
    for (int i = 0; i < 65; ++i)
        many += " via b";
    CHECK(mistake(many).starts_with("65 next hops are more than the 64 that a route may have ['10.9"));
    for (int i = 0; i < 20; ++i)
        long_one += " encap seg6 segs 1::,2::,3::,4::,5::,6::,7::,8::,9:: via b";
    CHECK(mistake(long_one).starts_with("this route is too long for one message to the kernel ["));
}
