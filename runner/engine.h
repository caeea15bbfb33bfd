// The engine: what runs inside a lab. Builds the topology, runs the tests, and tells everything by its pipe.
#pragma once

#include "core/scenario.h"
#include "runner/fd.h"

namespace netrig {

/// Exit status of the engine's process: 0 when it told all that there was to tell.
int run_engine(const Scenario& scenario, std::size_t number, Fd events);

} // namespace netrig
