// neighbours = "static": who is told whose MAC address, so that nobody has to ask.
#pragma once

#include "core/op.h"

#include <functional>
#include <optional>
#include <vector>

namespace netrig {

/// The MAC address that an interface is given; nothing where it has none, or one that the kernel chooses.
using MacOf = std::function<std::optional<MacAddress>(InterfaceRef)>;

/// For each interface that carries Ethernet and has addresses, the addresses of its families that others on
/// its segment have. Interfaces without such neighbours are left out.
std::vector<PinNeighbours> static_neighbours(const Topology& topology, const MacOf& mac_of);

} // namespace netrig
