#include "runner/fd.h"
#include "runner/link_messages.h"
#include "runner/probe.h"
#include "runner/route_messages.h"
#include "runner/system_error.h"

#include <array>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace netrig {

namespace {

constexpr Ifindex lo = 1;
constexpr std::uint32_t label = 100;

Probed ask_ipv6() {
    auto netlink = NetlinkSocket::open();
    if (!netlink)
        return could_not_ask(netlink.error());
    NetlinkMessage message = add_address_message(lo, *parse_prefix("2001:db8::1/128"));
    return probed(netlink->request(message, "ask"));
}

/// By `lo`, as often as there are next hops.
Route route_by_lo(const char* destination, std::size_t nexthops = 1) {
    Route route;
    route.destination = *parse_prefix(destination);
    route.nexthops.resize(nexthops);
    for (Nexthop& nexthop : route.nexthops)
        nexthop.index = lo;
    return route;
}

Result<NetlinkSocket> open_with_lo_up() {
    auto netlink = NetlinkSocket::open();
    if (!netlink)
        return netlink;
    NetlinkMessage up = set_link_message(lo, true);
    if (Status done = netlink->request(up, "set lo up"); !done)
        return failure(done.error());
    return netlink;
}

Probed ask_for(const Route& route) {
    auto netlink = open_with_lo_up();
    if (!netlink)
        return could_not_ask(netlink.error());
    NetlinkMessage message = add_route_message(route);
    return probed(netlink->request(message, "ask"));
}

Probed ask_multipath() {
    return ask_for(route_by_lo("192.0.2.0/24", 2));
}

Probed ask_policy_routing() {
    auto netlink = NetlinkSocket::open();
    if (!netlink)
        return could_not_ask(netlink.error());
    NetlinkMessage message = add_rule_message({.table = 100, .priority = 100});
    return probed(netlink->request(message, "ask"));
}

Probed ask_seg6() {
    Route route = route_by_lo("192.0.2.1/32");
    route.nexthops.front().encapsulation =
        std::make_shared<Encapsulation>(Seg6Encapsulation{Seg6Mode::encap, {*parse_ip("2001:db8::1")}});
    return ask_for(route);
}

/// How many labels there may be is 0 in a new namespace.
Status permit_labels() {
    Fd file(open("/proc/sys/net/mpls/platform_labels", O_WRONLY | O_CLOEXEC));
    if (!file.valid() || write(file.get(), "1000", 4) < 0)
        return system_failure("set net.mpls.platform_labels");
    return {};
}

/// Encapsulation first: asking for it makes the kernel load what both need.
Probed ask_mpls() {
    auto netlink = open_with_lo_up();
    if (!netlink)
        return could_not_ask(netlink.error());
    Route route = route_by_lo("192.0.2.1/32");
    route.nexthops.front().encapsulation = std::make_shared<Encapsulation>(MplsEncapsulation{{label}, {}});
    NetlinkMessage encapsulating = add_route_message(route);
    if (Status done = netlink->request(encapsulating, "ask"); !done)
        return probed(done);
    if (Status done = permit_labels(); !done)
        return {Answer::no, describe(done.error())};
    route.nexthops.front().encapsulation = nullptr;
    route.label = label;
    NetlinkMessage message = add_route_message(route);
    return probed(netlink->request(message, "ask"));
}

Probed ask_mptcp() {
    Status opened;
    Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP));
    if (!socket.valid())
        opened = system_failure("ask");
    return probed(opened);
}

constexpr auto table = std::to_array<Probe>({
    {"kernel:ipv6", ask_ipv6},
    {"kernel:multipath", ask_multipath},
    {"kernel:policy-routing", ask_policy_routing},
    {"kernel:mpls", ask_mpls},
    {"kernel:seg6", ask_seg6},
    {"kernel:mptcp", ask_mptcp},
});

} // namespace

std::span<const Probe> protocol_probes() {
    return table;
}

} // namespace netrig
