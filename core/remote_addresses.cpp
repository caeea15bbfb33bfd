#include "core/remote_addresses.h"

#include "core/suggest.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

std::optional<IpAddress> first_of(const Interface& interface, std::optional<Family> family) {
    for (const InterfaceAddress& given : interface.addresses)
        if (!family || given.prefix.address.family == *family)
            return given.prefix.address;
    return std::nullopt;
}

/// How likely outer packets go to this interface rather than to another of its node; the less the likelier.
int rank(const Topology& topology, NodeIndex from, const Interface& interface) {
    if (!is<Loopback>(interface) && on_segment(topology.nodes[from], interface.segment))
        return 0;
    return traits(interface.kind).overlay ? 2 : 1;
}

std::optional<IpAddress> address_of_node(const Topology& topology, NodeIndex from, NodeIndex to,
                                         std::optional<Family> family) {
    std::optional<IpAddress> best;
    std::pair best_rank{3, Family::ipv6};
    for (const Interface& interface : topology.nodes[to].interfaces)
        for (const InterfaceAddress& given : interface.addresses) {
            const IpAddress& address = given.prefix.address;
            std::pair found{rank(topology, from, interface), address.family};
            bool fits = !family || address.family == *family;
            if (!fits || address.is_link_local() || found >= best_rank)
                continue;
            best = address;
            best_rank = found;
        }
    return best;
}

/// What "r2" or "r2:eth0" is to the node that asks; reports names that nothing has.
std::optional<IpAddress> address_by_name(const AddressText& text, NodeIndex from, const Topology& topology,
                                         Diagnostics& diagnostics) {
    std::size_t colon = text.text.find(':');
    auto node = topology.find(text.text.substr(0, colon));
    if (!node) {
        diagnostics.push_back({fmt::format("'{}' is no address, and no node is called so", text.text),
                               text.span,
                               {},
                               suggestion(text.text.substr(0, colon), topology.node_names()),
                               {}});
        return std::nullopt;
    }
    std::optional<IpAddress> address;
    if (colon == std::string::npos)
        address = address_of_node(topology, from, *node, text.family);
    else if (auto interface = topology.find_interface(*node, text.text.substr(colon + 1)))
        address = first_of(topology.nodes[*node].interfaces[*interface], text.family);
    if (!address)
        diagnostics.push_back({fmt::format("'{}' has no {}address", text.text,
                                           text.family ? fmt::format("{} ", show(*text.family)) : ""),
                               text.span});
    return address;
}

void find_address(AddressText& text, NodeIndex from, const Topology& topology, Diagnostics& diagnostics) {
    text.address = parse_ip(text.text);
    if (text.address && text.family && text.address->family != *text.family)
        diagnostics.push_back(
            {fmt::format("{} is no {} address, which this kind needs", text.text, show(*text.family)),
             text.span});
    if (!text.address)
        text.address = address_by_name(text, from, topology, diagnostics);
}

/// Over IPv6 the kernel sends from no address but the one that the tunnel is told (ip6_tnl_xmit_ctl() in
/// net/ipv6/ip6_tunnel.c): one on the subnet of the other end, or the first that no tunnel has.
void choose_local(TunnelEnds& ends, const Node& node, Diagnostics& diagnostics) {
    std::optional<IpAddress> any;
    for (const Interface& interface : node.interfaces)
        for (const InterfaceAddress& given : interface.addresses) {
            const IpAddress& address = given.prefix.address;
            if (address.family != Family::ipv6 || traits(interface.kind).overlay)
                continue;
            if (!ends.local.address && given.prefix.contains(*ends.remote.address))
                ends.local.address = address;
            if (!any && !address.is_link_local())
                any = address;
        }
    if (!ends.local.address)
        ends.local.address = any;
    if (ends.local.address)
        ends.local.text = show(*ends.local.address);
    else
        diagnostics.push_back({fmt::format("'{}' has no IPv6 address to send from", node.name),
                               ends.remote.span,
                               {},
                               "'local' says one",
                               {}});
}

} // namespace

void find_remote_addresses(Topology& topology, Diagnostics& diagnostics) {
    for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
        for (Interface& interface : topology.nodes[node].interfaces) {
            for (AddressText* text : addresses(interface.kind))
                if (text->given())
                    find_address(*text, node, topology, diagnostics);
            auto* tunnel = std::get_if<Ip6gre>(&interface.kind);
            if (tunnel != nullptr && tunnel->ends.remote.address && !tunnel->ends.local.given())
                choose_local(tunnel->ends, topology.nodes[node], diagnostics);
        }
}

std::vector<Prefix> allowed_ips(const WireguardPeer& peer, const Topology& topology) {
    std::vector<Prefix> allowed = peer.allowed;
    if (allowed.empty())
        for (const InterfaceAddress& address : topology.at({peer.node, peer.interface}).addresses)
            allowed.push_back(
                {address.prefix.address, address.prefix.address.family == Family::ipv4 ? 32U : 128U});
    return allowed;
}

} // namespace netrig
