// Loads nodes, links and bridges: every node found or refused, every interface named.
#pragma once

#include "core/addressing.h"
#include "core/load_nodes.h"
#include "core/toml_reader.h"
#include "core/topology.h"

#include <vector>

namespace netrig {

/// What can only be done when every interface stands: subnets to give out, in file order, and then routes and
/// rules.
struct TopologyRest {
    std::vector<AddressGroup> groups;
    NodeTexts texts;
};

TopologyRest load_topology(TableReader& scenario, Topology& topology);

/// An address with its prefix length that an interface may have; nothing when a mistake was reported.
std::optional<InterfaceAddress> load_interface_address(const Text& text, Diagnostics& diagnostics);

/// A network without host bits; nothing when a mistake was reported.
std::optional<Subnet> load_subnet(const Text& text, Diagnostics& diagnostics);

} // namespace netrig
