// Runs scenarios, each in a lab of its own, several at once, and tells all sinks what happens.
#pragma once

#include "core/event.h"
#include "core/requirements.h"
#include "core/result.h"
#include "core/scenario.h"
#include "runner/leak_check.h"

#include <memory>
#include <optional>
#include <vector>

namespace netrig {

struct RunOptions {
    unsigned jobs = 1;                 ///< labs at once
    std::optional<Duration> timeout{}; ///< of the whole run
    FeatureAnswers features{};         ///< to all that the scenarios require
    Missing missing = Missing::skips;
    LeakCheck* leaks = nullptr; ///< finished when all labs are gone; receives the events as well
};

/// Returns when every lab is gone. SIGINT, SIGTERM, SIGHUP and SIGQUIT, unless ignored from the start, end
/// the labs and then the run, in order; a second one ends the process at once, and the labs with it. Events
/// of one scenario are in order. An Error when nothing could be run at all.
Status run_all(const std::vector<std::shared_ptr<const Scenario>>& scenarios, const RunOptions& options,
               const std::vector<EventSink*>& sinks);

} // namespace netrig
