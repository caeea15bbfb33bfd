#include "recorded_run.h"
#include "reports/failure_text.h"
#include "reports/run_tree.h"

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <limits>

using namespace netrig;
using namespace netrig::recorded;

static RunTree fold(const std::vector<Event>& events) {
    RunTreeBuilder builder;
    play(events, builder);
    return builder.tree();
}

/// The bridge's events up to the first one after so many milliseconds, in a run with this ending.
static RunTree bridge_until(int milliseconds_in, std::vector<Event> ending) {
    std::vector<Event> events{at(0, run_started(2))};
    for (const Event& event : bridge())
        if (event.time <= start + milliseconds_in * 1000LL)
            events.push_back(event);
    return fold(joined({events, ending}));
}

static ScenarioFinished ended(FailureKind kind, std::string reason) {
    return {1, Outcome::errored, kind, std::move(reason), "", milliseconds(20), milliseconds(1)};
}

TEST_CASE("a run folds to its scenarios, tests and steps") {
    RunTree tree = fold(whole_run());
    CHECK(tree.version == "0.1.0");
    CHECK(tree.kernel == "6.1.0");
    CHECK(tree.host == "rig1");
    CHECK(tree.started.time_since_epoch() == microseconds(start));
    CHECK(tree.took == milliseconds(34));
    REQUIRE(tree.scenarios.size() == 3);
    const ScenarioResult& scenario = tree.scenarios[1];
    CHECK(scenario.name == "a bridge");
    CHECK(scenario.tags == std::vector<std::string>{"document", "bridge"});
    CHECK(scenario.built->links == 2);
    CHECK(scenario.teardown == milliseconds(2));
    REQUIRE(scenario.tests.size() == 3);
    CHECK(scenario.tests[1].outcome == Outcome::failed);
    CHECK(scenario.tests[1].line == 13);
    CHECK_FALSE(scenario.tests[1].running);
    REQUIRE(scenario.tests[1].steps.size() == 2);
    CHECK(scenario.tests[1].steps[1].verdict == lost_ping().verdict);
}

TEST_CASE("scenarios that run at the same time stand by their numbers") {
    RunTree tree = fold(whole_run());
    REQUIRE(tree.scenarios.size() == 3);
    CHECK(tree.scenarios[0] == fold(veth()).scenarios[0]);
    CHECK(tree.scenarios[1] == fold(bridge()).scenarios[0]);
    CHECK(tree.scenarios[2] == fold(broken()).scenarios[0]);
}

TEST_CASE(
    "a scenario that could not be built is an errored case, and its tests are skipped with its reason") {
    RunTree tree = fold(joined({{at(0, run_started(1))}, broken()}));
    CHECK(count(tree) == Counts{.errored = 1, .skipped = 2});
    const TestResult& test = tree.scenarios[0].tests[0];
    CHECK(test.reason == "not run: cannot create link red:hsr0: Operation not supported (EOPNOTSUPP)");
    CHECK(test.kind == FailureKind::setup);
    CHECK(tree.scenarios[0].is_case());
}

TEST_CASE("the cases of a run are its tests and the scenarios that went wrong themselves") {
    CHECK(count(fold(whole_run())) == Counts{.passed = 3, .failed = 1, .errored = 2, .skipped = 2});
}

TEST_CASE("a scenario that timed out errors the test that was running and skips the rest") {
    RunTree tree = bridge_until(12, {at(20, ended(FailureKind::timeout, "over its 5 s"))});
    const std::vector<TestResult>& tests = tree.scenarios[0].tests;
    CHECK(tests[0].outcome == Outcome::passed);
    CHECK(tests[1].outcome == Outcome::errored);
    CHECK(tests[1].kind == FailureKind::timeout);
    CHECK(tests[1].reason == "ended in 'ping h1 -> h2': over its 5 s");
    CHECK(tests[1].running->what == "ping h1 -> h2");
    CHECK(tests[1].running->ran == milliseconds(9));
    CHECK(tests[1].took == milliseconds(10));
    CHECK(tests[2].outcome == Outcome::skipped);
    CHECK(tests[2].reason == "not run: over its 5 s");
    CHECK_FALSE(tree.scenarios[0].is_case()); // the test tells it already
    CHECK(count(tree) == Counts{.passed = 1, .errored = 1, .skipped = 1});
}

