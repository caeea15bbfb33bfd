// From the text of a scenario file to a checked Scenario, or to all the mistakes in it at once.
#pragma once

#include "core/diagnostic.h"
#include "core/included_files.h"
#include "core/scenario.h"
#include "core/variables.h"

#include <memory>

namespace netrig {

struct LoadOptions {
    ReadFile read{};                 ///< of included files
    std::vector<Setting> settings{}; ///< --set; those of variables that the file has not are passed over
    bool tests_needed = true;        ///< a scenario without tests is a mistake
};

struct Loaded {
    std::vector<Scenario> scenarios; ///< one, or one for each combination of its matrix; meaningful only
                                     ///< when there are no diagnostics
    Diagnostics diagnostics;         ///< every mistake found, once however many combinations have it
    std::shared_ptr<const SourceFile> source; ///< with what it includes
    std::vector<std::string> variables;       ///< names that --set can name
    bool has_tests = false;                   ///< whether it speaks of tests at all
};

Loaded load_scenario(SourceFile source, const LoadOptions& options = {});

} // namespace netrig
