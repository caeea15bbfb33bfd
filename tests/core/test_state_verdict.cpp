#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"
#include "tests/support/told_run.h"

#include <cerrno>

using namespace netrig;

namespace {

const std::string two_nodes = R"(
hosts = ["red", "blue"]
links = [{ ends = ["red:veth0", "blue:veth1"], addresses = ["10.0.0.1/24", "10.0.0.2/24"] }]
[[tests]]
)";
constexpr NodeIndex red = 0, blue = 1;

std::string verdict(const std::string& step, const ScriptedState& state) {
    Scenario scenario = scenario_of(two_nodes + step + "\n");
    ScriptedLab lab(scenario.topology);
    lab.node_state = state;
    return std::visit([&](const auto& verb) { return show_verdict(verb.run(lab, {})); },
                      scenario.tests[0].steps[0].verb);
}

IpAddress ip(const char* text) {
    return parse_ip(text).value();
}
Prefix prefix(const char* text) {
    return parse_prefix(text).value();
}
MacAddress mac(const char* text) {
    return parse_mac(text).value();
}

ScriptedState with_addresses() {
    ScriptedState state;
    state.node_addresses[red] = {{"lo", prefix("127.0.0.1/8")},
                                 {"veth0", prefix("10.0.0.1/24")},
                                 {"veth0", prefix("2001:db8::1/64"), AddressState::tentative}};
    return state;
}

} // namespace

TEST_CASE("an address that is there is told as it is") {
    CHECK(verdict("address = { on = 'red:veth0', is = '10.0.0.1/24', state = 'preferred' }",
                  with_addresses()) ==
          R"(yes
expected: 10.0.0.1/24 preferred
actual: 10.0.0.1/24 preferred
| red:veth0: 10.0.0.1/24 preferred
)");
    CHECK(verdict("address = { on = 'red', in = '127.0.0.0/8' }", with_addresses()) == R"(yes
expected: an address in 127.0.0.0/8
actual: an address in 127.0.0.0/8
| red: 127.0.0.1/8 dev lo
)");
}

TEST_CASE("of an address that is not as expected the nearest is told, else what there is") {
    CHECK(verdict("address = { on = 'red:veth0', is = '10.0.0.1/16' }", with_addresses()) == R"(no
expected: 10.0.0.1/16
actual: 10.0.0.1/24
| red:veth0: 10.0.0.1/24
)");
    CHECK(verdict("address = { on = 'red:veth0', family = 'ipv6', state = 'preferred' }", with_addresses()) ==
          R"(no
expected: an IPv6 address preferred
actual: 2001:db8::1/64 tentative
| red:veth0: 2001:db8::1/64 tentative
)");
    CHECK(verdict("address = { on = 'red:veth0', is = '10.0.0.5/24' }", with_addresses()) == R"(no
expected: 10.0.0.5/24
actual: no such address
| red:veth0: no such address; there is 10.0.0.1/24, 2001:db8::1/64 tentative
)");
    CHECK(verdict("address = { on = 'blue:veth1', is = '10.0.0.5/24' }", with_addresses()) == R"(no
expected: 10.0.0.5/24
actual: no such address
| blue:veth1: no such address
)");
}

TEST_CASE("an address that must not be there") {
    CHECK(verdict("address = { on = 'red, blue', in = '10.0.0.0/24', present = false }", with_addresses()) ==
          R"(no
expected: no address in 10.0.0.0/24 on all 2 places
actual: 10.0.0.1/24 dev veth0 (1 of 2 places)
| red: 10.0.0.1/24 dev veth0
| blue: no such address
)");
    CHECK(verdict("address = { on = 'red:veth0', is = '10.0.0.1', state = 'tentative', present = false }",
                  with_addresses()) == R"(yes
expected: no 10.0.0.1 tentative
actual: no 10.0.0.1 tentative
| red:veth0: no such address; there is 10.0.0.1/24 preferred
)");
}

