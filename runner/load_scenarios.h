// What the paths on a command line stand for, loaded, and all that is wrong with it in words.
#pragma once

#include "core/scenario.h"

#include <memory>
#include <string>
#include <vector>

namespace netrig {

struct WantedScenarios {
    std::vector<std::string> paths; ///< files, or folders to look for *.toml in
    std::vector<Setting> settings;  ///< --set
    bool tests_needed = true;       ///< a scenario without tests is a mistake
    bool colour = false;            ///< of what is said
};

struct LoadedScenarios {
    std::vector<std::shared_ptr<const Scenario>> scenarios; ///< none when anything is wrong
    std::string said; ///< for standard error: mistakes, each with its place, and their number
    int status = 0;   ///< an exit status
};

/// A file without tests that another of them includes is no scenario of its own and left out. Mistakes in a
/// file that several include are said once.
LoadedScenarios load_scenarios(const WantedScenarios& wanted);

} // namespace netrig
