// A plan as the shell script that a person would write to build the same network with iproute2 and others.
#pragma once

#include "core/by_hand_commands.h"
#include "core/plan.h"
#include "core/scenario.h"

#include <string>
#include <vector>

namespace netrig {

struct ByHandScript {
    std::string text;                  ///< for `bash -e`, as root
    std::vector<std::string> warnings; ///< what it does not do, each a comment in it too
};

/// The nodes become network namespaces of their names. Comments name the places in the scenario that commands
/// come from; its head says how all is taken away again.
ByHandScript by_hand(const Plan& plan, const Scenario& scenario, const ByHandTexts& texts);

} // namespace netrig
