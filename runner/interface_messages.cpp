#include "runner/interface_messages.h"

#include "core/port_vlans.h"
#include "runner/kinds/requests.h"

#include <algorithm>
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <span>
#include <string>
#include <sys/socket.h>

namespace netrig {

namespace {

void put_index(nlmsghdr* header, std::uint16_t type, Ifindex index) {
    mnl_attr_put_u32(header, type, static_cast<std::uint32_t>(index));
}

/// One VLAN, or from one to another.
struct VlanEntry {
    std::uint16_t vlan = 0, flags = 0;
};

void put_vlan(nlmsghdr* header, const VlanEntry& entry) {
    bridge_vlan_info info{entry.flags, entry.vlan};
    mnl_attr_put(header, IFLA_BRIDGE_VLAN_INFO, sizeof(info), &info);
}

std::vector<VlanEntry> entries_of(const PortSettings& settings) {
    std::vector<VlanEntry> entries;
    for (const VlanRange& range : vlan_ranges(settings)) {
        std::uint16_t flags = range.untagged ? BRIDGE_VLAN_INFO_PVID | BRIDGE_VLAN_INFO_UNTAGGED : 0;
        if (range.first == range.last) {
            entries.push_back({range.first, flags});
            continue;
        }
        entries.push_back({range.first, BRIDGE_VLAN_INFO_RANGE_BEGIN});
        entries.push_back({range.last, BRIDGE_VLAN_INFO_RANGE_END});
    }
    return entries;
}

/// RTM_SETLINK or RTM_DELLINK in the family of bridges.
NetlinkMessage vlan_message(std::uint16_t type, Ifindex port, bool is_bridge,
                            std::span<const VlanEntry> entries) {
    NetlinkMessage message(type, 0);
    auto& info = message.extra<ifinfomsg>();
    info.ifi_family = AF_BRIDGE;
    info.ifi_index = port;
    nlattr* spec = mnl_attr_nest_start(message.header(), IFLA_AF_SPEC);
    if (is_bridge)
        mnl_attr_put_u16(message.header(), IFLA_BRIDGE_FLAGS, BRIDGE_FLAGS_SELF);
    for (const VlanEntry& entry : entries)
        put_vlan(message.header(), entry);
    mnl_attr_nest_end(message.header(), spec);
    return message;
}

void put_switch(nlmsghdr* header, std::uint16_t type, const std::optional<bool>& on) {
    if (on)
        mnl_attr_put_u8(header, type, *on ? 1 : 0);
}

NetlinkMessage flags_message(Ifindex port, const PortSettings& settings) {
    NetlinkMessage message(RTM_NEWLINK, 0);
    message.extra<ifinfomsg>().ifi_index = port;
    nlmsghdr* header = message.header();
    nlattr* link = mnl_attr_nest_start(header, IFLA_LINKINFO);
    mnl_attr_put_strz(header, IFLA_INFO_SLAVE_KIND, "bridge");
    nlattr* data = mnl_attr_nest_start(header, IFLA_INFO_SLAVE_DATA);
    put_switch(header, IFLA_BRPORT_ISOLATED, settings.isolated);
    put_switch(header, IFLA_BRPORT_LEARNING, settings.learning);
    put_switch(header, IFLA_BRPORT_UNICAST_FLOOD, settings.flooding);
    if (settings.cost)
        mnl_attr_put_u32(header, IFLA_BRPORT_COST, *settings.cost);
    if (settings.priority)
        mnl_attr_put_u16(header, IFLA_BRPORT_PRIORITY, *settings.priority);
    mnl_attr_nest_end(header, data);
    mnl_attr_nest_end(header, link);
    return message;
}

void add_vlan_messages(Ifindex port, const PortSettings& settings, const Bridge& bridge, bool is_bridge,
                       std::vector<NetlinkMessage>& messages) {
    if (auto usual = vlan_to_leave(settings, bridge)) {
        const VlanEntry to_leave{*usual, 0};
        messages.push_back(vlan_message(RTM_DELLINK, port, is_bridge, std::span(&to_leave, 1)));
    }
    std::vector<VlanEntry> entries = entries_of(settings);
    constexpr std::size_t most = 200; // that one message holds
    for (std::size_t at = 0, size = 0; at < entries.size(); at += size) {
        size = std::min(most, entries.size() - at);
        if ((entries[at + size - 1].flags & BRIDGE_VLAN_INFO_RANGE_BEGIN) != 0)
            --size;
        messages.push_back(vlan_message(RTM_SETLINK, port, is_bridge, std::span(entries).subspan(at, size)));
    }
}

/// What is said of an interface of whatever kind.
void put_settings(nlmsghdr* header, const CreateInterface& op, const Topology& topology) {
    if (op.mac)
        mnl_attr_put(header, IFLA_ADDRESS, op.mac->bytes.size(), op.mac->bytes.data());
    if (const auto& mtu = topology.at(op.interface).mtu)
        mnl_attr_put_u32(header, IFLA_MTU, *mtu);
    if (const Interface* master = topology.master_of(op.interface))
        put_index(header, IFLA_MASTER, master->index);
}

} // namespace

NetlinkMessage create_interface_message(const CreateInterface& op, const Topology& topology) {
    const Interface& interface = topology.at(op.interface);
    NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    auto& info = message.extra<ifinfomsg>();
    info.ifi_index = interface.index;
    info.ifi_change = IFF_UP;
    info.ifi_flags = op.up ? IFF_UP : 0;
    nlmsghdr* header = message.header();
    mnl_attr_put_strz(header, IFLA_IFNAME, interface.name.c_str());
    put_settings(header, op, topology);
    const Interface* parent =
        interface.parent ? &topology.at({op.interface.node, *interface.parent}) : nullptr;
    if (parent != nullptr && traits(interface.kind).parent_word == "link")
        put_index(header, IFLA_LINK, parent->index);
    nlattr* link = mnl_attr_nest_start(header, IFLA_LINKINFO);
    mnl_attr_put_strz(header, IFLA_INFO_KIND, std::string(traits(interface.kind).name).c_str());
    nlattr* data = mnl_attr_nest_start(header, IFLA_INFO_DATA);
    std::visit([&](const auto& kind) { put_data(header, kind); }, interface.kind);
    if (parent != nullptr)
        std::visit([&](const auto& kind) { put_device(header, kind, parent->index); }, interface.kind);
    mnl_attr_nest_end(header, data);
    mnl_attr_nest_end(header, link);
    return message;
}

NetlinkMessage set_interface_message(const CreateInterface& op, const Topology& topology) {
    const Interface& interface = topology.at(op.interface);
    NetlinkMessage message(RTM_NEWLINK, 0);
    auto& info = message.extra<ifinfomsg>();
    info.ifi_index = interface.index;
    info.ifi_change = IFF_UP;
    info.ifi_flags = op.up ? IFF_UP : 0;
    put_settings(message.header(), op, topology);
    return message;
}

std::vector<NetlinkMessage> set_port_messages(InterfaceRef ref, const Topology& topology) {
    const Interface& port = topology.at(ref);
    const auto* bridge = std::get_if<Bridge>(&port.kind);
    bool is_bridge = bridge != nullptr;
    const PortSettings& settings = is_bridge ? bridge->own : port.port;
    if (!is_bridge)
        bridge = std::get_if<Bridge>(&topology.master_of(ref)->kind);
    std::vector<NetlinkMessage> messages;
    if (settings.has_flags())
        messages.push_back(flags_message(port.index, settings));
    if (settings.has_vlans())
        add_vlan_messages(port.index, settings, *bridge, is_bridge, messages);
    return messages;
}

NetlinkMessage set_primary_message(Ifindex bond, Ifindex port) {
    NetlinkMessage message(RTM_NEWLINK, 0);
    message.extra<ifinfomsg>().ifi_index = bond;
    nlmsghdr* header = message.header();
    nlattr* link = mnl_attr_nest_start(header, IFLA_LINKINFO);
    mnl_attr_put_strz(header, IFLA_INFO_KIND, "bond");
    nlattr* data = mnl_attr_nest_start(header, IFLA_INFO_DATA);
    put_index(header, IFLA_BOND_PRIMARY, port);
    mnl_attr_nest_end(header, data);
    mnl_attr_nest_end(header, link);
    return message;
}

NetlinkMessage flood_entry_message(Ifindex vxlan, const IpAddress& remote) {
    NetlinkMessage message(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_APPEND);
    auto& info = message.extra<ndmsg>();
    info.ndm_family = AF_BRIDGE;
    info.ndm_ifindex = vxlan;
    info.ndm_state = NUD_NOARP | NUD_PERMANENT;
    info.ndm_flags = NTF_SELF;
    constexpr MacAddress every{};
    mnl_attr_put(message.header(), NDA_LLADDR, every.bytes.size(), every.bytes.data());
    mnl_attr_put(message.header(), NDA_DST, remote.size(), remote.bytes.data());
    return message;
}

} // namespace netrig
