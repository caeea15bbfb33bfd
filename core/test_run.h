// Runs the tests of a scenario in a lab and tells what happens. Knows no kernel: the lab is asked.
#pragma once

#include "core/event.h"
#include "core/lab.h"
#include "core/scenario.h"

#include <functional>

namespace netrig {

/// Where events of one scenario go; the caller adds the time and the scenario's number.
struct TestRun {
    const Scenario& scenario;
    Lab& lab;
    std::size_t number = 0; ///< of the scenario in the run
    std::function<void(decltype(Event::what))> tell;
    /// One a test, where something stands in its way; may be shorter than the tests, and empty.
    std::vector<std::optional<Obstacle>> obstacles{};
};

/// All tests in order; the worst outcome. A failed check lets its test go on; a failed action ends it.
/// Nothing when the lab was told to end: what was running has been told, and no more is done.
std::optional<Outcome> run_tests(const TestRun& run);

/// skipped < passed < failed < errored
Outcome worse(Outcome a, Outcome b);

} // namespace netrig
