#include "runner/route_messages.h"

#include "runner/features.h"
#include "runner/netlink_attributes.h"
#include "tests/support/contains.h"
#include "tests/support/live_topology.h"
#include "tests/support/skip.h"

#include <cstring>
#include <fmt/format.h>
#include <linux/lwtunnel.h>
#include <linux/mpls_iptunnel.h>
#include <linux/rtnetlink.h>
#include <map>
#include <sys/socket.h>

using namespace netrig;

namespace {

using Attributes = std::map<std::uint16_t, const nlattr*>;

Attributes attributes_of(NetlinkMessage& message) {
    Attributes found;
    for_each_attribute(message.header(), sizeof(rtmsg),
                       [&](const nlattr* attribute) { found[mnl_attr_get_type(attribute)] = attribute; });
    return found;
}

std::string bytes_of(const nlattr* attribute) {
    std::string text;
    const auto* bytes = static_cast<const std::uint8_t*>(mnl_attr_get_payload(attribute));
    for (std::size_t i = 0; i < mnl_attr_get_payload_len(attribute); ++i)
        text += fmt::format("{:02x}", bytes[i]);
    return text;
}

const rtmsg& header_of(NetlinkMessage& message) {
    return *static_cast<const rtmsg*>(mnl_nlmsg_get_payload(message.header()));
}

bool skipped_without(const std::string& feature) {
    if (skipped_without_namespaces())
        return true;
    FeatureAnswer answer = ask_features({feature}).answers.at(feature);
    if (answer.answer != Answer::yes)
        skip(feature + ": " + answer.words);
    return answer.answer != Answer::yes;
}

std::string run_on(LiveLab& lab, NodeIndex node, const std::string& command) {
    std::vector<CommandRequest> requests{{.on = node, .argv = {"sh", "-c", command}}};
    auto answers = lab.run(requests);
    if (!answers)
        return describe(answers.error());
    return answers->front().output.text() + answers->front().errors.text();
}

/// As netrig marks it: proto static, which ip wants in front of next hops.
std::string ip_command(std::string route) {
    std::size_t hops = route.find(" nexthop");
    return "ip route add " + route.insert(std::min(hops, route.size()), " proto static");
}

/// Two nodes that look the same to themselves: 'ours' is given the words by its file, 'theirs' by ip(8). What
/// `show` prints of each must be the same, and is returned.
std::string as_ip_does(const std::string& key, const std::vector<std::string>& words,
                       const std::vector<std::string>& commands, const std::string& show) {
    std::string list;
    for (const std::string& each : words)
        list += fmt::format("'{}',", each);
    std::string topology = fmt::format(R"(
hosts = ["ours", "theirs", "x", "y"]
links = [
  {{ ends = ["ours", "x"], subnets = ["10.0.0.0/24", "2001:db8::/64"] }},
  {{ ends = ["theirs", "y"], subnets = ["10.0.0.0/24", "2001:db8::/64"] }},
  {{ ends = ["ours", "x"], subnet = "10.0.1.0/24" }},
  {{ ends = ["theirs", "y"], subnet = "10.0.1.0/24" }},
]
nodes.ours.{} = [{}]
)",
                                       key, list);
    std::string both = in_lab(topology, [&](LiveLab& lab) {
        std::string text;
        for (const std::string& command : commands)
            text += run_on(lab, 1, command); // says nothing if all is well
        return text + run_on(lab, 0, show) + "----\n" + run_on(lab, 1, show);
    });
    INFO(both);
    std::size_t middle = both.find("----\n");
    REQUIRE(middle != std::string::npos);
    std::string ours = both.substr(0, middle), theirs = both.substr(middle + 5);
    CHECK(ours == theirs);
    return ours;
}

} // namespace

