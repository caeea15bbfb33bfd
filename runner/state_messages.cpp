#include "runner/state_messages.h"

#include "runner/netlink_attributes.h"

#include <algorithm>
#include <cstring>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace netrig {

namespace {

std::optional<Family> family_of(unsigned number) {
    if (number != AF_INET && number != AF_INET6)
        return std::nullopt;
    return number == AF_INET ? Family::ipv4 : Family::ipv6;
}

IpAddress address_in(const void* bytes, Family family) {
    IpAddress address{family, {}};
    std::memcpy(address.bytes.data(), bytes, address.size());
    return address;
}

/// The family by the length, as of a VXLAN's other end.
std::optional<IpAddress> read_ip(const nlattr* attribute) {
    std::size_t size = mnl_attr_get_payload_len(attribute);
    for (Family family : {Family::ipv4, Family::ipv6})
        if (size == IpAddress{family, {}}.size())
            return address_in(mnl_attr_get_payload(attribute), family);
    return std::nullopt;
}

std::optional<MacAddress> read_mac(const nlattr* attribute) {
    MacAddress mac;
    if (mnl_attr_get_payload_len(attribute) != mac.bytes.size())
        return std::nullopt;
    std::memcpy(mac.bytes.data(), mnl_attr_get_payload(attribute), mac.bytes.size());
    return mac;
}

AddressState address_state(std::uint32_t flags) {
    if ((flags & IFA_F_DADFAILED) != 0)
        return AddressState::dad_failed;
    if ((flags & IFA_F_TENTATIVE) != 0)
        return AddressState::tentative;
    return (flags & IFA_F_DEPRECATED) != 0 ? AddressState::deprecated : AddressState::preferred;
}

RouteKind route_kind(unsigned type) {
    switch (type) {
    case RTN_UNICAST:
        return RouteKind::unicast;
    case RTN_LOCAL:
        return RouteKind::local;
    case RTN_BLACKHOLE:
        return RouteKind::blackhole;
    case RTN_UNREACHABLE:
        return RouteKind::unreachable;
    case RTN_PROHIBIT:
        return RouteKind::prohibit;
    case RTN_THROW:
        return RouteKind::throw_back;
    default:
        return RouteKind::other;
    }
}

/// RTA_VIA: a gateway with its family in front (RFC 8950).
std::optional<IpAddress> read_via(const nlattr* attribute) {
    sa_family_t number = 0;
    const auto* bytes = static_cast<const char*>(mnl_attr_get_payload(attribute));
    if (mnl_attr_get_payload_len(attribute) < sizeof number)
        return std::nullopt;
    std::memcpy(&number, bytes, sizeof number);
    auto family = family_of(number);
    bool whole =
        family && mnl_attr_get_payload_len(attribute) >= sizeof number + IpAddress{*family, {}}.size();
    return whole ? std::optional(address_in(bytes + sizeof number, *family)) : std::nullopt;
}

void read_gateway(const nlattr* attribute, FoundNexthop& nexthop) {
    if (mnl_attr_get_type(attribute) == RTA_GATEWAY)
        nexthop.gateway = read_ip(attribute);
    if (mnl_attr_get_type(attribute) == RTA_VIA)
        nexthop.gateway = read_via(attribute);
}

/// RTA_MULTIPATH: each next hop with attributes of its own behind it.
std::vector<FoundNexthop> read_nexthops(const nlattr* multipath, const LinkNames& names) {
    std::vector<FoundNexthop> nexthops;
    const auto* at = static_cast<const char*>(mnl_attr_get_payload(multipath));
    std::size_t left = mnl_attr_get_payload_len(multipath);
    while (left >= sizeof(rtnexthop)) {
        rtnexthop hop;
        std::memcpy(&hop, at, sizeof hop);
        if (hop.rtnh_len < sizeof hop || hop.rtnh_len > left)
            break;
        FoundNexthop nexthop{{}, name_in(names, hop.rtnh_ifindex), hop.rtnh_hops + 1U};
        auto visit = [&](const nlattr* attribute) { read_gateway(attribute, nexthop); };
        mnl_attr_parse_payload(at + sizeof hop, hop.rtnh_len - sizeof hop, visit_attribute<decltype(visit)>,
                               &visit);
        nexthops.push_back(std::move(nexthop));
        std::size_t step = std::min<std::size_t>(RTNH_ALIGN(hop.rtnh_len), left);
        at += step;
        left -= step;
    }
    return nexthops;
}

NeighbourState neighbour_state(unsigned state) {
    static constexpr std::array<std::pair<unsigned, NeighbourState>, 8> states{{
        {NUD_INCOMPLETE, NeighbourState::incomplete},
        {NUD_REACHABLE, NeighbourState::reachable},
        {NUD_STALE, NeighbourState::stale},
        {NUD_DELAY, NeighbourState::delay},
        {NUD_PROBE, NeighbourState::probe},
        {NUD_FAILED, NeighbourState::failed},
        {NUD_NOARP, NeighbourState::noarp},
        {NUD_PERMANENT, NeighbourState::permanent},
    }};
    for (auto [bit, each] : states)
        if ((state & bit) != 0)
            return each;
    return NeighbourState::none;
}

FdbState fdb_state(unsigned state) {
    if ((state & NUD_PERMANENT) != 0)
        return FdbState::permanent;
    if ((state & NUD_NOARP) != 0)
        return FdbState::fixed;
    return (state & NUD_STALE) != 0 ? FdbState::stale : FdbState::learned;
}

RuleAction rule_action(unsigned action) {
    switch (action) {
    case FR_ACT_GOTO:
        return RuleAction::go_to;
    case FR_ACT_NOP:
        return RuleAction::nop;
    case FR_ACT_BLACKHOLE:
        return RuleAction::blackhole;
    case FR_ACT_UNREACHABLE:
        return RuleAction::unreachable;
    case FR_ACT_PROHIBIT:
        return RuleAction::prohibit;
    default:
        return RuleAction::lookup;
    }
}

template <class T>
T read_struct(const nlattr* attribute) {
    T value{};
    std::memcpy(&value, mnl_attr_get_payload(attribute),
                std::min<std::size_t>(sizeof value, mnl_attr_get_payload_len(attribute)));
    return value;
}

Range<std::uint16_t> read_ports(const nlattr* attribute) {
    auto range = read_struct<fib_rule_port_range>(attribute);
    return {range.start, range.end};
}

/// FRA_*, each where the rule has it.
void read_rule_attribute(const nlattr* attribute, Rule& rule) {
    switch (mnl_attr_get_type(attribute)) {
    case FRA_PRIORITY:
        rule.priority = mnl_attr_get_u32(attribute);
        break;
    case FRA_TABLE:
        rule.table = mnl_attr_get_u32(attribute);
        break;
    case FRA_GOTO:
        rule.target = mnl_attr_get_u32(attribute);
        break;
    case FRA_FWMARK:
        rule.mark = Mark{mnl_attr_get_u32(attribute), rule.mark ? rule.mark->mask : UINT32_MAX};
        break;
    case FRA_FWMASK:
        rule.mark = Mark{rule.mark ? rule.mark->value : 0, mnl_attr_get_u32(attribute)};
        break;
    case FRA_IIFNAME:
        rule.in = mnl_attr_get_str(attribute);
        break;
    case FRA_OIFNAME:
        rule.out = mnl_attr_get_str(attribute);
        break;
    case FRA_IP_PROTO:
        rule.protocol = mnl_attr_get_u8(attribute);
        break;
    case FRA_L3MDEV:
        rule.l3mdev = mnl_attr_get_u8(attribute) != 0;
        break;
    case FRA_UID_RANGE: {
        auto range = read_struct<fib_rule_uid_range>(attribute);
        rule.uids = {range.start, range.end};
        break;
    }
    case FRA_SPORT_RANGE:
        rule.source_ports = read_ports(attribute);
        break;
    case FRA_DPORT_RANGE:
        rule.destination_ports = read_ports(attribute);
        break;
    case FRA_SUPPRESS_PREFIXLEN:
        if (mnl_attr_get_u32(attribute) != UINT32_MAX)
            rule.suppress_prefixlength = mnl_attr_get_u32(attribute);
        break;
    default:
        break;
    }
}

} // namespace

