#include "runner/node_state.h"

#include "tests/support/catch.h"
#include "tests/support/live_topology.h"
#include "tests/support/skip.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

using namespace netrig;
using Json = nlohmann::json;

// What netrig reads of a node against what the programs that people use print there.

namespace {

const std::string network = R"(
hosts   = ["red", "blue"]
routers = ["r1", "r2"]
pool    = ["10.0.0.0/16", "2001:db8::/48"]
links   = ["red -- r1", "red -- r2", "r1 -- blue", "r2 -- blue"]

[bridges.br0]
ports = ["red", "blue"]
subnet = "10.5.0.0/24"

[nodes.red]
routes = ["default via r1 via r2 weight 3", "blackhole 10.8.0.0/16", "prohibit 2001:db8:8::/48",
          "10.7.0.0/16 via r1 metric 50 table 100", "2001:db8:7::/48 via r2", "10.6.0.0/16 dev eth0 src 10.5.0.1",
          "unreachable 10.8.8.0/24"]
rules  = ["from 10.1.0.0/16 table 100 priority 1000", "fwmark 0x1/0xff prohibit priority 1001",
          "inet6 to 2001:db8:1::/48 iif eth0 table 7 priority 1002"]
setup  = ["ip address add 192.0.2.1/24 dev eth0 preferred_lft 0", "ip neigh add 10.5.0.77 lladdr 02:00:00:00:00:77 dev eth2"]
interfaces.vx0 = { kind = "vxlan", id = 7, port = 4789, flood = ["blue"] }
)";

/// Not every kernel can do all that the network needs.
bool skipped_here() {
    if (skipped_without_namespaces())
        return true;
    Loaded loaded = load_scenario({"net.toml", network}, {.tests_needed = false});
    std::vector<Requirement> needs = requirements_of(loaded.scenarios.at(0).topology);
    std::set<std::string> names;
    for (const Requirement& need : needs)
        names.insert(need.feature);
    auto obstacle = find_obstacle(needs, ask_features(names).answers, Missing::skips);
    if (obstacle)
        skip(obstacle->reason);
    return obstacle.has_value();
}

const std::string load_ruleset = R"(nft -f - <<END
table inet guard {
    counter asked { packets 7 bytes 588 }
    chain input {
        type filter hook input priority filter; policy accept;
        icmp type echo-request counter name asked
        tcp dport 9 counter packets 2 bytes 80 drop comment "no echo"
        udp dport 9 counter packets 3 bytes 90 drop comment "no echo"
        udp dport 10 drop comment "not counted"
    }
}
END
)";

using Lines = std::multiset<std::string>;

std::string run_on(LiveLab& lab, const std::string& node, const std::string& command) {
    CommandRequest request;
    request.on = lab.topology().find(node).value();
    request.argv = {"sh", "-c", command};
    auto answers = lab.run({&request, 1});
    if (!answers)
        throw std::runtime_error(describe(answers.error()));
    if (answers->front().status != 0)
        throw std::runtime_error(command + ": " + answers->front().errors.text());
    return answers->front().output.text();
}

Json json_of(LiveLab& lab, const std::string& node, const std::string& command) {
    std::string text = run_on(lab, node, command);
    return text.empty() ? Json::array() : Json::parse(text);
}

/// "the same, 5", or what only one of them has.
std::string compare(const Lines& ours, const Lines& theirs) {
    if (ours == theirs)
        return fmt::format("the same, {}\n", ours.size() > 2 ? "some" : "few");
    Lines only_ours, only_theirs;
    std::set_difference(ours.begin(), ours.end(), theirs.begin(), theirs.end(),
                        std::inserter(only_ours, only_ours.end()));
    std::set_difference(theirs.begin(), theirs.end(), ours.begin(), ours.end(),
                        std::inserter(only_theirs, only_theirs.end()));
    return fmt::format("only ours:\n{}\nonly theirs:\n{}\n", fmt::join(only_ours, "\n"),
                       fmt::join(only_theirs, "\n"));
}

