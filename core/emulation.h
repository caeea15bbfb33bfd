// Who impairs which link: the kernel where it can do exactly what is asked, else the relay, unless `emulator`
// says so for all. Decided once for a scenario, before it is planned, from what the machine has.
#pragma once

#include "core/scenario.h"

#include <set>
#include <string>

namespace netrig {

/// Reports what no emulator, or not the one that is asked for, can do.
void check_emulation(const Scenario& scenario, Diagnostics& diagnostics);

/// What must be asked of the machine before choose_emulation; nothing where no link is impaired or cut, by
/// the file or by a step.
std::set<std::string> emulation_features(const Scenario& scenario);

/// Sets `by` of every impairment and `relayed` of every link, and adds to the requirements of the scenario,
/// or of a test whose step it is, what they need. What was not asked counts as missing.
void choose_emulation(Scenario& scenario, const FeatureAnswers& found);

} // namespace netrig