NetlinkMessage dump_addresses_message() {
    return dump_message<ifaddrmsg>(RTM_GETADDR);
}

NetlinkMessage dump_routes_message() {
    return dump_message<rtmsg>(RTM_GETROUTE);
}

NetlinkMessage dump_neighbours_message() {
    return dump_message<ndmsg>(RTM_GETNEIGH);
}

NetlinkMessage dump_fdb_message() {
    NetlinkMessage message(RTM_GETNEIGH, NLM_F_DUMP);
    message.extra<ndmsg>().ndm_family = AF_BRIDGE;
    return message;
}

NetlinkMessage dump_rules_message() {
    return dump_message<fib_rule_hdr>(RTM_GETRULE);
}

NetlinkMessage look_up_message(const RouteQuestion& question, Ifindex iif, LookUp wanted) {
    NetlinkMessage message(RTM_GETROUTE, 0);
    auto& info = message.extra<rtmsg>();
    auto bits = static_cast<unsigned char>(question.to.size() * 8);
    info.rtm_family = family_number(question.to.family);
    info.rtm_dst_len = bits;
    info.rtm_src_len = question.from ? bits : 0;
    info.rtm_flags = RTM_F_LOOKUP_TABLE | (wanted == LookUp::entry ? RTM_F_FIB_MATCH : 0U);
    nlmsghdr* header = message.header();
    put_address(header, RTA_DST, question.to);
    if (question.from)
        put_address(header, RTA_SRC, *question.from);
    if (iif != 0)
        mnl_attr_put_u32(header, RTA_IIF, static_cast<std::uint32_t>(iif));
    if (question.mark)
        mnl_attr_put_u32(header, RTA_MARK, *question.mark);
    return message;
}