TEST_CASE("routes of every form are what ip makes of the same words") {
    if (skipped_without_namespaces())
        return;
    const std::vector<std::string> routes{
        "default via 10.0.0.2",
        "default via 10.0.1.2 table 100",
        "default via 2001:db8::2 table 100000",
        "10.2.0.0/16 via 10.0.0.2 dev eth0 metric 5",
        "10.3.0.0/16 dev eth1",
        "10.4.0.0/16 nexthop via 10.0.0.2 weight 2 nexthop via 10.0.1.2 dev eth1 weight 256",
        "2001:db8:4::/48 nexthop via 2001:db8::2 nexthop via 2001:db8::3 weight 7",
        "unreachable 10.5.0.0/16",
        "blackhole 10.6.0.0/16 metric 9",
        "prohibit 2001:db8:7::/48",
        "throw 10.7.0.0/16 table 100",
        "local 10.8.0.0/16 dev lo",
        "10.9.0.0/16 via 10.0.0.2 src 10.0.1.1",
        "2001:db8:9::/48 via 2001:db8::2 src 2001:db8::1",
        "10.10.0.0/16 via 10.0.0.2 mtu 1400",
        "2001:db8:10::/48 via 2001:db8::2 mtu lock 1300",
        "10.11.0.0/16 via 192.0.2.1 dev eth0 onlink",
        "10.12.0.0/16 via inet6 fe80::1 dev eth0",
        "10.13.0.0/16 via inet6 2001:db8::2",
        "10.14.0.0/16 nexthop via inet6 fe80::1 dev eth0 nexthop via 10.0.1.2",
        "10.15.0.0/16 dev eth1 scope host",
        "2001:db8:16::/48 via fe80::1 dev eth0",
    };
    std::vector<std::string> commands;
    for (const std::string& route : routes)
        commands.push_back(ip_command(route));
    std::string shown =
        as_ip_does("routes", routes, commands,
                   "ip -4 -d route show table all; ip -6 -d route show table all | grep -v fe80::/64 | "
                   "grep -v 'local fe80'");
    CHECK_THAT(shown, contains("10.12.0.0/16 via inet6 fe80::1 dev eth0") && contains("table 100000") &&
                          contains("mtu lock 1300") && contains("weight 256"));
}

TEST_CASE("SRv6 routes are what ip makes of the same words") {
    if (skipped_without("kernel:seg6"))
        return;
    const std::vector<std::string> routes{
        "10.2.0.0/16 encap seg6 mode encap segs fc00::1,fc00::2 dev eth0",
        "2001:db8:2::/48 encap seg6 mode inline segs fc00::1,fc00::2,fc00::3 dev eth0",
        "2001:db8:3::/48 encap seg6 mode encap.red segs fc00::1,fc00::2 dev eth0",
        "fc00::a encap seg6local action End dev eth0",
        "fc00::b encap seg6local action End.X nh6 2001:db8::2 dev eth0",
        "fc00::c encap seg6local action End.T table 7 dev eth0",
        "fc00::d encap seg6local action End.DT6 table 7 dev eth0",
        "fc00::e encap seg6local action End.DX4 nh4 10.0.0.2 dev eth0",
        "fc00::f encap seg6local action End.DX6 nh6 2001:db8::2 dev eth0",
        "fc00::10 encap seg6local action End.DX2 oif eth1 dev eth0",
        "fc00::11 encap seg6local action End.B6 srh segs fc00::1,fc00::2 dev eth0",
        "fc00::12 encap seg6local action End.B6.Encaps srh segs fc00::1,fc00::2 dev eth0",
    };
    std::vector<std::string> commands;
    for (const std::string& route : routes)
        commands.push_back(ip_command(route));
    std::string shown =
        as_ip_does("routes", routes, commands, "ip -4 route; ip -6 route show | grep -v fe80::/64");
    CHECK_THAT(shown, contains("encap seg6 mode encap segs 2 [ fc00::1 fc00::2 ]") &&
                          contains("action End.X nh6 2001:db8::2"));
}

TEST_CASE("rules are what ip makes of the same words") {
    if (skipped_without("kernel:policy-routing"))
        return;
    const std::vector<std::string> rules{
        "from 10.0.0.0/8 table 100 priority 1000",
        "from 10.0.0.1 to 10.9.0.0/16 lookup main priority 1001",
        "to 2001:db8:1::/48 table 100000 priority 1002",
        "inet fwmark 0x1/0xff table 7 priority 1003",
        "inet fwmark 17 table 7 priority 1004",
        "inet iif eth0 unreachable priority 1005",
        "inet6 oif eth1 prohibit priority 1006",
        "inet iif lo blackhole priority 1007",
        "inet not from 10.1.0.0/16 ipproto tcp dport 80-90 sport 7 table 8 priority 1008",
        "inet tos 10 goto 32766 priority 1009",
        "inet uidrange 5-9 nop priority 1010",
        "inet table main suppress_prefixlength 0 priority 1011",
        "inet6 l3mdev priority 1012",
    };
    std::vector<std::string> commands;
    for (const std::string& rule : rules) {
        bool six = rule.find("inet6") != std::string::npos || rule.find("2001:") != std::string::npos;
        std::string words = rule.starts_with("inet") ? rule.substr(rule.find(' ')) : rule;
        commands.push_back(fmt::format("ip {} rule add {} protocol static", six ? "-6" : "-4", words));
    }
    std::string shown = as_ip_does("rules", rules, commands, "ip -4 -d rule; ip -6 -d rule");
    CHECK_THAT(shown, contains("from 10.0.0.0/8 lookup 100") && contains("goto 32766") && contains("l3mdev"));
}

