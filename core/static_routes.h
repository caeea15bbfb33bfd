// routing = "static": the shortest ways from every node to every subnet, so that routers work without a word
// of configuration.
#pragma once

#include "core/topology.h"

namespace netrig {

/// Adds to every node a route to each IPv4 and IPv6 subnet that it is not on itself and that some router is
/// on, or that is a node's alone, being on its `lo` or of a single address. The way is by the fewest routers,
/// and by all neighbours that are equally near, in the order of the node's interfaces, up to most_nexthops.
/// Nodes that do not forward are never on it. A route to the same destination that stands in the file is left
/// alone. Tunnels are no way, for what they carry needs one itself, but their subnets are reached. The ports
/// of a VRF route in its table, apart from the rest of their node. `span` is that of the value "static".
/// Needs segments, addresses and the routes of the file.
void add_static_routes(Topology& topology, Span span);

} // namespace netrig