NetlinkMessage get_statistics_message(const std::string& interface) {
    NetlinkMessage message(RTM_GETLINK, 0);
    message.extra<ifinfomsg>();
    mnl_attr_put_strz(message.header(), IFLA_IFNAME, interface.c_str());
    return message;
}

std::optional<FoundAddress> read_found_address(const nlmsghdr* header, const LinkNames& names) {
    if (header->nlmsg_type != RTM_NEWADDR)
        return std::nullopt;
    const auto& info = family_header<ifaddrmsg>(header);
    if (!family_of(info.ifa_family))
        return std::nullopt;
    const nlattr* local = find_attribute(header, sizeof info, IFA_LOCAL); // the other may be the peer's
    const nlattr* own = local != nullptr ? local : find_attribute(header, sizeof info, IFA_ADDRESS);
    auto address = own != nullptr ? read_ip(own) : std::nullopt;
    if (!address)
        return std::nullopt;
    const nlattr* flags = find_attribute(header, sizeof info, IFA_FLAGS);
    return FoundAddress{name_in(names, static_cast<Ifindex>(info.ifa_index)),
                        {*address, info.ifa_prefixlen},
                        address_state(flags != nullptr ? mnl_attr_get_u32(flags) : info.ifa_flags)};
}

std::optional<FoundRoute> read_found_route(const nlmsghdr* header, const LinkNames& names) {
    const auto& info = family_header<rtmsg>(header);
    auto family = header->nlmsg_type == RTM_NEWROUTE ? family_of(info.rtm_family) : std::nullopt;
    if (!family)
        return std::nullopt;
    FoundRoute route;
    route.kind = route_kind(info.rtm_type);
    route.destination = Prefix{{*family, {}}, info.rtm_dst_len};
    route.table = info.rtm_table;
    route.protocol = info.rtm_protocol;
    FoundNexthop only;
    for_each_attribute(header, sizeof info, [&](const nlattr* attribute) {
        read_gateway(attribute, only);
        switch (mnl_attr_get_type(attribute)) {
        case RTA_DST:
            route.destination->address = read_ip(attribute).value_or(route.destination->address);
            break;
        case RTA_OIF:
            only.device = name_in(names, static_cast<Ifindex>(mnl_attr_get_u32(attribute)));
            break;
        case RTA_MULTIPATH:
            route.nexthops = read_nexthops(attribute, names);
            break;
        case RTA_TABLE:
            route.table = mnl_attr_get_u32(attribute);
            break;
        case RTA_PRIORITY:
            route.metric = mnl_attr_get_u32(attribute);
            break;
        case RTA_PREFSRC:
            route.source = read_ip(attribute);
            break;
        default:
            break;
        }
    });
    bool leads =
        route.kind == RouteKind::unicast || route.kind == RouteKind::local || route.kind == RouteKind::other;
    if (route.nexthops.empty() && leads && (only.gateway || !only.device.empty()))
        route.nexthops.push_back(std::move(only));
    return route;
}