template <class T>
T value_of(const Result<T>& result) {
    if (!result)
        throw std::runtime_error(describe(result.error()));
    return *result;
}

std::string text(const Json& object, const char* key) {
    return object.value(key, std::string());
}

std::string addresses(LiveLab& lab, const std::string& name) {
    Lines ours, theirs;
    for (const FoundAddress& found : value_of(lab.state().addresses(*lab.topology().find(name))))
        ours.insert(found.interface + " " + show(found));
    for (const Json& link : json_of(lab, name, "ip -j address"))
        for (const Json& each : link.value("addr_info", Json::array())) {
            std::string line = fmt::format("{} {}/{}", text(link, "ifname"), text(each, "local"),
                                           each.value("prefixlen", 0));
            line += each.value("tentative", false)    ? " tentative"
                    : each.value("deprecated", false) ? " deprecated"
                                                      : "";
            theirs.insert(line);
        }
    return compare(ours, theirs);
}

std::string words_of(const FoundRoute& found) {
    bool leads = found.kind == RouteKind::unicast;
    std::string line(leads ? "" : route_kind_names[static_cast<std::size_t>(found.kind)]);
    const Prefix& to = *found.destination;
    line += to.length == 0                       ? " default"
            : to.length == to.address.size() * 8 ? " " + show(to.address)
                                                 : " " + show(to);
    for (const FoundNexthop& hop : found.nexthops)
        line += fmt::format(" via {} dev {} weight {}", hop.gateway ? show(*hop.gateway) : "", hop.device,
                            hop.weight);
    line += fmt::format(" table {} metric {} proto {}", show_table(found.table), found.metric,
                        show_protocol(found.protocol));
    return line + (found.source ? " src " + show(*found.source) : "");
}

std::string words_of(const Json& route) {
    std::string type = text(route, "type");
    bool other = type == "broadcast" || type == "multicast" || type == "anycast";
    bool refuses = type == "blackhole" || type == "prohibit" || type == "unreachable";
    std::string line = (type == "unicast" ? "" : other ? "other" : type) + " " + text(route, "dst");
    Json hops = route.contains("nexthops") ? route["nexthops"] : Json::array({route});
    for (const Json& hop : refuses ? Json::array() : hops)
        line += fmt::format(" via {} dev {} weight {}", text(hop, "gateway"), text(hop, "dev"),
                            hop.value("weight", 1));
    line += fmt::format(" table {} metric {} proto {}", route.value("table", "main"),
                        route.value("metric", 0U), text(route, "protocol"));
    return line + (route.contains("prefsrc") ? " src " + text(route, "prefsrc") : "");
}

std::string routes(LiveLab& lab, const std::string& name) {
    Lines ours, theirs;
    for (const FoundRoute& found : value_of(lab.state().routes(*lab.topology().find(name))))
        ours.insert(words_of(found));
    for (const char* command : {"ip -j -d -4 route show table all", "ip -j -d -6 route show table all"})
        for (const Json& route : json_of(lab, name, command))
            theirs.insert(words_of(route));
    return compare(ours, theirs);
}

std::string look_ups(LiveLab& lab, const std::string& name) {
    std::string said;
    for (const char* target : {"10.0.0.2", "10.200.0.1", "10.8.1.1", "10.8.8.1", "10.6.1.1", "2001:db8:7::1",
                               "2001:db8:8::1", "2001:db9::1", "127.0.0.1"}) {
        auto found =
            value_of(lab.state().look_up(*lab.topology().find(name), {*parse_ip(target), {}, {}, {}}));
        std::string theirs =
            run_on(lab, name, fmt::format("ip -j -d route get fibmatch {} 2>&1 || true", target));
        std::string ours = !found ? "RTNETLINK answers: Network is unreachable\n"
                           : found->kind == RouteKind::blackhole   ? "RTNETLINK answers: Invalid argument\n"
                           : found->kind == RouteKind::unreachable ? "RTNETLINK answers: No route to host\n"
                           : found->kind == RouteKind::prohibit    ? "RTNETLINK answers: Permission denied\n"
                                                                   : "";
        if (found && ours.empty()) {
            Json route = Json::parse(theirs).front();
            theirs = words_of(route);
            if (!route.contains("prefsrc")) // ours is what would be sent from
                found->source.reset();
            ours = words_of(*found);
        }
        said += ours == theirs ? "" : fmt::format("{}\nours: {}\ntheirs: {}\n", target, ours, theirs);
    }
    return said.empty() ? "the same\n" : said;
}

