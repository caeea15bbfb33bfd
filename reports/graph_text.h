// A topology for a terminal: a chain or the hosts of one bridge as a drawing where that fits, all else as a
// listing.
#pragma once

#include "core/graph.h"

#include <string>

namespace netrig {

struct GraphTextOptions {
    std::size_t width = 80; ///< columns; only a word that is longer by itself passes it
    bool ascii = false;     ///< nothing but ASCII
};

std::string graph_text(const Graph& graph, const GraphTextOptions& options = {});

} // namespace netrig