TEST_CASE("a kernel that can't be asked says neither that something is there nor that it is not") {
    ScriptedState state;
    state.error = Error{"read the tables of red", ENOBUFS, {}, {}};
    for (const char* step : {"address = { on = 'red', is = '10.0.0.5', present = false }",
                             "route = { on = 'red', to = '10.0.0.5', present = false }",
                             "route = { on = 'red', to = '10.0.0.0/16', present = false }",
                             "neighbour = { on = 'red', address = '10.0.0.5', present = false }",
                             "fdb = { on = 'red', mac = '02:00:00:00:00:01', present = false }",
                             "rule = { on = 'red', table = 7, present = false }",
                             "sysctl = { on = 'red', name = 'net.ipv4.none', present = false }",
                             "listening = { on = 'red', tcp = 80, present = false }",
                             "counter = { on = 'red:veth0', statistic = 'rx_dropped', max = 0 }",
                             "counter = { on = 'red', nft = 'ip a b', max = 0 }"}) {
        std::string said = verdict(step, state);
        CHECK(said.starts_with("could not ask\n"));
        CHECK(said.ends_with("actual: cannot read the tables of red: No buffer space available (ENOBUFS)\n"));
    }
}

namespace {

FoundRoute route(const char* destination, std::vector<FoundNexthop> nexthops) {
    FoundRoute found;
    found.destination = prefix(destination);
    found.nexthops = std::move(nexthops);
    found.protocol = 4;
    return found;
}

FoundRoute refusing(RouteKind kind, std::optional<Prefix> destination = {}) {
    FoundRoute found;
    found.kind = kind;
    found.destination = destination;
    return found;
}

} // namespace

TEST_CASE("a look-up is asked with all that decides it, and told with the entry that matched") {
    ScriptedState state;
    state.looked_up[red] = route("10.0.0.0/24", {{{}, "veth0"}});
    CHECK(verdict("route = { on = 'red', to = 'blue', from = '10.0.0.1', mark = 7, dev = 'veth0' }", state) ==
          R"(yes
expected: route to blue dev veth0
actual: route to blue dev veth0
| red to 10.0.0.2 from 10.0.0.1 mark 0x7: 10.0.0.0/24 dev veth0 proto static
)");
    CHECK(verdict("route = { on = 'red', to = '10.0.0.9', via = 'blue' }", state) == R"(no
expected: route to 10.0.0.9 via blue
actual: 10.0.0.0/24 dev veth0 proto static
| red to 10.0.0.9: 10.0.0.0/24 dev veth0 proto static
)");
}

TEST_CASE("the next hops of a route must be those that were named, all of them") {
    ScriptedState state;
    state.looked_up[red] = route("10.9.0.0/16", {{ip("10.0.0.2"), "veth0"}, {ip("10.0.1.2"), "veth1", 2}});
    state.node_addresses[blue] = {{"eth7", prefix("10.0.1.2/24")}};
    CHECK(verdict("route = { on = 'red', to = '10.9.0.1', via = ['10.0.1.2', '10.0.0.2'] }", state)
              .starts_with("yes\n"));
    CHECK(verdict("route = { on = 'red', to = '10.9.0.1', via = 'blue' }", state).starts_with("yes\n"));
    CHECK(verdict("route = { on = 'red', to = '10.9.0.1', via = '10.0.0.2' }", state) == R"(no
expected: route to 10.9.0.1 via 10.0.0.2
actual: 10.9.0.0/16 proto static nexthop via 10.0.0.2 dev veth0 weight 1 nexthop via 10.0.1.2 dev veth1 weight 2
| red to 10.9.0.1: 10.9.0.0/16 proto static nexthop via 10.0.0.2 dev veth0 weight 1 nexthop via 10.0.1.2 dev veth1 weight 2
)");
    CHECK(verdict("route = { on = 'red', to = '10.9.0.1', via = 'blue', dev = 'veth0' }", state)
              .starts_with("no\n"));
    CHECK(verdict("route = { on = 'red', to = '10.9.0.1', via = 'red', present = false }", state) == R"(yes
expected: no route to 10.9.0.1 via red
actual: no route to 10.9.0.1 via red
| red to 10.9.0.1: no route; there is 10.9.0.0/16 proto static nexthop via 10.0.0.2 dev veth0 weight 1 nexthop via 10.0.1.2 dev veth1 weight 2
)");
}

TEST_CASE("what refuses is no route, and not the want of one either") {
    ScriptedState state;
    state.looked_up[red] = refusing(RouteKind::unreachable);
    state.node_routes[red] = {refusing(RouteKind::unreachable, prefix("10.0.0.0/8")),
                              refusing(RouteKind::unreachable, prefix("10.9.0.0/16")),
                              route("10.7.0.0/16", {{{}, "veth0"}})};
    CHECK(
        verdict("route = { on = 'red', to = '10.9.0.1', type = 'unreachable' }", state).starts_with("yes\n"));
    CHECK(verdict("route = { on = 'red', to = '10.9.0.1' }", state) == R"(no
expected: route to 10.9.0.1
actual: unreachable
| red to 10.9.0.1: unreachable; there is unreachable 10.9.0.0/16, unreachable 10.0.0.0/8
)");
    CHECK(verdict("route = { on = 'red', to = '10.9.0.1', present = false }", state).starts_with("no\n"));
    state.looked_up.clear();
    state.node_routes.clear();
    CHECK(verdict("route = { on = 'red', to = '10.9.0.1' }", state) == R"(no
expected: route to 10.9.0.1
actual: no route
| red to 10.9.0.1: no route
)");
    CHECK(verdict("route = { on = 'red', to = '10.9.0.1', present = false }", state).starts_with("yes\n"));
}

