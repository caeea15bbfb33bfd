#include "reports/run_tree.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace netrig {

namespace {

Duration elapsed(WallTime from, WallTime to) {
    return to > from ? Duration(to - from) : Duration{};
}

FailureKind or_else(FailureKind kind, FailureKind otherwise) {
    return kind == FailureKind::none ? otherwise : kind;
}

std::string with_reason(std::string text, const std::string& reason) {
    return reason.empty() ? text : fmt::format("{}: {}", text, reason);
}

void stop_running(TestResult& test, WallTime now) {
    if (test.running && test.running->ran == Duration{})
        test.running->ran = elapsed(test.running->since, now);
}

void cut_off(TestResult& test, const ScenarioResult& scenario, WallTime now) {
    stop_running(test, now);
    test.outcome = Outcome::errored;
    test.kind = or_else(scenario.kind, FailureKind::internal);
    std::string where = test.running ? fmt::format("ended in '{}'", test.running->what) : "ended early";
    test.reason = with_reason(where, scenario.reason);
    test.took = elapsed(test.since, now);
}

void leave_out(TestResult& test, const ScenarioResult& scenario) {
    test.outcome = Outcome::skipped;
    test.kind = or_else(scenario.kind, FailureKind::requirement);
    bool asked_for = scenario.outcome == Outcome::skipped && !scenario.reason.empty();
    test.reason = asked_for ? scenario.reason : with_reason("not run", scenario.reason);
}

/// Gives every test an outcome. A scenario of which a test was cut off has not passed, whatever it says.
void close_tests(ScenarioResult& scenario, WallTime now) {
    for (TestResult& test : scenario.tests) {
        if (test.finished)
            continue;
        if (test.started) {
            cut_off(test, scenario, now);
            scenario.outcome = Outcome::errored;
        } else {
            leave_out(test, scenario);
        }
    }
}

/// A scenario whose end was not reported.
void close_scenario(ScenarioResult& scenario, int signal, WallTime now) {
    scenario.outcome = Outcome::errored;
    scenario.kind = signal != 0 ? FailureKind::interrupted : FailureKind::internal;
    scenario.reason = signal != 0 ? fmt::format("interrupted by {}", signal_name(signal))
                                  : "netrig ended before the scenario did";
    scenario.took = elapsed(scenario.since, now);
    close_tests(scenario, now);
}

} // namespace

bool ScenarioResult::is_case() const {
    if (tests.empty())
        return true;
    if (outcome != Outcome::errored)
        return false;
    auto any = [&](auto condition) { return std::any_of(tests.begin(), tests.end(), condition); };
    if (any([](const TestResult& test) { return test.started && !test.finished; }))
        return false;
    return !reason.empty() || !any([](const TestResult& test) { return test.outcome == Outcome::errored; });
}

void RunTreeBuilder::receive(const Event& event) {
    now_ = WallTime(std::chrono::microseconds(event.time));
    std::visit([this](const auto& what) { apply(what); }, event.what);
}

const RunTree& RunTreeBuilder::tree() {
    closed_ = run_;
    for (const auto& [number, scenario] : scenarios_) {
        closed_.scenarios.push_back(scenario);
        if (!scenario.finished)
            close_scenario(closed_.scenarios.back(), run_.signal, now_);
    }
    if (!over_)
        closed_.took = elapsed(run_.started, now_);
    return closed_;
}

const ScenarioResult* RunTreeBuilder::find(std::size_t scenario) const {
    auto found = scenarios_.find(scenario);
    return found == scenarios_.end() ? nullptr : &found->second;
}

ScenarioResult* RunTreeBuilder::open_scenario(std::size_t scenario) {
    auto found = scenarios_.find(scenario);
    return found == scenarios_.end() || found->second.finished ? nullptr : &found->second;
}

TestResult* RunTreeBuilder::open_test(std::size_t scenario, std::size_t test) {
    ScenarioResult* found = open_scenario(scenario);
    if (found == nullptr || test >= found->tests.size() || found->tests[test].finished)
        return nullptr;
    return &found->tests[test];
}

void RunTreeBuilder::apply(const RunStarted& event) {
    run_.version = event.version;
    run_.kernel = event.kernel;
    run_.host = event.host;
    run_.planned = event.scenarios;
    run_.started = now_;
}

void RunTreeBuilder::apply(const ScenarioStarted& event) {
    auto [place, added] = scenarios_.try_emplace(event.scenario);
    if (!added)
        return;
    ScenarioResult& scenario = place->second;
    scenario = {.name = event.name,
                .file = event.file,
                .description = event.description,
                .tags = event.tags,
                .instance = event.instance,
                .settings = event.settings};
    scenario.since = now_;
    for (const TestHeader& header : event.tests)
        scenario.tests.push_back({.name = header.name, .line = header.line});
}

