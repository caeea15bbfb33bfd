// Which address of a node is a gateway for another, and whether an address can be on a network of a node's.
#pragma once

#include "core/topology.h"

#include <optional>

namespace netrig {

/// A neighbour's address, and the own interface behind which it is.
struct Neighbouring {
    IpAddress address;
    std::size_t interface = 0;
};

/// The first address of `to` on a subnet that `from` is on too, on one segment; a link-local IPv6 address
/// only where there is no other. `by`: no other interface of `from`.
std::optional<Neighbouring> neighbour_address(const Topology& topology, NodeIndex from, NodeIndex to,
                                              Family family, std::optional<std::size_t> by = {});

/// The interface by whose addresses a host with `address` is on a network of the node's.
std::optional<std::size_t> on_link_interface(const Node& node, const IpAddress& address,
                                             std::optional<std::size_t> by = {});

bool has_address(const Node& node, const IpAddress& address);

} // namespace netrig