TEST_CASE("a prefix asks for the entry of exactly that prefix") {
    ScriptedState state;
    FoundRoute second = route("10.9.0.0/16", {{ip("10.0.0.3"), "veth0"}});
    second.metric = 20;
    state.node_routes[red] = {route("10.0.0.0/8", {{ip("10.0.0.9"), "veth0"}}),
                              route("10.9.0.0/16", {{ip("10.0.0.2"), "veth0"}}), second};
    CHECK(verdict("route = { on = 'red', to = '10.9.0.0/16', via = '10.0.0.3', metric = 20 }", state)
              .starts_with("yes\n"));
    CHECK(verdict("route = { on = 'red', to = '10.9.0.0/16', protocol = 'ospf' }", state) == R"(no
expected: route to 10.9.0.0/16 proto ospf
actual: 10.9.0.0/16 via 10.0.0.2 dev veth0 proto static, 10.9.0.0/16 via 10.0.0.3 dev veth0 metric 20 proto static
| red to 10.9.0.0/16: 10.9.0.0/16 via 10.0.0.2 dev veth0 proto static, 10.9.0.0/16 via 10.0.0.3 dev veth0 metric 20 proto static
)");
    CHECK(verdict("route = { on = 'red', to = '10.5.0.0/16' }", state) == R"(no
expected: route to 10.5.0.0/16
actual: no route
| red to 10.5.0.0/16: no route; there is 10.0.0.0/8 via 10.0.0.9 dev veth0 proto static
)");
    CHECK(verdict("route = { on = 'red', to = '10.9.0.0/16', table = 7, present = false }", state)
              .starts_with("yes\n"));
}

TEST_CASE("a neighbour is known when it can be sent to") {
    ScriptedState state;
    state.node_macs[blue] = {{"veth1", mac("02:00:00:00:00:02")}};
    state.node_neighbours[red] = {{"veth0", ip("10.0.0.2"), mac("02:00:00:00:00:02"), NeighbourState::stale},
                                  {"veth0", ip("10.0.0.9"), std::nullopt, NeighbourState::failed},
                                  {"veth0", ip("ff02::1"), mac("33:33:00:00:00:01"), NeighbourState::noarp}};
    CHECK(verdict("neighbour = { on = 'red', address = 'blue', mac = 'blue' }", state) == R"(yes
expected: neighbour blue mac of blue
actual: neighbour blue mac of blue
| red: 10.0.0.2 dev veth0 mac 02:00:00:00:00:02 stale
)");
    CHECK(verdict("neighbour = { on = 'red', address = 'blue', state = 'reachable' }", state) == R"(no
expected: neighbour blue reachable
actual: 10.0.0.2 dev veth0 mac 02:00:00:00:00:02 stale
| red: 10.0.0.2 dev veth0 mac 02:00:00:00:00:02 stale
)");
    CHECK(verdict("neighbour = { on = 'red:veth0', address = '10.0.0.9' }", state) == R"(no
expected: neighbour 10.0.0.9
actual: 10.0.0.9 dev veth0 failed
| red:veth0: 10.0.0.9 dev veth0 failed
)");
    CHECK(verdict("neighbour = { on = 'red', address = '10.0.0.9', present = false }", state) == R"(yes
expected: no neighbour 10.0.0.9
actual: no neighbour 10.0.0.9
| red: no such neighbour; there is 10.0.0.9 dev veth0 failed
)");
    CHECK(verdict("neighbour = { on = 'red', address = '10.0.0.7' }", state) == R"(no
expected: neighbour 10.0.0.7
actual: no such neighbour
| red: no such neighbour; there is 10.0.0.2 dev veth0 mac 02:00:00:00:00:02 stale, 10.0.0.9 dev veth0 failed
)");
}