std::string neighbours(LiveLab& lab, const std::string& name) {
    Lines ours, theirs;
    for (const FoundNeighbour& found : value_of(lab.state().neighbours(*lab.topology().find(name))))
        if (found.state != NeighbourState::noarp && found.state != NeighbourState::none)
            ours.insert(fmt::format("{} {} {} {}", found.interface, show(found.address),
                                    found.mac ? show(*found.mac) : "",
                                    neighbour_state_names[static_cast<std::size_t>(found.state)]));
    for (const Json& each : json_of(lab, name, "ip -j neighbour")) {
        std::string state = each.value("state", Json::array({""}))[0];
        std::transform(state.begin(), state.end(), state.begin(),
                       [](unsigned char c) { return std::tolower(c); });
        theirs.insert(
            fmt::format("{} {} {} {}", text(each, "dev"), text(each, "dst"), text(each, "lladdr"), state));
    }
    return compare(ours, theirs);
}

std::string fdb(LiveLab& lab, const std::string& name) {
    Lines ours, theirs;
    for (const FoundFdbEntry& found : value_of(lab.state().fdb(*lab.topology().find(name))))
        ours.insert(fmt::format(
            "{} {} {} {} {} {}", show(found.mac), found.port, found.bridge, found.vlan.value_or(0),
            found.remote ? show(*found.remote) : "",
            found.state == FdbState::learned ? "" : fdb_state_names[static_cast<std::size_t>(found.state)]));
    for (const Json& each : json_of(lab, name, "bridge -j fdb"))
        theirs.insert(fmt::format("{} {} {} {} {} {}", text(each, "mac"), text(each, "ifname"),
                                  text(each, "master"), each.value("vlan", 0), text(each, "dst"),
                                  text(each, "state")));
    return compare(ours, theirs);
}

std::string rules(LiveLab& lab, const std::string& name) {
    Lines ours, theirs;
    auto line = [](std::uint32_t priority, const std::string& from, const std::string& to,
                   const std::string& mark, const std::string& iif, const std::string& what) {
        return fmt::format("{}: from {} to {} mark {} iif {} {}", priority, from, to, mark, iif, what);
    };
    for (const Rule& rule : value_of(lab.state().rules(*lab.topology().find(name))))
        ours.insert(line(rule.priority, rule.from ? show(*rule.from) : "all", rule.to ? show(*rule.to) : "/0",
                         rule.mark ? fmt::format("{:#x}/{:#x}", rule.mark->value, rule.mark->mask) : "/",
                         rule.in, rule.action == RuleAction::lookup ? show_table(rule.table) : "prohibit"));
    for (const char* command : {"ip -j rule", "ip -j -6 rule"})
        for (const Json& rule : json_of(lab, name, command)) {
            std::string from = text(rule, "src");
            theirs.insert(
                line(rule.value("priority", 0U),
                     rule.contains("srclen") ? fmt::format("{}/{}", from, rule["srclen"].get<int>()) : from,
                     fmt::format("{}/{}", text(rule, "dst"), rule.value("dstlen", 0)),
                     text(rule, "fwmark") + "/" + text(rule, "fwmask"), text(rule, "iif"),
                     rule.contains("table") ? text(rule, "table") : text(rule, "action")));
        }
    return compare(ours, theirs);
}

