#include "core/gateway.h"

#include <algorithm>

namespace netrig {

namespace {

bool is_link_local_ipv6(const IpAddress& address) {
    return address.family == Family::ipv6 && address.is_link_local();
}

/// The first address of `theirs` in a subnet of `mine`.
std::optional<IpAddress> shared_address(const Interface& mine, const Interface& theirs, Family family,
                                        bool link_local) {
    if (mine.segment != theirs.segment)
        return std::nullopt;
    for (const InterfaceAddress& given : mine.addresses)
        for (const InterfaceAddress& candidate : theirs.addresses) {
            const IpAddress& address = candidate.prefix.address;
            if (address.family == family && is_link_local_ipv6(address) == link_local &&
                given.prefix.contains(address))
                return address;
        }
    return std::nullopt;
}

} // namespace

std::optional<Neighbouring> neighbour_address(const Topology& topology, NodeIndex from, NodeIndex to,
                                              Family family, std::optional<std::size_t> by) {
    const auto& interfaces = topology.nodes[from].interfaces;
    for (bool link_local : {false, true})
        for (std::size_t i = 0; i < interfaces.size(); ++i)
            for (const Interface& theirs : topology.nodes[to].interfaces)
                if (!by || *by == i)
                    if (auto address = shared_address(interfaces[i], theirs, family, link_local))
                        return Neighbouring{*address, i};
    return std::nullopt;
}

std::optional<std::size_t> on_link_interface(const Node& node, const IpAddress& address,
                                             std::optional<std::size_t> by) {
    for (std::size_t i = 0; i < node.interfaces.size(); ++i)
        for (const InterfaceAddress& given : node.interfaces[i].addresses)
            if (!is<Loopback>(node.interfaces[i]) && (!by || *by == i) && given.prefix.contains(address) &&
                Prefix{address, given.prefix.length}.is_host_address())
                return i;
    return std::nullopt;
}

bool has_address(const Node& node, const IpAddress& address) {
    return std::any_of(node.interfaces.begin(), node.interfaces.end(), [&](const Interface& interface) {
        return std::any_of(interface.addresses.begin(), interface.addresses.end(),
                           [&](const InterfaceAddress& given) { return given.prefix.address == address; });
    });
}

} // namespace netrig