TEST_CASE("an entry of a forwarding table is told with port, VLAN and the other end") {
    ScriptedState state;
    state.node_fdb[red] = {
        {"p1", "br0", mac("02:00:00:00:00:02"), 7, std::nullopt, FdbState::learned},
        {"vx0", "", mac("00:00:00:00:00:00"), std::nullopt, ip("10.0.0.2"), FdbState::permanent},
        {"p1", "", mac("33:33:00:00:00:01"), std::nullopt, std::nullopt, FdbState::permanent}};
    CHECK(verdict("fdb = { on = 'red:vx0', remote = 'blue' }", state) == R"(yes
expected: an entry remote blue
actual: an entry remote blue
| red:vx0: 00:00:00:00:00:00 dev vx0 remote 10.0.0.2 permanent
)");
    CHECK(verdict("fdb = { on = 'red:br0', mac = '02:00:00:00:00:02', port = 'p2', vlan = 7 }", state) ==
          R"(no
expected: an entry 02:00:00:00:00:02 dev p2 vlan 7
actual: 02:00:00:00:00:02 dev p1 vlan 7 learned
| red:br0: 02:00:00:00:00:02 dev p1 vlan 7 learned
)");
    CHECK(verdict("fdb = { on = 'red', mac = '02:00:00:00:00:03' }", state) == R"(no
expected: an entry 02:00:00:00:00:03
actual: no such entry
| red: no such entry; there is 02:00:00:00:00:02 dev p1 vlan 7 learned, 00:00:00:00:00:00 dev vx0 remote 10.0.0.2 permanent
)");
    CHECK(verdict("fdb = { on = 'red', mac = 'blue', present = false }", state) == R"(could not ask
expected: no entry of blue
actual: cannot ask for the hardware address of blue: there is no such interface any more, or it has none
)");
}

TEST_CASE("a rule is told in the words of ip-rule") {
    ScriptedState state;
    Rule rule;
    rule.from = prefix("10.1.0.0/16");
    rule.table = 100;
    rule.priority = 1000;
    state.node_rules[red] = {rule};
    CHECK(verdict("rule = { on = 'red', from = '10.1.0.0/16', table = 100 }", state) == R"(yes
expected: a rule from 10.1.0.0/16 table 100
actual: a rule from 10.1.0.0/16 table 100
| red: inet from 10.1.0.0/16 table 100 priority 1000
)");
    CHECK(verdict("rule = { on = 'red', from = '10.1.0.0/16', table = 101 }", state) == R"(no
expected: a rule from 10.1.0.0/16 table 101
actual: inet from 10.1.0.0/16 table 100 priority 1000
| red: inet from 10.1.0.0/16 table 100 priority 1000
)");
    CHECK(verdict("rule = { on = 'red', mark = 7 }", state) == R"(no
expected: a rule fwmark 0x7
actual: no such rule
| red: no such rule; there is inet from 10.1.0.0/16 table 100 priority 1000
)");
}

TEST_CASE("a sysctl is told with its value") {
    ScriptedState state;
    state.node_sysctl[red] = "40000 40099";
    CHECK(verdict("sysctl = { on = 'red', name = 'net.ipv4.ip_local_port_range', is = '40000 40100' }",
                  state) ==
          R"(no
expected: net.ipv4.ip_local_port_range = 40000 40100
actual: net.ipv4.ip_local_port_range = 40000 40099
| red: net.ipv4.ip_local_port_range = 40000 40099
)");
    CHECK(verdict("sysctl = { on = 'blue', name = 'net.ipv4.none', is = 1 }", state) == R"(no
expected: net.ipv4.none = 1
actual: no net.ipv4.none
| blue: no net.ipv4.none
)");
    CHECK(verdict("sysctl = { on = 'blue', name = 'net.ipv4.none', present = false }", state)
              .starts_with("yes\n"));
}

