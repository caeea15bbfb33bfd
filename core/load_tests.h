// Loads [[tests]] and their steps: one verb a step, with the modifiers beside it.
#pragma once

#include "core/scenario.h"
#include "core/toml_reader.h"

namespace netrig {

void load_tests(TableReader& reader, Scenario& scenario);

} // namespace netrig
