// Hosts of a drawing that differ in nothing but number and address, as one: "h[1-100]".
#pragma once

#include "core/graph.h"

namespace netrig {

/// Only where more than most_equal_hosts of one bridge are alike.
Graph join_equal_hosts(Graph graph);

} // namespace netrig