std::string listeners(LiveLab& lab, const std::string& name) {
    run_on(lab, name, R"(python3 -c '
import os, socket, time
kept = [socket.create_server(("127.0.0.1", 25)), socket.create_server(("", 80)),
        socket.create_server(("::", 443), family=socket.AF_INET6, dualstack_ipv6=True),
        socket.create_server(("::1", 8443), family=socket.AF_INET6)]
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("10.0.0.1", 53))
os.fork() or time.sleep(1000)')");
    std::string said;
    for (auto [transport, command] : {std::pair(Transport::tcp, "ss -Hltn"), {Transport::udp, "ss -Hlun"}}) {
        Lines ours, theirs;
        for (const FoundListener& found :
             value_of(lab.state().listeners(*lab.topology().find(name), transport))) {
            std::string line = show(found);
            bool both = found.address == IpAddress{Family::ipv6, {}} && !found.ipv6_only;
            ours.insert(both ? fmt::format("*:{}", found.port) : line);
        }
        std::istringstream lines(run_on(lab, name, command));
        for (std::string state, receive, send, local, rest;
             lines >> state >> receive >> send >> local && std::getline(lines, rest);)
            theirs.insert(local);
        said += compare(ours, theirs);
    }
    return said;
}

std::string statistics(LiveLab& lab, const std::string& name, const std::string& interface) {
    auto ours = [&] { return *value_of(lab.state().statistics(*lab.topology().find(name), interface)); };
    LinkStatistics before = ours();
    Json all = json_of(lab, name, "ip -j -s link show dev " + interface).front()["stats64"];
    LinkStatistics after = ours();
    std::string said;
    for (const char* way : {"rx", "tx"})
        for (const char* what : {"bytes", "packets", "errors", "dropped"}) {
            std::string key = fmt::format("{}_{}", way, what);
            auto theirs = all[way][what].get<std::uint64_t>();
            if (theirs < before.at(key) || after.at(key) < theirs) // packets may pass at any time
                said +=
                    fmt::format("{}: ours {} to {}, theirs {}\n", key, before.at(key), after.at(key), theirs);
        }
    bool counted = after.at("rx_packets") > 0 && after.at("rx_bytes") > after.at("rx_packets");
    return said.empty() && counted ? "the same\n" : said + "nothing counted\n";
}

} // namespace

TEST_CASE("a node's addresses, routes, neighbours and rules are those that ip shows") {
    if (skipped_here())
        return;
    std::string said = in_lab(network, [](LiveLab& lab) {
        run_on(lab, "red", "ping -c1 -W2 10.0.0.2 && ping -c1 -W2 2001:db8::2");
        return addresses(lab, "red") + routes(lab, "red") + look_ups(lab, "red") + neighbours(lab, "red") +
               rules(lab, "red");
    });
    CHECK(said == "the same, some\nthe same, some\nthe same\nthe same, some\nthe same, some\n");
}

TEST_CASE("the forwarding tables of a bridge and of a VXLAN are those that bridge shows") {
    if (skipped_here())
        return;
    std::string said = in_lab(network, [](LiveLab& lab) {
        run_on(lab, "red", "ping -c1 -W2 10.5.0.2");
        return fdb(lab, "br0") + fdb(lab, "red");
    });
    CHECK(said == "the same, some\nthe same, some\n");
}

TEST_CASE("the ports that a node listens on are those that ss shows") {
    if (skipped_here())
        return;
    std::string said = in_lab(network, [](LiveLab& lab) { return listeners(lab, "red"); });
    CHECK(said == "the same, some\nthe same, few\n");
}

