// From the text of a scenario file to a checked Scenario, or to all the mistakes in it at once.
#pragma once

#include "core/diagnostic.h"
#include "core/scenario.h"

#include <memory>

namespace netrig {

/// A scenario file is written by hand; a larger one is refused before it is parsed.
inline constexpr std::size_t largest_file = 4U << 20; // bytes

struct Loaded {
    Scenario scenario;       ///< meaningful only when there are no diagnostics
    Diagnostics diagnostics; ///< every mistake found, in the order of finding
};

Loaded load_scenario(std::shared_ptr<const SourceFile> source);

} // namespace netrig