TEST_CASE("a route by an interface that the kernel has named finds it by that name") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(R"(
hosts = ["a", "b"]
links = [{ ends = ["a", "b"], name = "kernel", addresses = ["10.0.0.1/24", "10.0.0.2/24"] }]
nodes.a.routes = ["10.9.0.0/16 dev veth0"]
)",
                              [](LiveLab& lab) { return run_on(lab, 0, "ip route show 10.9.0.0/16"); });
    CHECK(said == "10.9.0.0/16 dev veth0 proto static scope link \n");
}

TEST_CASE("a route that the kernel refuses ends the build with the words of the route and the kernel's") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(R"(
hosts = ["a", "b"]
links = [{ ends = ["a", "b"], subnet = "10.0.0.0/24" }]
nodes.a.routes = ["10.9.0.0/16 via b scope host"]
)",
                              [](LiveLab&) { return std::string("built"); });
    CHECK_THAT(said, contains("cannot add route 10.9.0.0/16 via 10.0.0.2 scope 254 in a: ") &&
                         contains("Route with host scope can not have a gateway"));
}

TEST_CASE("of many routes each is added, and the first that the kernel refuses is named") {
    if (skipped_without_namespaces())
        return;
    auto topology = [](const std::string& refused) {
        std::string list;
        for (int i = 0; i < 200; ++i)
            list += fmt::format("\"10.{}.0.0/16 via b{}\",", 10 + i, i == 70 || i == 72 ? refused : "");
        return "hosts = [\"a\", \"b\"]\nlinks = [{ ends = [\"a\", \"b\"], subnet = \"10.0.0.0/24\" }]\n"
               "nodes.a.routes = [" +
               list + "]\n";
    };
    auto count = [](LiveLab& lab) { return run_on(lab, 0, "ip route show | grep -c ' via '"); };
    CHECK(in_lab(topology(""), count) == "200\n");
    CHECK_THAT(in_lab(topology(" scope host"), count),
               contains("cannot add route 10.80.0.0/16 via 10.0.0.2 scope 254 in a: "));
}

// No kernel here may have MPLS, so the bytes are compared with what linux/mpls.h and ip(8) make of them.

TEST_CASE(
    "an MPLS route has its label as destination, and the new stack beside the gateway with its family") {
    Route route;
    route.label = 100;
    Nexthop nexthop;
    nexthop.labels = {200, 300};
    nexthop.gateway = parse_ip("10.0.0.2");
    nexthop.index = 4;
    route.nexthops.push_back(nexthop);
    NetlinkMessage message = add_route_message(route);
    CHECK(header_of(message).rtm_family == AF_MPLS);
    CHECK(header_of(message).rtm_dst_len == 20);
    CHECK(header_of(message).rtm_scope == RT_SCOPE_UNIVERSE);
    CHECK(header_of(message).rtm_table == RT_TABLE_MAIN);
    Attributes found = attributes_of(message);
    CHECK(bytes_of(found.at(RTA_DST)) == "00064100");
    CHECK(bytes_of(found.at(RTA_NEWDST)) == "000c80000012c100");
    CHECK(bytes_of(found.at(RTA_VIA)) == "02000a000002");
    CHECK(mnl_attr_get_u32(found.at(RTA_OIF)) == 4);
    CHECK_FALSE(found.contains(RTA_GATEWAY));
}

TEST_CASE("an MPLS encapsulation is a stack of labels, the last marked, and its TTL") {
    Route route;
    route.destination = parse_prefix("10.1.0.0/16").value();
    Nexthop nexthop;
    nexthop.gateway = parse_ip("10.0.0.2");
    nexthop.encapsulation = std::make_shared<Encapsulation>(MplsEncapsulation{{16, 17}, 5});
    route.nexthops.push_back(nexthop);
    NetlinkMessage message = add_route_message(route);
    Attributes found = attributes_of(message);
    CHECK(mnl_attr_get_u16(found.at(RTA_ENCAP_TYPE)) == LWTUNNEL_ENCAP_MPLS);
    Attributes nested;
    for_each_nested(found.at(RTA_ENCAP),
                    [&](const nlattr* attribute) { nested[mnl_attr_get_type(attribute)] = attribute; });
    CHECK(bytes_of(nested.at(MPLS_IPTUNNEL_DST)) == "0001000000011100");
    CHECK(mnl_attr_get_u8(nested.at(MPLS_IPTUNNEL_TTL)) == 5);
}

TEST_CASE("a route of the most next hops fits into a message") {
    Route route;
    route.destination = parse_prefix("10.1.0.0/16").value();
    for (int i = 0; i < 64; ++i)
        route.nexthops.push_back({parse_ip("2001:db8::1"), "", 7});
    NetlinkMessage message = add_route_message(route);
    CHECK(message.header()->nlmsg_len < 4096);
    CHECK(mnl_attr_get_payload_len(attributes_of(message).at(RTA_MULTIPATH)) == 64 * (8 + 4 + 2 + 16 + 2));
}