void RunTreeBuilder::apply(const ScenarioBuilt& event) {
    if (ScenarioResult* scenario = open_scenario(event.scenario))
        scenario->built = {event.nodes, event.links, event.namespaces, event.build, event.wait, event.ids};
}

void RunTreeBuilder::apply(const TestStarted& event) {
    if (TestResult* test = open_test(event.scenario, event.test)) {
        test->started = true;
        test->since = now_;
    }
}

void RunTreeBuilder::apply(const StepStarted& event) {
    if (TestResult* test = open_test(event.scenario, event.test))
        test->running = {event.what, now_, {}, {}};
}

void RunTreeBuilder::apply(const StepFinished& event) {
    if (TestResult* test = open_test(event.scenario, event.test)) {
        test->running.reset();
        test->steps.push_back({event.step, event.what, event.place, event.verdict, event.took});
    }
}

void RunTreeBuilder::apply(const StepStopped& event) {
    if (TestResult* test = open_test(event.scenario, event.test)) {
        WallTime since = now_ - std::chrono::floor<std::chrono::microseconds>(event.ran);
        test->running = {event.what, since, event.ran, event.details};
    }
}

void RunTreeBuilder::apply(const TestFinished& event) {
    TestResult* test = open_test(event.scenario, event.test);
    if (test == nullptr)
        return;
    stop_running(*test, now_);
    test->finished = true;
    test->outcome = event.outcome;
    test->kind = event.kind;
    test->reason = event.reason;
    test->took = event.took;
    test->links = event.links;
}

void RunTreeBuilder::apply(const ScenarioFinished& event) {
    ScenarioResult* scenario = open_scenario(event.scenario);
    if (scenario == nullptr)
        return;
    scenario->finished = true;
    scenario->outcome = event.outcome;
    scenario->kind = event.kind;
    scenario->reason = event.reason;
    scenario->help = event.help;
    scenario->took = event.took;
    scenario->teardown = event.teardown;
    close_tests(*scenario, now_);
}

void RunTreeBuilder::apply(const MachineChecked& event) {
    WallTime since = now_ - std::chrono::duration_cast<std::chrono::microseconds>(event.took);
    run_.check = {event.outcome, event.reason, event.left, event.changed, since, event.took};
}

void RunTreeBuilder::apply(const RunFinished& event) {
    run_.took = event.took;
    run_.signal = event.signal;
    over_ = true;
}

void Counts::add(Outcome outcome) {
    switch (outcome) {
    case Outcome::passed:
        ++passed;
        return;
    case Outcome::failed:
        ++failed;
        return;
    case Outcome::errored:
        ++errored;
        return;
    case Outcome::skipped:
        ++skipped;
        return;
    }
}

static void add(Counts& counts, const ScenarioResult& scenario) {
    if (scenario.is_case())
        counts.add(scenario.outcome);
    for (const TestResult& test : scenario.tests)
        counts.add(test.outcome);
}

Counts count(const ScenarioResult& scenario) {
    Counts counts;
    add(counts, scenario);
    return counts;
}

Counts count_scenarios(const RunTree& tree) {
    Counts counts;
    for (const ScenarioResult& scenario : tree.scenarios)
        add(counts, scenario);
    return counts;
}

Counts count(const RunTree& tree) {
    Counts counts = count_scenarios(tree);
    if (tree.check)
        counts.add(tree.check->outcome);
    counts.errored += tree.broken.size();
    return counts;
}

static bool lacks_only_requirements(const ScenarioResult& scenario) {
    auto other_error = [](const auto& result) {
        return result.outcome == Outcome::errored && result.kind != FailureKind::requirement;
    };
    return !(scenario.is_case() && other_error(scenario)) &&
           std::none_of(scenario.tests.begin(), scenario.tests.end(), other_error);
}

int exit_status(const RunTree& tree) {
    if (tree.signal != 0)
        return 128 + std::clamp(tree.signal, 1, 127);
    if (tree.check && tree.check->outcome == Outcome::failed)
        return 7;
    Counts counts = count(tree);
    if (counts.failed > 0)
        return 1;
    if (counts.errored == 0)
        return 0;
    bool check_errored = tree.check && tree.check->outcome == Outcome::errored;
    bool only_missing = !check_errored && tree.broken.empty() &&
                        std::all_of(tree.scenarios.begin(), tree.scenarios.end(), lacks_only_requirements);
    return only_missing ? 5 : 6;
}

std::string signal_name(int signal) {
    const char* name = sigabbrev_np(signal);
    return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

} // namespace netrig