TEST_CASE(
    "what a step had come to when its lab was told to end stands with its test, and for how long it ran") {
    RunTree tree =
        bridge_until(12, {at(18, StepStopped{1, 1, 1, "ping h1 -> h2", {"nothing so far"}, milliseconds(7)}),
                          at(20, ended(FailureKind::timeout, "over its 5 s"))});
    const TestResult& test = tree.scenarios[0].tests[1];
    CHECK(test.outcome == Outcome::errored);
    CHECK(test.reason == "ended in 'ping h1 -> h2': over its 5 s");
    CHECK(test.running->ran == milliseconds(7));
    CHECK(test.running->details == std::vector<std::string>{"nothing so far"});
    CHECK(failure_text(tree.scenarios[0], test) == R"(ended in 'ping h1 -> h2': over its 5 s
  --> scenarios/document/bridge.toml:13
  running:  ping h1 -> h2, for 7 ms
  | nothing so far
)");
}

TEST_CASE("a scenario that timed out while it was built is a case of its own") {
    RunTree tree = bridge_until(2, {at(20, ended(FailureKind::timeout, "over its 5 s"))});
    CHECK(count(tree) == Counts{.errored = 1, .skipped = 3});
}

TEST_CASE("a teardown that went wrong is a case beside tests that passed") {
    std::vector<Event> events = veth();
    events.back() =
        at(8, ScenarioFinished{0, Outcome::errored, FailureKind::teardown, "cannot end process 7"});
    CHECK(count(fold(events)) == Counts{.passed = 2, .errored = 1});
}

TEST_CASE("an interrupted run says so of the test that was running and of the tests that were not run") {
    RunTree tree = bridge_until(12, {at(14, RunFinished{milliseconds(14), 2})});
    const ScenarioResult& scenario = tree.scenarios[0];
    CHECK(scenario.outcome == Outcome::errored);
    CHECK(scenario.kind == FailureKind::interrupted);
    CHECK(scenario.tests[1].reason == "ended in 'ping h1 -> h2': interrupted by SIGINT");
    CHECK(scenario.tests[1].kind == FailureKind::interrupted);
    CHECK(scenario.tests[2].reason == "not run: interrupted by SIGINT");
    CHECK(tree.planned == 2);
}

TEST_CASE("a stream that breaks off gives a tree in which nothing is left open") {
    std::vector<Event> whole = whole_run();
    RunTreeBuilder builder;
    for (const Event& event : whole) {
        builder.receive(event);
        for (const ScenarioResult& scenario : builder.tree().scenarios)
            for (const TestResult& test : scenario.tests)
                CHECK((test.finished || !test.reason.empty()));
    }
    CHECK(builder.tree() == fold(whole)); // asking on the way changes nothing
    RunTree tree = bridge_until(12, {});
    CHECK(tree.scenarios[0].reason == "netrig ended before the scenario did");
    CHECK(tree.scenarios[0].tests[1].kind == FailureKind::internal);
    CHECK(tree.took == milliseconds(11));
    CHECK(exit_status(tree) == 6);
}

TEST_CASE("a test that was cut off between steps is errored without a step") {
    RunTree tree =
        fold({at(0, veth_started()), at(1, TestStarted{0, 1}),
              at(2, ScenarioFinished{0, Outcome::errored, FailureKind::internal, "the lab died"})});
    CHECK(tree.scenarios[0].tests[1].reason == "ended early: the lab died");
    CHECK_FALSE(tree.scenarios[0].tests[1].running);
}

TEST_CASE("a scenario that was skipped skips its tests with its own reason") {
    RunTree tree = fold(
        {at(0, veth_started()),
         at(1, ScenarioFinished{0, Outcome::skipped, FailureKind::requirement, "this kernel has no netem"})});
    CHECK(count(tree) == Counts{.skipped = 2});
    CHECK(tree.scenarios[0].tests[0].reason == "this kernel has no netem");
    CHECK(exit_status(tree) == 0);
}

