// Loads links and bridges: makes both interfaces of each veth pair and names them.
#pragma once

#include "core/addressing.h"
#include "core/toml_reader.h"
#include "core/topology.h"

#include <vector>

namespace netrig {

/// Links and the ports of bridges in the order of the file. Interfaces that the file does not name become the
/// node's next free ethN in that order; a bridge's port is called after the node at its other end.
std::vector<AddressGroup> load_links_and_bridges(TableReader& scenario, Topology& topology);

} // namespace netrig
