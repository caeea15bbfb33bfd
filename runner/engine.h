// The engine: what runs inside a lab. Builds the topology, runs the tests, and tells everything by its pipe.
#pragma once

#include "core/scenario.h"
#include "runner/fd.h"

namespace netrig {

/// Whether programs run in its nodes; they may need several user ids (ids.h).
bool runs_commands(const Scenario& scenario);

struct EngineOptions {
    /// By node, the files to which its programs write 0 to join its control groups; may be empty.
    std::vector<std::vector<std::string>> groups{};
    bool tell_namespaces = false; ///< what LabNamespaces tells
};

/// Exit status of the engine's process: 0 when it told all that there was to tell.
/// `obstacles`: what stands in the way of each test, if anything does.
int run_engine(const Scenario& scenario, std::vector<std::optional<Obstacle>> obstacles, std::size_t number,
               Fd events, const EngineOptions& options = {});

} // namespace netrig
