// The engine: what runs inside a lab. Builds the topology, runs the tests, and tells everything by its pipe.
#pragma once

#include "core/scenario.h"
#include "runner/fd.h"

namespace netrig {

/// Whether programs run in its nodes; they may need several user ids (ids.h).
bool runs_commands(const Scenario& scenario);

struct EngineOptions {
    std::size_t number = 0; ///< of the scenario in the run
    /// What stands in the way of each test, if anything does.
    std::vector<std::optional<Obstacle>> obstacles{};
    /// By node, the files to which its programs write 0 to join its control groups; may be empty.
    std::vector<std::vector<std::string>> groups{};
    unsigned labs_at_once = 1;
    bool tell_namespaces = false; ///< what LabNamespaces tells
};

/// Exit status of the engine's process: 0 when it told all that there was to tell.
int run_engine(const Scenario& scenario, EngineOptions options, Fd events);

} // namespace netrig