TEST_CASE("a port is listened on at an address when what is sent to it is taken") {
    ScriptedState state;
    state.node_listeners[red] = {{Transport::tcp, ip("::"), 80, false, ""},
                                 {Transport::tcp, ip("::"), 443, true, ""},
                                 {Transport::tcp, ip("127.0.0.1"), 25, true, "lo"}};
    for (const char* yes :
         {"tcp = 80", "tcp = 80, address = '10.0.0.1'", "tcp = 443, address = '2001:db8::1'",
          "tcp = 443, address = '10.0.0.1', present = false", "tcp = 25, address = '127.0.0.1'",
          "tcp = 81, present = false"}) {
        CAPTURE(yes);
        CHECK(verdict("listening = { on = 'red', " + std::string(yes) + " }", state).starts_with("yes\n"));
    }
    CHECK(verdict("listening = { on = 'red', tcp = 25, address = '10.0.0.1' }", state) == R"(no
expected: listening on tcp 25 at 10.0.0.1
actual: 127.0.0.1:25 dev lo
| red: 127.0.0.1:25 dev lo
)");
    CHECK(verdict("listening = { on = 'red', tcp = 81 }", state) == R"(no
expected: listening on tcp 81
actual: nothing listens
| red: nothing listens; there is [::]:80 (IPv4 too), [::]:443, 127.0.0.1:25 dev lo
)");
    CHECK(verdict("listening = { on = 'red', tcp = 80, present = false }", state) == R"(no
expected: not listening on tcp 80
actual: [::]:80 (IPv4 too)
| red: [::]:80 (IPv4 too)
)");
}

TEST_CASE("a counter is told with its value, and what is missing is no zero") {
    ScriptedState state;
    state.node_statistics[red] = LinkStatistics{{"rx_dropped", 3}};
    state.node_counters[red] = {{"inet", "guard", "asked", true, 3, 252},
                                {"inet", "guard", "no echo", false}};
    CHECK(verdict("counter = { on = 'red:veth0', statistic = 'rx_dropped', max = 0 }", state) == R"(no
expected: rx_dropped: at most 0
actual: 3
| red:veth0: 3
)");
    CHECK(verdict("counter = { on = 'red:veth0', statistic = 'rx_nohandler', max = 0 }", state) ==
          R"(could not ask
expected: rx_nohandler: at most 0
actual: cannot read rx_nohandler of red:veth0: this kernel does not count that
)");
    CHECK(verdict("counter = { on = 'blue:veth1', statistic = 'rx_dropped', max = 0 }", state) == R"(no
expected: rx_dropped: at most 0
actual: no such interface
| blue:veth1: no such interface
)");
    CHECK(verdict("counter = { on = 'red', nft = 'inet guard asked', of = 'bytes', is = 252 }", state)
              .starts_with("yes\n"));
    CHECK(verdict("counter = { on = 'red', nft = 'inet guard no echo', max = 0 }", state) == R"(no
expected: packets of 'inet guard no echo': at most 0
actual: a rule without a counter
| red: the rule of that comment has no counter
)");
    CHECK(verdict("counter = { on = 'red', nft = 'inet guard drop', max = 0 }", state) == R"(no
expected: packets of 'inet guard drop': at most 0
actual: no such counter
| red: no such counter; there is 'inet guard asked', 'inet guard no echo'
)");
}

TEST_CASE("actions on addresses, routes and neighbours say what was done, or what went wrong") {
    auto said = [](const std::string& step, std::deque<Status> changes) {
        Scenario scenario = scenario_of(two_nodes + step + "\n");
        ScriptedLab lab(scenario.topology);
        lab.changes = std::move(changes);
        std::string text = std::visit([&](const auto& verb) { return show_verdict(verb.run(lab, {})); },
                                      scenario.tests[0].steps[0].verb);
        for (const std::string& change : lab.made_changes)
            text += "# " + change + "\n";
        return text;
    };
    CHECK(said("add-address = { on = 'red:veth0', address = '10.0.0.5/24' }", {}) == R"(yes
expected: 10.0.0.5/24 added to red:veth0
actual: 10.0.0.5/24 added to red:veth0
# red:veth0 gets 10.0.0.5/24
)");
    CHECK(said("delete-route = { on = 'red', route = 'default via blue' }", {}) == R"(yes
expected: 'default via blue' deleted from red
actual: 'default via blue' deleted from red
| red: default (IPv4) via 10.0.0.2
# red loses default (IPv4) via 10.0.0.2
)");
    CHECK(said("flush-neighbours = ['red', 'blue:veth1']", {}) == R"(yes
expected: red, blue:veth1 without learnt neighbours
actual: red, blue:veth1 without learnt neighbours
# red: flushed
# blue:veth1 flushed
)");
    CHECK(said("delete-address = { on = 'red:veth0', address = '10.0.0.5/24' }",
               {failure({"delete 10.0.0.5/24 from red:veth0", EADDRNOTAVAIL, "", ""})}) ==
          R"(could not ask
expected: 10.0.0.5/24 deleted from red:veth0
actual: cannot delete 10.0.0.5/24 from red:veth0: Cannot assign requested address (EADDRNOTAVAIL)
# red:veth0 loses 10.0.0.5/24
)");
}
