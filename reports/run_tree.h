// A run as a tree of plain structs, folded from its events. Whole documents (JUnit and others to come) are
// functions over it; where the events break off it says what was running and what did not run.
#pragma once

#include "core/event.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace netrig {

using WallTime = std::chrono::sys_time<std::chrono::microseconds>;

struct StepResult {
    std::size_t step = 0; ///< its number in the test
    std::string what;
    EventPlace place;
    Verdict verdict;
    Duration took{};
    bool operator==(const StepResult&) const = default;
};

/// A step that had started and whose end was not reported.
struct RunningStep {
    std::string what;
    WallTime since{};
    Duration ran{};                   ///< until it was told to end, or its test was ended
    std::vector<std::string> details; ///< what it had come to by then, as far as it was told
    bool operator==(const RunningStep&) const = default;
};

struct TestResult {
    std::string name;
    std::uint32_t line = 0;
    bool started = false, finished = false; ///< neither: it did not run; started only: it was cut off
    Outcome outcome = Outcome::skipped;
    FailureKind kind = FailureKind::none;
    std::string reason;
    Duration took{};
    std::vector<StepResult> steps;
    std::optional<RunningStep> running;
    WallTime since{};
    std::vector<std::string> elsewhere{}; ///< what other runs made of it, where several were merged
    std::vector<std::string> links{};     ///< as in TestFinished
    bool operator==(const TestResult&) const = default;
};

struct BuildResult {
    std::size_t nodes = 0, links = 0;
    Duration namespaces{}, build{}, wait{};
    std::string ids;
    bool operator==(const BuildResult&) const = default;
};

/// What a run says of itself.
struct RunOrigin {
    std::string version, kernel, host;
    bool operator==(const RunOrigin&) const = default;
};

struct ScenarioResult {
    std::string name, file, description;
    std::vector<std::string> tags;
    bool finished = false;
    Outcome outcome = Outcome::passed;
    FailureKind kind = FailureKind::none;
    std::string reason, help;
    WallTime since{};
    Duration took{}, teardown{};
    std::optional<BuildResult> built; ///< nothing when the topology never stood
    std::vector<TestResult> tests;
    std::string instance{};              ///< as in ScenarioStarted
    std::vector<std::string> settings{}; ///< as in ScenarioStarted
    bool started = true;                 ///< only planned otherwise, in a run whose record breaks off
    std::optional<RunOrigin> origin{};   ///< the run that it is of, where several were merged
    std::vector<std::string> elsewhere{};
    bool operator==(const ScenarioResult&) const = default;

    /// Whether it is a case of its own beside its tests: its lab went wrong and no test that was cut off
    /// tells so already, or it has no tests.
    [[nodiscard]] bool is_case() const;
};

/// Whether the machine was afterwards as before: a case of its own.
struct MachineCheck {
    static constexpr const char *suite = "netrig", *name = "nothing is left behind";

    Outcome outcome = Outcome::passed;
    std::string reason;
    std::vector<std::string> left, changed; ///< by the run; by others as far as can be told
    WallTime since{};
    Duration took{};
    bool operator==(const MachineCheck&) const = default;
};

/// A record that ends before its run does, or an end of a run that nobody saw: a case of its own.
struct BrokenRecord {
    std::string record; ///< the file's name
    std::string reason;
    bool operator==(const BrokenRecord&) const = default;
};

struct RunTree {
    std::string version, kernel, host; ///< of several runs each one's, with commas
    WallTime started{};
    std::size_t planned = 0;               ///< scenarios; fewer are here when the run was ended early
    std::vector<ScenarioResult> scenarios; ///< by their numbers, not in the order in which they ended
    std::optional<MachineCheck> check{};   ///< nothing when it was not asked for
    Duration took{};                       ///< of several runs the sum
    int signal = 0;
    std::vector<BrokenRecord> broken{};
    bool operator==(const RunTree&) const = default;
};

/// Takes any stream, also one that breaks off or that somebody made up: what fits nowhere is ignored.
class RunTreeBuilder : public EventSink {
public:
    void receive(const Event& event) override;

    /// The run as far as it is known, closed as though it had ended with the last event. Valid until the next
    /// call.
    const RunTree& tree();

    /// One scenario by its number; final once it has finished.
    [[nodiscard]] const ScenarioResult* find(std::size_t scenario) const;

private:
    void apply(const RunStarted& event);
    void apply(const ScenarioStarted& event);
    void apply(const ScenarioBuilt& event);
    void apply(const TestStarted& event);
    void apply(const StepStarted& event);
    void apply(const StepFinished& event);
    void apply(const StepStopped& event);
    void apply(const TestFinished& event);
    void apply(const ScenarioFinished& event);
    void apply(const RunFinished& event);
    void apply(const LabNamespaces&) {} // only while the labs live
    void apply(const MachineChecked& event);
    ScenarioResult* open_scenario(std::size_t scenario);
    TestResult* open_test(std::size_t scenario, std::size_t test);

    RunTree run_, closed_;
    std::map<std::size_t, ScenarioResult> scenarios_; ///< a map, for a number in a stream may be anything
    WallTime now_{};
    bool over_ = false;
};

/// Of cases: the tests, the scenarios that are cases of their own, the check of the machine, and broken
/// records.
struct Counts {
    std::size_t passed = 0, failed = 0, errored = 0, skipped = 0;
    bool operator==(const Counts&) const = default;

    [[nodiscard]] std::size_t all() const { return passed + failed + errored + skipped; }
    void add(Outcome outcome);
};

Counts count(const RunTree& tree);
Counts count(const ScenarioResult& scenario);
Counts count_scenarios(const RunTree& tree); ///< of tests and scenarios alone

/// What `netrig run` exits with as far as results decide it: 128+n ended by signal n, 7 something was left
/// behind (which says more than failed tests do: on such a machine no later result can be relied on), 1 a
/// test failed, 6 only errors, 5 only errors for want of a requirement (which are skips unless --no-skip was
/// given), 0 none.
int exit_status(const RunTree& tree);

/// "SIGINT", or "signal 99" for what has no name here.
std::string signal_name(int signal);

} // namespace netrig
