// A small run that several tests fold, print and read back: a scenario that passes, one with a failed test
// and one that could not be asked, one whose topology could not be built.
#pragma once

#include "core/event.h"

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <vector>

namespace netrig::recorded {

using std::chrono::microseconds;
using std::chrono::milliseconds;

inline constexpr std::int64_t start = 1'767'323'045'000'000; ///< 2026-01-02 03:04:05 UTC

/// An event so many milliseconds after the start.
template <class What>
Event at(int after, What what) {
    return {start + after * 1000LL, std::move(what)};
}

inline RunStarted run_started(std::size_t scenarios) {
    return {"0.1.0", "6.1.0", "rig1", scenarios};
}

inline ScenarioStarted veth_started() {
    return {0,
            "two hosts",
            "scenarios/document/veth.toml",
            "a veth pair joins two namespaces",
            {"document"},
            {{"red reaches blue", 8}, {"blue answers on TCP", 12}}};
}

inline ScenarioStarted bridge_started() {
    return {1,
            "a bridge",
            "scenarios/document/bridge.toml",
            "",
            {"document", "bridge"},
            {{"all reach all", 9}, {"h1 is quiet", 13}, {"h2 has a name", 18}}};
}

inline ScenarioStarted broken_started() {
    return {2, "no such kind", "scenarios/broken.toml", "", {}, {{"never", 7}, {"neither", 11}}};
}

inline StepFinished good_step(std::size_t scenario, std::size_t test, std::size_t step, std::string what) {
    return {.scenario = scenario,
            .test = test,
            .step = step,
            .what = std::move(what),
            .place = {9, 1, " 9 | ping\n"},
            .verdict = {Answer::yes, "reply", "reply", {}},
            .took = microseconds(1500)};
}

inline StepFinished lost_ping() {
    return {.scenario = 1,
            .test = 1,
            .step = 1,
            .what = "ping h1 -> h2",
            .place = {15, 8, "    |\n 15 | ping = \"h1 -> h2\"\n    |        ^^^^^^^^^^\n"},
            .verdict = {Answer::no,
                        "no-reply",
                        "reply",
                        {"h1 (10.1.1.1) -> h2 (10.1.1.2): 1 of 1 answered, round trip 41 us"}},
            .took = milliseconds(2)};
}

inline StepFinished unasked_exec() {
    return {
        .scenario = 1,
        .test = 2,
        .step = 0,
        .what = "exec on h2: hostname",
        .place = {19, 8, ""},
        .verdict = {Answer::could_not_ask, "exit status 0", "on h2: No such file or directory (ENOENT)", {}},
        .took = milliseconds(1)};
}

inline std::vector<Event> veth() {
    return {
        at(0, veth_started()),
        at(3, ScenarioBuilt{0, 2, 1, microseconds(1200), microseconds(600), microseconds(300)}),
        at(3, TestStarted{0, 0}),
        at(3, StepStarted{0, 0, 0, "ping red -> blue"}),
        at(4, good_step(0, 0, 0, "ping red -> blue")),
        at(4, TestFinished{0, 0, Outcome::passed, FailureKind::none, "", milliseconds(1)}),
        at(4, TestStarted{0, 1}),
        at(4, StepStarted{0, 1, 0, "tcp-echo red -> blue"}),
        at(7, good_step(0, 1, 0, "tcp-echo red -> blue")),
        at(7, TestFinished{0, 1, Outcome::passed, FailureKind::none, "", milliseconds(3)}),
        at(8,
           ScenarioFinished{0, Outcome::passed, FailureKind::none, "", "", milliseconds(8), milliseconds(1)}),
    };
}

inline std::vector<Event> bridge() {
    return {
        at(1, bridge_started()),
        at(8, ScenarioBuilt{1, 3, 2, milliseconds(2), milliseconds(4), milliseconds(1)}),
        at(8, TestStarted{1, 0}),
        at(8, StepStarted{1, 0, 0, "ping * <-> *"}),
        at(10, good_step(1, 0, 0, "ping * <-> *")),
        at(10, TestFinished{1, 0, Outcome::passed, FailureKind::none, "", milliseconds(2)}),
        at(10, TestStarted{1, 1}),
        at(10, StepStarted{1, 1, 0, "link-up h1"}),
        at(11, good_step(1, 1, 0, "link-up h1")),
        at(11, StepStarted{1, 1, 1, "ping h1 -> h2"}),
        at(13, lost_ping()),
        at(13, TestFinished{1, 1, Outcome::failed, FailureKind::assertion, "", milliseconds(3)}),
        at(13, TestStarted{1, 2}),
        at(13, StepStarted{1, 2, 0, "exec on h2: hostname"}),
        at(14, unasked_exec()),
        at(14, TestFinished{1, 2, Outcome::errored, FailureKind::internal, "", milliseconds(1)}),
        at(16, ScenarioFinished{1, Outcome::errored, FailureKind::none, "", "", milliseconds(15),
                                milliseconds(2)}),
    };
}

inline std::vector<Event> broken() {
    return {
        at(2, broken_started()),
        at(5, ScenarioFinished{2, Outcome::errored, FailureKind::setup,
                               "cannot create link red:hsr0: Operation not supported (EOPNOTSUPP)",
                               "load the kernel's module hsr", milliseconds(3), milliseconds(1)}),
    };
}

/// The machine was compared after the run; with what was left, it failed.
inline MachineChecked checked(std::vector<std::string> left, std::vector<std::string> changed = {}) {
    return {left.empty() ? Outcome::passed : Outcome::failed, "", std::move(left), std::move(changed),
            milliseconds(2)};
}

inline std::vector<Event> joined(std::initializer_list<std::vector<Event>> parts) {
    std::vector<Event> all;
    for (const std::vector<Event>& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

/// The three scenarios at the same time, as events come from parallel labs.
inline std::vector<Event> whole_run() {
    std::vector<Event> events = joined(
        {{at(0, run_started(3))}, veth(), bridge(), broken(), {at(34, RunFinished{milliseconds(34), 0})}});
    std::stable_sort(events.begin(), events.end(),
                     [](const Event& a, const Event& b) { return a.time < b.time; });
    return events;
}

/// A run of one scenario with one test that fails by one step with the given verdict.
inline std::vector<Event> one_failure(std::string scenario, std::string file, std::string test,
                                      std::string what, Verdict verdict) {
    return {
        at(0, run_started(1)),
        at(0, ScenarioStarted{0, std::move(scenario), std::move(file), "", {}, {{std::move(test), 4}}}),
        at(1, TestStarted{0, 0}),
        at(2, StepFinished{0, 0, 0, std::move(what), {5, 2, ""}, std::move(verdict), milliseconds(1)}),
        at(2, TestFinished{0, 0, Outcome::failed, FailureKind::assertion, "", milliseconds(1)}),
        at(3,
           ScenarioFinished{0, Outcome::failed, FailureKind::none, "", "", milliseconds(3), milliseconds(1)}),
        at(4, RunFinished{milliseconds(4), 0}),
    };
}

inline void play(const std::vector<Event>& events, EventSink& sink) {
    for (const Event& event : events)
        sink.receive(event);
}

} // namespace netrig::recorded
