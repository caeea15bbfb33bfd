// Reads policy rules as people write them, by ip-rule(8): "from 10.0.0.0/8 table 100 priority 1000".
#pragma once

#include "core/diagnostic.h"
#include "core/load_nodes.h"
#include "core/topology.h"

#include <vector>

namespace netrig {

/// Adds each rule to its node. One that names no family is for IPv4, and for IPv6 where the node has an
/// address or a route of it. Those without a priority are asked in the order of the file, just before the
/// table main. Needs the routes.
void load_rules(const std::vector<NodeText>& rules, Topology& topology, Diagnostics& diagnostics);

} // namespace netrig