std::optional<FoundNeighbour> read_found_neighbour(const nlmsghdr* header, const LinkNames& names) {
    const auto& info = family_header<ndmsg>(header);
    if (header->nlmsg_type != RTM_NEWNEIGH || !family_of(info.ndm_family))
        return std::nullopt;
    const nlattr* destination = find_attribute(header, sizeof info, NDA_DST);
    auto address = destination != nullptr ? read_ip(destination) : std::nullopt;
    if (!address)
        return std::nullopt;
    const nlattr* mac = find_attribute(header, sizeof info, NDA_LLADDR);
    return FoundNeighbour{name_in(names, info.ndm_ifindex), *address,
                          mac != nullptr ? read_mac(mac) : std::nullopt, neighbour_state(info.ndm_state)};
}

Ifindex neighbour_index(const nlmsghdr* header) {
    return family_header<ndmsg>(header).ndm_ifindex;
}

std::optional<FoundFdbEntry> read_fdb_entry(const nlmsghdr* header, const LinkNames& names) {
    const auto& info = family_header<ndmsg>(header);
    if (header->nlmsg_type != RTM_NEWNEIGH || info.ndm_family != AF_BRIDGE)
        return std::nullopt;
    const nlattr* mac = find_attribute(header, sizeof info, NDA_LLADDR);
    auto address = mac != nullptr ? read_mac(mac) : std::nullopt;
    if (!address)
        return std::nullopt;
    FoundFdbEntry entry{name_in(names, info.ndm_ifindex), {}, *address, {}, {}, fdb_state(info.ndm_state)};
    if (const nlattr* master = find_attribute(header, sizeof info, NDA_MASTER))
        entry.bridge = name_in(names, static_cast<Ifindex>(mnl_attr_get_u32(master)));
    if (const nlattr* vlan = find_attribute(header, sizeof info, NDA_VLAN))
        entry.vlan = mnl_attr_get_u16(vlan);
    if (const nlattr* remote = find_attribute(header, sizeof info, NDA_DST))
        entry.remote = read_ip(remote);
    return entry;
}

std::optional<Rule> read_rule(const nlmsghdr* header) {
    const auto& info = family_header<fib_rule_hdr>(header);
    auto family = header->nlmsg_type == RTM_NEWRULE ? family_of(info.family) : std::nullopt;
    if (!family)
        return std::nullopt;
    Rule rule;
    rule.family = *family;
    rule.inverted = (info.flags & FIB_RULE_INVERT) != 0;
    if (info.tos != 0)
        rule.tos = info.tos;
    rule.table = info.table;
    rule.action = rule_action(info.action);
    for_each_attribute(header, sizeof info, [&](const nlattr* attribute) {
        std::uint16_t type = mnl_attr_get_type(attribute);
        if (type == FRA_SRC || type == FRA_DST) {
            auto address = read_ip(attribute);
            auto length = type == FRA_SRC ? info.src_len : info.dst_len;
            if (address)
                (type == FRA_SRC ? rule.from : rule.to) = Prefix{*address, length};
            return;
        }
        read_rule_attribute(attribute, rule);
    });
    return rule;
}

std::optional<LinkStatistics> read_statistics(const nlmsghdr* header) {
    if (header->nlmsg_type != RTM_NEWLINK)
        return std::nullopt;
    const nlattr* attribute = find_attribute(header, sizeof(ifinfomsg), IFLA_STATS64);
    if (attribute == nullptr)
        return std::nullopt;
    // They stand in the order of struct rtnl_link_stats64; a kernel has the first so many of them.
    LinkStatistics statistics;
    const auto* bytes = static_cast<const char*>(mnl_attr_get_payload(attribute));
    std::size_t count = mnl_attr_get_payload_len(attribute) / sizeof(std::uint64_t);
    for (std::size_t i = 0; i < std::min(count, link_statistic_names.size()); ++i) {
        std::uint64_t value = 0;
        std::memcpy(&value, bytes + i * sizeof value, sizeof value);
        statistics.emplace(link_statistic_names[i], value);
    }
    return statistics;
}

std::optional<MacAddress> read_link_mac(const nlmsghdr* header) {
    const nlattr* attribute =
        header->nlmsg_type == RTM_NEWLINK ? find_attribute(header, sizeof(ifinfomsg), IFLA_ADDRESS) : nullptr;
    auto mac = attribute != nullptr ? read_mac(attribute) : std::nullopt;
    return mac == MacAddress{} ? std::nullopt : mac; // the loopback's is all zeros
}

} // namespace netrig
