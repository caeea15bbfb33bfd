#include "runner/route_messages.h"

#include "runner/netlink_attributes.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <linux/fib_rules.h>
#include <linux/lwtunnel.h>
#include <linux/mpls_iptunnel.h>
#include <linux/rtnetlink.h>
#include <linux/seg6_iptunnel.h>
#include <linux/seg6_local.h>
#include <sys/socket.h>

namespace netrig {

namespace {

constexpr std::uint16_t make_new = NLM_F_CREATE | NLM_F_EXCL;
constexpr unsigned most_in_a_byte = 255;

unsigned char route_number(RouteType type) {
    switch (type) {
    case RouteType::unicast:
        return RTN_UNICAST;
    case RouteType::local:
        return RTN_LOCAL;
    case RouteType::unreachable:
        return RTN_UNREACHABLE;
    case RouteType::blackhole:
        return RTN_BLACKHOLE;
    case RouteType::prohibit:
        return RTN_PROHIBIT;
    case RouteType::throw_back:
        return RTN_THROW;
    }
    return RTN_UNSPEC;
}

/// As ip(8) chooses it where none is given.
unsigned char scope_of(const Route& route) {
    if (route.scope)
        return static_cast<unsigned char>(*route.scope);
    if (route.type == RouteType::local)
        return RT_SCOPE_HOST;
    bool direct = !route.nexthops.empty() &&
                  std::none_of(route.nexthops.begin(), route.nexthops.end(),
                               [](const Nexthop& nexthop) { return nexthop.gateway.has_value(); });
    bool ipv4 = !route.label && route.destination.address.family == Family::ipv4;
    return direct && ipv4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

/// RFC 3032: 20 bits of label, and in the last one the bottom of the stack.
void put_labels(nlmsghdr* header, std::uint16_t type, const Labels& labels) {
    constexpr std::uint32_t bottom = 1U << 8;
    std::vector<std::uint32_t> stack;
    for (std::uint32_t label : labels)
        stack.push_back(htonl(label << 12 | (stack.size() + 1 == labels.size() ? bottom : 0)));
    mnl_attr_put(header, type, stack.size() * sizeof(std::uint32_t), stack.data());
}

/// A segment routing header (RFC 8754): the segments stand in it from the last to the first. Inline, the
/// packet's own destination takes the last one's place, for which room is left.
std::vector<std::uint8_t> segment_header(const std::vector<IpAddress>& segments, bool with_room) {
    constexpr std::size_t fixed = 8, of_segment = 16;
    std::size_t count = segments.size() + (with_room ? 1 : 0);
    std::vector<std::uint8_t> bytes(fixed + count * of_segment);
    bytes[1] = static_cast<std::uint8_t>(bytes.size() / 8 - 1);
    bytes[2] = 4; // routing type
    bytes[3] = bytes[4] = static_cast<std::uint8_t>(count - 1);
    for (std::size_t i = 0; i < segments.size(); ++i)
        std::memcpy(&bytes[fixed + (count - 1 - i) * of_segment], segments[i].bytes.data(), of_segment);
    return bytes;
}

/// Fills RTA_ENCAP and tells the type of it.
struct PutEncapsulation {
    nlmsghdr* header;

    lwtunnel_encap_types operator()(const MplsEncapsulation& mpls) const {
        put_labels(header, MPLS_IPTUNNEL_DST, mpls.labels);
        if (mpls.ttl)
            mnl_attr_put_u8(header, MPLS_IPTUNNEL_TTL, static_cast<std::uint8_t>(*mpls.ttl));
        return LWTUNNEL_ENCAP_MPLS;
    }

    lwtunnel_encap_types operator()(const Seg6Encapsulation& seg6) const {
        int mode = static_cast<int>(seg6.mode);
        std::vector<std::uint8_t> data(sizeof mode), srh = segment_header(seg6.segments, mode == 0);
        std::memcpy(data.data(), &mode, sizeof mode);
        data.insert(data.end(), srh.begin(), srh.end());
        mnl_attr_put(header, SEG6_IPTUNNEL_SRH, data.size(), data.data());
        return LWTUNNEL_ENCAP_SEG6;
    }

    lwtunnel_encap_types operator()(const Seg6Local& local) const {
        mnl_attr_put_u32(header, SEG6_LOCAL_ACTION, static_cast<std::uint32_t>(local.action));
        if (local.table)
            mnl_attr_put_u32(header, SEG6_LOCAL_TABLE, *local.table);
        if (local.vrf_table)
            mnl_attr_put_u32(header, SEG6_LOCAL_VRFTABLE, *local.vrf_table);
        if (local.nexthop)
            put_address(header, local.nexthop->family == Family::ipv4 ? SEG6_LOCAL_NH4 : SEG6_LOCAL_NH6,
                        *local.nexthop);
        if (local.index != 0)
            mnl_attr_put_u32(header, SEG6_LOCAL_OIF, static_cast<std::uint32_t>(local.index));
        if (!local.segments.empty()) {
            std::vector<std::uint8_t> srh =
                segment_header(local.segments, local.action == Seg6Action::end_b6);
            mnl_attr_put(header, SEG6_LOCAL_SRH, srh.size(), srh.data());
        }
        return LWTUNNEL_ENCAP_SEG6_LOCAL;
    }
};

/// RFC 8950: with its family, since that is not the route's.
void put_via(nlmsghdr* header, const IpAddress& gateway) {
    std::array<std::uint8_t, 2 + 16> via{};
    sa_family_t family = family_number(gateway.family);
    std::memcpy(via.data(), &family, sizeof family);
    std::memcpy(&via[2], gateway.bytes.data(), gateway.size());
    mnl_attr_put(header, RTA_VIA, 2 + gateway.size(), via.data());
}

/// What stands in the route itself when there is one next hop, and in RTA_MULTIPATH for each of several.
void put_nexthop(nlmsghdr* header, const Nexthop& nexthop, const Route& route) {
    if (!nexthop.labels.empty())
        put_labels(header, RTA_NEWDST, nexthop.labels);
    if (nexthop.gateway) {
        if (route.label || nexthop.gateway->family != route.destination.address.family)
            put_via(header, *nexthop.gateway);
        else
            put_address(header, RTA_GATEWAY, *nexthop.gateway);
    }
    if (nexthop.encapsulation) {
        nlattr* nest = mnl_attr_nest_start(header, RTA_ENCAP);
        auto type = std::visit(PutEncapsulation{header}, *nexthop.encapsulation);
        mnl_attr_nest_end(header, nest);
        mnl_attr_put_u16(header, RTA_ENCAP_TYPE, static_cast<std::uint16_t>(type));
    }
}

unsigned char flags_of(const Nexthop& nexthop) {
    return nexthop.onlink ? RTNH_F_ONLINK : 0;
}

void put_nexthops(NetlinkMessage& message, const Route& route) {
    nlmsghdr* header = message.header();
    nlattr* nest = mnl_attr_nest_start(header, RTA_MULTIPATH);
    for (const Nexthop& nexthop : route.nexthops) {
        const char* begin = static_cast<const char*>(mnl_nlmsg_get_payload_tail(header));
        auto& hop = message.extra<rtnexthop>();
        hop.rtnh_flags = flags_of(nexthop);
        hop.rtnh_hops = static_cast<unsigned char>(nexthop.weight - 1);
        hop.rtnh_ifindex = nexthop.index;
        put_nexthop(header, nexthop, route);
        hop.rtnh_len =
            static_cast<unsigned short>(static_cast<const char*>(mnl_nlmsg_get_payload_tail(header)) - begin);
    }
    mnl_attr_nest_end(header, nest);
}

void put_mtu(nlmsghdr* header, const Route& route) {
    nlattr* nest = mnl_attr_nest_start(header, RTA_METRICS);
    if (route.mtu_is_locked)
        mnl_attr_put_u32(header, RTAX_LOCK, 1U << RTAX_MTU);
    mnl_attr_put_u32(header, RTAX_MTU, *route.mtu);
    mnl_attr_nest_end(header, nest);
}

/// The header's field; a larger number stands in an attribute.
unsigned char table_byte(std::uint32_t table) {
    return table <= most_in_a_byte ? static_cast<unsigned char>(table) : 0;
}

rtmsg route_header(const Route& route) {
    rtmsg info{};
    info.rtm_family =
        route.label ? static_cast<unsigned char>(AF_MPLS) : family_number(route.destination.address.family);
    constexpr unsigned char bits_of_label = 20;
    info.rtm_dst_len = route.label ? bits_of_label : static_cast<unsigned char>(route.destination.length);
    info.rtm_table = table_byte(route.table);
    info.rtm_protocol = RTPROT_STATIC;
    info.rtm_scope = scope_of(route);
    info.rtm_type = route_number(route.type);
    return info;
}

unsigned char action_number(RuleAction action) {
    switch (action) {
    case RuleAction::lookup:
        return FR_ACT_TO_TBL;
    case RuleAction::go_to:
        return FR_ACT_GOTO;
    case RuleAction::nop:
        return FR_ACT_NOP;
    case RuleAction::blackhole:
        return FR_ACT_BLACKHOLE;
    case RuleAction::unreachable:
        return FR_ACT_UNREACHABLE;
    case RuleAction::prohibit:
        return FR_ACT_PROHIBIT;
    }
    return FR_ACT_UNSPEC;
}

void put_ports(nlmsghdr* header, std::uint16_t type, const Range<std::uint16_t>& ports) {
    fib_rule_port_range range{ports.first, ports.last};
    mnl_attr_put(header, type, sizeof range, &range);
}

void put_selectors(nlmsghdr* header, const Rule& rule) {
    if (rule.from)
        put_address(header, FRA_SRC, rule.from->address);
    if (rule.to)
        put_address(header, FRA_DST, rule.to->address);
    if (rule.mark) {
        mnl_attr_put_u32(header, FRA_FWMARK, rule.mark->value);
        mnl_attr_put_u32(header, FRA_FWMASK, rule.mark->mask);
    }
    if (!rule.in.empty())
        mnl_attr_put_strz(header, FRA_IIFNAME, rule.in.c_str());
    if (!rule.out.empty())
        mnl_attr_put_strz(header, FRA_OIFNAME, rule.out.c_str());
    if (rule.uids) {
        fib_rule_uid_range range{rule.uids->first, rule.uids->last};
        mnl_attr_put(header, FRA_UID_RANGE, sizeof range, &range);
    }
    if (rule.protocol)
        mnl_attr_put_u8(header, FRA_IP_PROTO, static_cast<std::uint8_t>(*rule.protocol));
    if (rule.source_ports)
        put_ports(header, FRA_SPORT_RANGE, *rule.source_ports);
    if (rule.destination_ports)
        put_ports(header, FRA_DPORT_RANGE, *rule.destination_ports);
}

} // namespace

NetlinkMessage add_route_message(const Route& route) {
    NetlinkMessage message(RTM_NEWROUTE, make_new);
    auto& info = message.extra<rtmsg>();
    info = route_header(route);
    nlmsghdr* header = message.header();
    if (route.label)
        put_labels(header, RTA_DST, {*route.label});
    else if (route.destination.length > 0)
        put_address(header, RTA_DST, route.destination.address);
    if (route.table > most_in_a_byte)
        mnl_attr_put_u32(header, RTA_TABLE, route.table);
    if (route.metric)
        mnl_attr_put_u32(header, RTA_PRIORITY, *route.metric);
    if (route.source)
        put_address(header, RTA_PREFSRC, *route.source);
    if (route.mtu)
        put_mtu(header, route);
    if (route.nexthops.size() > 1) {
        put_nexthops(message, route);
    } else if (!route.nexthops.empty()) {
        const Nexthop& nexthop = route.nexthops.front();
        info.rtm_flags = flags_of(nexthop);
        put_nexthop(header, nexthop, route);
        if (nexthop.index != 0)
            mnl_attr_put_u32(header, RTA_OIF, static_cast<std::uint32_t>(nexthop.index));
    }
    return message;
}

NetlinkMessage delete_route_message(const Route& route) {
    NetlinkMessage message = add_route_message(route);
    nlmsghdr* header = message.header();
    header->nlmsg_type = RTM_DELROUTE;
    header->nlmsg_flags = NLM_F_REQUEST;
    auto& info = *static_cast<rtmsg*>(mnl_nlmsg_get_payload(header));
    info.rtm_protocol = RTPROT_UNSPEC;
    if (!route.scope && !route.label)
        info.rtm_scope = RT_SCOPE_NOWHERE; // whichever it has, as ip(8) asks for it
    return message;
}

bool is_to_be_found(const Nexthop& nexthop) {
    return nexthop.index == 0 && !nexthop.device.empty();
}

NetlinkMessage add_rule_message(const Rule& rule) {
    NetlinkMessage message(RTM_NEWRULE, make_new);
    auto& info = message.extra<fib_rule_hdr>();
    nlmsghdr* header = message.header();
    info.family = family_number(rule.family);
    info.src_len = static_cast<unsigned char>(rule.from ? rule.from->length : 0);
    info.dst_len = static_cast<unsigned char>(rule.to ? rule.to->length : 0);
    info.tos = static_cast<unsigned char>(rule.tos.value_or(0));
    info.action = action_number(rule.action);
    info.flags = rule.inverted ? FIB_RULE_INVERT : 0;
    info.table = table_byte(rule.table);
    put_selectors(header, rule);
    if (rule.table > most_in_a_byte)
        mnl_attr_put_u32(header, FRA_TABLE, rule.table);
    if (rule.action == RuleAction::go_to)
        mnl_attr_put_u32(header, FRA_GOTO, rule.target);
    if (rule.l3mdev)
        mnl_attr_put_u8(header, FRA_L3MDEV, 1);
    if (rule.suppress_prefixlength)
        mnl_attr_put_u32(header, FRA_SUPPRESS_PREFIXLEN, *rule.suppress_prefixlength);
    mnl_attr_put_u32(header, FRA_PRIORITY, rule.priority);
    mnl_attr_put_u8(header, FRA_PROTOCOL, RTPROT_STATIC);
    return message;
}

} // namespace netrig
