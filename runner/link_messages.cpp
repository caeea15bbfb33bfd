#include "runner/link_messages.h"

#include "runner/netlink_attributes.h"

#include <cstring>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

namespace netrig {

namespace {

constexpr std::uint16_t make_new = NLM_F_CREATE | NLM_F_EXCL;

void put_mac(nlmsghdr* header, const MacAddress& mac) {
    mnl_attr_put(header, IFLA_ADDRESS, mac.bytes.size(), mac.bytes.data());
}

void set_flags(ifinfomsg& info, bool up) {
    info.ifi_change = IFF_UP;
    info.ifi_flags = up ? IFF_UP : 0;
}

void put_settings(nlmsghdr* header, const VethEnd& end) {
    put_mac(header, end.mac);
    if (end.mtu)
        mnl_attr_put_u32(header, IFLA_MTU, *end.mtu);
    if (end.one_segment)
        mnl_attr_put_u32(header, IFLA_GSO_MAX_SEGS, 1);
}

/// What both ends of a veth pair have in common.
void put_end(nlmsghdr* header, const VethEnd& end, int place) {
    if (!end.name.empty())
        mnl_attr_put_strz(header, IFLA_IFNAME, end.name.c_str());
    put_settings(header, end);
    mnl_attr_put_u32(header, IFLA_NET_NS_FD, static_cast<std::uint32_t>(place));
}

LinkState state_of(const ifinfomsg& info) {
    if ((info.ifi_flags & IFF_UP) == 0)
        return LinkState::down;
    if ((info.ifi_flags & IFF_LOWER_UP) == 0)
        return LinkState::lower_layer_down;
    return (info.ifi_flags & IFF_RUNNING) != 0 ? LinkState::up : LinkState::other;
}

/// Of a bridge's port. Other masters count their ports' states by the same numbers and mean other things.
void read_port_state(const nlattr* link_info, LinkReport& report) {
    bool in_bridge = false;
    for_each_nested(link_info, [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) == IFLA_INFO_SLAVE_KIND)
            in_bridge = std::strcmp(mnl_attr_get_str(attribute), "bridge") == 0;
        if (mnl_attr_get_type(attribute) != IFLA_INFO_SLAVE_DATA || !in_bridge)
            return;
        for_each_nested(attribute, [&](const nlattr* port) {
            if (mnl_attr_get_type(port) != IFLA_BRPORT_STATE)
                return;
            std::uint8_t state = mnl_attr_get_u8(port);
            report.settled = state == BR_STATE_FORWARDING || state == BR_STATE_BLOCKING;
        });
    });
}

} // namespace

NetlinkMessage create_veth_message(const CreateVeth& op, VethPlaces places) {
    const auto& [first, second] = op.ends;
    NetlinkMessage message(RTM_NEWLINK, make_new);
    auto& info = message.extra<ifinfomsg>();
    info.ifi_index = first.index;
    set_flags(info, first.up);
    nlmsghdr* header = message.header();
    put_end(header, first, places.first);
    if (first.master != 0)
        mnl_attr_put_u32(header, IFLA_MASTER, static_cast<std::uint32_t>(first.master));
    nlattr* link = mnl_attr_nest_start(header, IFLA_LINKINFO);
    mnl_attr_put_strz(header, IFLA_INFO_KIND, "veth");
    nlattr* data = mnl_attr_nest_start(header, IFLA_INFO_DATA);
    nlattr* peer = mnl_attr_nest_start(header, VETH_INFO_PEER);
    // IFF_UP is refused here (ENOTCONN): the pair is not joined yet.
    message.extra<ifinfomsg>().ifi_index = second.index;
    put_end(header, second, places.second);
    mnl_attr_nest_end(header, peer);
    mnl_attr_nest_end(header, data);
    mnl_attr_nest_end(header, link);
    return message;
}

NetlinkMessage set_end_message(const VethEnd& end) {
    NetlinkMessage message(RTM_NEWLINK, 0);
    auto& info = message.extra<ifinfomsg>();
    info.ifi_index = end.index;
    set_flags(info, end.up);
    nlmsghdr* header = message.header();
    put_settings(header, end);
    mnl_attr_put_u32(header, IFLA_TXQLEN, tap_queue_length);
    if (end.master != 0)
        mnl_attr_put_u32(header, IFLA_MASTER, static_cast<std::uint32_t>(end.master));
    return message;
}

NetlinkMessage set_link_message(Ifindex index, bool up) {
    NetlinkMessage message(RTM_NEWLINK, 0);
    auto& info = message.extra<ifinfomsg>();
    info.ifi_index = index;
    set_flags(info, up);
    return message;
}

NetlinkMessage set_master_message(Ifindex index, Ifindex master) {
    NetlinkMessage message(RTM_NEWLINK, 0);
    message.extra<ifinfomsg>().ifi_index = index;
    mnl_attr_put_u32(message.header(), IFLA_MASTER, static_cast<std::uint32_t>(master));
    return message;
}

NetlinkMessage delete_link_message(Ifindex index) {
    NetlinkMessage message(RTM_DELLINK, 0);
    message.extra<ifinfomsg>().ifi_index = index;
    return message;
}

static NetlinkMessage address_message(NetlinkMessage message, Ifindex index, const Prefix& address) {
    auto& info = message.extra<ifaddrmsg>();
    info.ifa_family = family_number(address.address.family);
    info.ifa_prefixlen = static_cast<unsigned char>(address.length);
    info.ifa_index = static_cast<std::uint32_t>(index);
    put_address(message.header(), IFA_LOCAL, address.address);
    put_address(message.header(), IFA_ADDRESS, address.address);
    return message;
}

