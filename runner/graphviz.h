// Graphviz's library, loaded when a drawing is to be laid out.
#pragma once

#include "core/result.h"

#include <string>

namespace netrig {

/// SVG of what is written in Graphviz's language, laid out by "dot". Where the library is missing the error
/// says how to install it.
Result<std::string> svg_of(const std::string& dot);

} // namespace netrig
