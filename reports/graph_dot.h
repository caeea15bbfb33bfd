// A topology in the language of Graphviz (graphviz.org/doc/info/lang.html, labels as shapes.html#html has
// them), for its layout "dot".
#pragma once

#include "core/graph.h"

#include <string>

namespace netrig {

/// Hosts are boxes, routers rounded ones, bridges ellipses; interfaces are cells within them at which their
/// links end, and a legend says so. Levels go from left to right or from top to bottom, whichever gives the
/// better proportions.
std::string graph_dot(const Graph& graph);

} // namespace netrig