NetlinkMessage add_address_message(Ifindex index, const Prefix& address) {
    NetlinkMessage message = address_message({RTM_NEWADDR, make_new}, index, address);
    // ip(8) does the same for prefixes that have a broadcast address.
    if (address.address.family == Family::ipv4 && address.length <= 30)
        put_address(message.header(), IFA_BROADCAST, address.last());
    return message;
}

NetlinkMessage delete_address_message(Ifindex index, const Prefix& address) {
    return address_message({RTM_DELADDR, 0}, index, address);
}

NetlinkMessage get_link_message(const std::string& name) {
    NetlinkMessage message(RTM_GETLINK, 0);
    message.extra<ifinfomsg>();
    mnl_attr_put_strz(message.header(), IFLA_IFNAME, name.c_str());
    mnl_attr_put_u32(message.header(), IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    return message;
}

NetlinkMessage dump_links_message() {
    NetlinkMessage message(RTM_GETLINK, NLM_F_DUMP);
    message.extra<ifinfomsg>();
    mnl_attr_put_u32(message.header(), IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    return message;
}

NetlinkMessage dump_addresses_message(std::optional<Family> family) {
    NetlinkMessage message(RTM_GETADDR, NLM_F_DUMP);
    message.extra<ifaddrmsg>().ifa_family = family ? family_number(*family) : AF_UNSPEC;
    return message;
}

static NetlinkMessage neighbour_message(std::uint16_t type, Ifindex index, const IpAddress& address) {
    NetlinkMessage message(type, 0);
    auto& info = message.extra<ndmsg>();
    info.ndm_family = family_number(address.family);
    info.ndm_ifindex = index;
    put_address(message.header(), NDA_DST, address);
    return message;
}

NetlinkMessage get_neighbour_message(Ifindex index, const IpAddress& address) {
    return neighbour_message(RTM_GETNEIGH, index, address);
}

NetlinkMessage delete_neighbour_message(Ifindex index, const IpAddress& address) {
    return neighbour_message(RTM_DELNEIGH, index, address);
}

NetlinkMessage permanent_neighbour_message(Ifindex index, const IpAddress& address, const MacAddress& mac) {
    NetlinkMessage message(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
    auto& info = message.extra<ndmsg>();
    info.ndm_family = family_number(address.family);
    info.ndm_ifindex = index;
    info.ndm_state = NUD_PERMANENT;
    put_address(message.header(), NDA_DST, address);
    mnl_attr_put(message.header(), NDA_LLADDR, mac.bytes.size(), mac.bytes.data());
    return message;
}

std::optional<AddressReport> read_address(const nlmsghdr* header) {
    if (header->nlmsg_type != RTM_NEWADDR)
        return std::nullopt;
    const auto& info = *static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(header));
    AddressReport report;
    report.index = static_cast<Ifindex>(info.ifa_index);
    report.link_local = info.ifa_scope == RT_SCOPE_LINK;
    report.tentative = (info.ifa_flags & IFA_F_TENTATIVE) != 0;
    report.duplicate = (info.ifa_flags & IFA_F_DADFAILED) != 0;
    report.address.family = info.ifa_family == AF_INET6 ? Family::ipv6 : Family::ipv4;
    bool is_local = false; // between two points, IFA_ADDRESS is the other's
    for_each_attribute(header, sizeof(ifaddrmsg), [&](const nlattr* attribute) {
        std::uint16_t type = mnl_attr_get_type(attribute);
        if ((type != IFA_LOCAL && (type != IFA_ADDRESS || is_local)) ||
            mnl_attr_get_payload_len(attribute) != report.address.size())
            return;
        is_local = type == IFA_LOCAL;
        std::memcpy(report.address.bytes.data(), mnl_attr_get_payload(attribute), report.address.size());
    });
    return report;
}

std::optional<LinkReport> read_link(const nlmsghdr* header) {
    if (header->nlmsg_type != RTM_NEWLINK)
        return std::nullopt;
    const auto& info = *static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(header));
    LinkReport report;
    report.index = info.ifi_index;
    report.state = state_of(info);
    for_each_attribute(header, sizeof(ifinfomsg), [&](const nlattr* attribute) {
        switch (mnl_attr_get_type(attribute)) {
        case IFLA_IFNAME:
            report.name = mnl_attr_get_str(attribute);
            break;
        case IFLA_ADDRESS:
            if (mnl_attr_get_payload_len(attribute) == report.mac.emplace().bytes.size())
                std::memcpy(report.mac->bytes.data(), mnl_attr_get_payload(attribute),
                            report.mac->bytes.size());
            else
                report.mac.reset();
            break;
        case IFLA_MASTER:
            report.master = static_cast<Ifindex>(mnl_attr_get_u32(attribute));
            break;
        case IFLA_OPERSTATE:
            report.operational = mnl_attr_get_u8(attribute) == IF_OPER_UP;
            break;
        case IFLA_MTU:
            report.mtu = mnl_attr_get_u32(attribute);
            break;
        case IFLA_LINKINFO:
            read_port_state(attribute, report);
            break;
        default:
            break;
        }
    });
    return report;
}

std::optional<MacAddress> read_neighbour(const nlmsghdr* header) {
    constexpr std::uint16_t usable =
        NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY;
    if (header->nlmsg_type != RTM_NEWNEIGH)
        return std::nullopt;
    const auto& info = *static_cast<const ndmsg*>(mnl_nlmsg_get_payload(header));
    std::optional<MacAddress> mac;
    for_each_attribute(header, sizeof(ndmsg), [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) == NDA_LLADDR && mnl_attr_get_payload_len(attribute) == 6) {
            mac.emplace();
            std::memcpy(mac->bytes.data(), mnl_attr_get_payload(attribute), mac->bytes.size());
        }
    });
    return (info.ndm_state & usable) != 0 ? mac : std::nullopt;
}

} // namespace netrig