TEST_CASE("statistics, counters of nftables and sysctls are what ip, nft and sysctl say") {
    if (skipped_here())
        return;
    std::string said = in_lab(network, [](LiveLab& lab) {
        run_on(lab, "red", load_ruleset);
        run_on(lab, "red", "ping -c3 -i0.002 -W2 10.0.0.2");
        std::string text = statistics(lab, "red", "eth0");
        NodeIndex red = *lab.topology().find("red");
        for (const FoundNftCounter& found : value_of(lab.state().nft_counters(red)))
            text += fmt::format("{} {} {}: {} {} {}\n", found.family, found.table, found.name,
                                found.counts ? "counts" : "does not count", found.packets, found.bytes);
        text += run_on(lab, "red", "nft list counter inet guard asked | grep -o 'packets.*'");
        for (const char* name : {"net.ipv4.ip_local_port_range", "net.ipv6.conf.eth0.forwarding"}) {
            std::string theirs = run_on(lab, "red", std::string("sysctl -n ") + name + " | tr '\t' ' '");
            auto ours = value_of(lab.state().sysctl(red, name));
            text += ours && *ours + "\n" == theirs ? "the same\n" : theirs;
        }
        text += value_of(lab.state().sysctl(red, "net.ipv4.none")) ? "there\n" : "none\n";
        return text + (value_of(lab.state().statistics(red, "eth9")) ? "there\n" : "none\n");
    });
    CHECK(
        said ==
        "the same\ninet guard asked: counts 7 588\ninet guard no echo: counts 5 170\n"
        "inet guard not counted: does not count 0 0\npackets 7 bytes 588\nthe same\nthe same\nnone\nnone\n");
}

TEST_CASE("addresses, routes and neighbours that actions change are changed for ip too") {
    if (skipped_here())
        return;
    std::string said = in_lab(network, [](LiveLab& lab) {
        NodeIndex red = *lab.topology().find("red");
        auto show_status = [](const Status& status) {
            return (status ? "done" : describe(status.error())) + "\n";
        };
        Prefix address = *parse_prefix("10.77.0.1/24");
        Route route;
        route.destination = *parse_prefix("10.78.0.0/16");
        route.nexthops = {{.gateway = parse_ip("10.77.0.9")}};
        std::string text = show_status(lab.change_address(red, "eth0", address, Change::add));
        text += show_status(lab.change_route(red, route, Change::add));
        text += run_on(lab, "red",
                       "ip -br address show dev eth0 | grep -o '10.77[^ ]*'; ip route show 10.78.0.0/16");
        text += show_status(lab.change_route(red, route, Change::remove));
        text += show_status(lab.change_route(red, route, Change::remove));
        text += show_status(lab.change_address(red, "eth0", address, Change::remove));
        text += show_status(lab.change_address(red, "eth9", address, Change::add));
        run_on(lab, "red", "ping -c1 -W2 10.0.0.2");
        text += show_status(lab.flush_neighbours(red, ""));
        return text + run_on(lab, "red", "ip neighbour show nud reachable; ip neighbour show nud permanent");
    });
    CHECK(said == "done\ndone\n10.77.0.1/24\n10.78.0.0/16 via 10.77.0.9 dev eth0 proto static \ndone\n"
                  "cannot delete route 10.78.0.0/16 via 10.77.0.9 from red: No such process (ESRCH)\ndone\n"
                  "cannot add 10.77.0.1/24 to red:eth9: No such device (ENODEV)\ndone\n"
                  "10.5.0.77 dev eth2 lladdr 02:00:00:00:00:77 PERMANENT \n");
}

TEST_CASE("whoever waits is woken by a change of whatever the kernel tells changes of") {
    if (skipped_here())
        return;
    std::string said = in_lab(network, [](LiveLab& lab) {
        constexpr auto longest = std::chrono::seconds(60);
        std::string text;
        for (const char* change : {"ip address add 10.77.0.1/24 dev eth0",
                                   "ip route add 10.78.0.0/16 dev eth0", "ip -6 rule add priority 77 table 7",
                                   "ip neighbour add 10.5.0.78 lladdr 02:00:00:00:00:78 dev eth2",
                                   "bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.0.2",
                                   "sysctl -q net.ipv4.conf.eth0.rp_filter=2"}) {
            for (int i = 0; i < 20; ++i) // what came by then
                static_cast<void>(lab.wait_for_change(std::chrono::milliseconds(1)));
            run_on(lab, "red", change);
            auto begin = Clock::now();
            Status waited = lab.wait_for_change(longest);
            if (!waited || Clock::now() - begin > longest / 2)
                text += fmt::format("not woken by {}\n", change);
        }
        return text;
    });
    CHECK(said == "");
}
