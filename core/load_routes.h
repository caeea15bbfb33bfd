// Reads routes as people write them ("default via r1", "10.2.0.0/16 via 10.0.0.2 metric 5"), node names
// resolved to their addresses on the shared subnet.
#pragma once

#include "core/diagnostic.h"
#include "core/ip_words.h"
#include "core/load_nodes.h"
#include "core/topology.h"

#include <vector>

namespace netrig {

/// What the words of one route stand for: none when a mistake was reported, else one for each family.
std::vector<Route> read_routes(const WordsContext& context);

/// Adds each route to its node; "default via NODE" adds one for each family that the two share.
void load_routes(const std::vector<NodeText>& routes, Topology& topology, Diagnostics& diagnostics);

} // namespace netrig
