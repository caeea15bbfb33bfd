// A document with its variables put in: one scenario, or one for each combination of its matrix. What is
// wrong with all of them is said once; what is wrong with some, with the values that make it wrong.
#pragma once

#include "core/load.h"

#include <functional>

namespace netrig {

/// Loads a document without variables.
using LoadDocument = std::function<void(const TomlTable&, Scenario&, Diagnostics&)>;

/// Adds to the scenarios, the diagnostics and the names of variables in `loaded`, whose source is there.
void load_instances(const TomlTable& document, const std::vector<Setting>& settings, Loaded& loaded,
                    const LoadDocument& load);

} // namespace netrig