TEST_CASE("a scenario without tests counts as one case") {
    ScenarioStarted bare{.scenario = 0, .name = "bare", .file = "bare.toml"};
    CHECK(count(fold({at(0, bare), at(1, ScenarioFinished{0, Outcome::passed})})) == Counts{.passed = 1});
    CHECK(count(fold({at(0, bare), at(1, ScenarioFinished{0, Outcome::errored})})) == Counts{.errored = 1});
}

TEST_CASE("events that fit nowhere are ignored") {
    constexpr std::size_t huge = std::numeric_limits<std::size_t>::max();
    RunTree expected = fold(veth());
    std::vector<Event> events = veth();
    events.insert(events.begin() + 1, {at(0, TestStarted{huge, 0}), at(0, TestStarted{0, huge}),
                                       at(0, StepStarted{7, 0, 0, "x"}), at(0, ScenarioFinished{9})});
    events.push_back(at(8, TestFinished{0, 0, Outcome::failed}));
    events.push_back(at(8, ScenarioFinished{0, Outcome::failed}));
    events.push_back(at(8, veth_started()));
    CHECK(fold(events) == expected);
}

TEST_CASE("the exit status is that of the worst that happened") {
    std::vector<Event> errored = joined({broken(), {at(9, RunFinished{})}});
    CHECK(exit_status(fold({})) == 0);
    CHECK(exit_status(fold(veth())) == 0);
    CHECK(exit_status(fold(errored)) == 6);
    CHECK(exit_status(fold(whole_run())) == 1); // a failed test beside errors
    CHECK(exit_status(fold(joined({bridge(), {at(40, RunFinished{milliseconds(1), 15})}}))) == 143);
    CHECK(exit_status(fold({at(0, RunFinished{milliseconds(1), 1'000'000})})) == 255);
}

TEST_CASE("the check of the machine is a case of its own") {
    RunTree tree = fold(joined({veth(), {at(12, checked({"a", "b"}, {"c"}))}}));
    REQUIRE(tree.check);
    CHECK(tree.check->left == std::vector<std::string>{"a", "b"});
    CHECK(tree.check->changed == std::vector<std::string>{"c"});
    CHECK(tree.check->since == WallTime(std::chrono::microseconds(start + 10'000)));
    CHECK(count(tree) == Counts{.passed = 2, .failed = 1});
    CHECK(count_scenarios(tree) == Counts{.passed = 2});
}

TEST_CASE("what was left behind wins over what the tests said, and a signal over that") {
    std::vector<Event> left{at(40, checked({"x"}))}, clean{at(40, checked({}, {"y"}))};
    std::vector<Event> unknown{at(40, MachineChecked{Outcome::errored, "no /proc"})};
    CHECK(exit_status(fold(joined({veth(), left}))) == 7);
    CHECK(exit_status(fold(joined({bridge(), left}))) == 7);
    CHECK(exit_status(fold(joined({broken(), left}))) == 7);
    CHECK(exit_status(fold(joined({bridge(), left, {at(41, RunFinished{{}, 2})}}))) == 130);
    CHECK(exit_status(fold(joined({veth(), clean}))) == 0);
    CHECK(exit_status(fold(joined({bridge(), clean}))) == 1);
    CHECK(exit_status(fold(joined({veth(), unknown}))) == 6);
    std::vector<Event> lacking{
        at(0, veth_started()),
        at(1, ScenarioFinished{0, Outcome::errored, FailureKind::requirement, "this kernel has no netem"})};
    CHECK(exit_status(fold(joined({lacking, clean}))) == 5);
    CHECK(exit_status(fold(joined({lacking, unknown}))) == 6);
}

TEST_CASE("a signal without a name is told by its number") {
    CHECK(signal_name(15) == "SIGTERM");
    CHECK(signal_name(99) == "signal 99");
    CHECK(signal_name(-1) == "signal -1");
}
