// Which interfaces are the two ends of one tunnel, as far as a topology tells.
#pragma once

#include "core/topology.h"

#include <utility>
#include <vector>

namespace netrig {

/// The first of each pair is the one that stands first in the topology.
using InterfacePairs = std::vector<std::pair<InterfaceRef, InterfaceRef>>;

/// Interfaces of tunnels (VXLAN, GRE, WireGuard and so on) of the same kind and number that point at each
/// other or are in the same multicast group, each pair once. One that points at no node of the topology, as
/// where a routing daemon will tell it, is paired with the first that shares a subnet with it. Every address
/// by a name must have been found.
InterfacePairs tunnel_pairs(const Topology& topology);

} // namespace netrig
