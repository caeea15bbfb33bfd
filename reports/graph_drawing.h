// The topologies that boxes and lines of characters can show: chains, and the hosts of one bridge.
#pragma once

#include "core/graph.h"

#include <optional>
#include <string>

namespace netrig {

/// Nothing where the topology is another one, or the drawing would be too large. Tunnels and interfaces that
/// are no end of a link are left out. In box-drawing characters.
std::optional<std::string> graph_drawing(const Graph& graph, std::size_t width);

} // namespace netrig
