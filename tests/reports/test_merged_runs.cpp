#include "recorded_run.h"
#include "reports/failure_text.h"
#include "reports/junit.h"
#include "reports/merged_runs.h"
#include "tests/support/junit_report.h"

using namespace netrig;
using namespace netrig::recorded;

namespace {

/// What became of the tests "a" and "b" of one scenario file.
struct Told {
    Outcome a, b;
    std::string reason{}; ///< of the scenario itself
};

RecordedRun run_on(const std::string& host, const Told& told, const std::string& file = "s.toml") {
    std::vector<Event> events{at(static_cast<int>(host.size()), RunStarted{"0.1.0", "Linux 6.1", host, 1}),
                              at(1, ScenarioStarted{0, "s", file, "", {}, {{"a", 1}, {"b", 2}}})};
    Outcome worst = Outcome::skipped;
    for (auto [test, outcome] : {std::pair(0U, told.a), {1U, told.b}}) {
        bool not_good = outcome == Outcome::errored || outcome == Outcome::skipped;
        events.push_back(at(2, TestStarted{0, test}));
        events.push_back(at(3, TestFinished{0, test, outcome, FailureKind::none,
                                            not_good ? "no veth on " + host : "", milliseconds(5)}));
        worst = std::max(worst, outcome, [](Outcome left, Outcome right) {
            return left == Outcome::skipped || (left == Outcome::passed && right != Outcome::skipped);
        });
    }
    bool lost = !told.reason.empty() && worst != Outcome::skipped;
    events.push_back(at(
        4,
        ScenarioFinished{
            0, lost ? Outcome::errored : worst, FailureKind::none, told.reason, "", milliseconds(10), {}}));
    events.push_back(at(9, RunFinished{milliseconds(20), 0}));
    RunTreeBuilder builder;
    play(events, builder);
    return {host + ".jsonl", builder.tree()};
}

std::string words(const RunTree& tree) {
    std::string text;
    for (const ScenarioResult& scenario : tree.scenarios) {
        text += scenario.file + ":";
        for (const TestResult& test : scenario.tests)
            text += std::string(" ") + "PFES"[static_cast<int>(test.outcome)];
        text += std::string(" -> ") + "PFES"[static_cast<int>(scenario.outcome)] + "\n";
    }
    return text;
}

constexpr Outcome P = Outcome::passed, F = Outcome::failed, E = Outcome::errored, S = Outcome::skipped;

std::string merged(const Told& one, const Told& other) {
    return words(merge({run_on("rig1", one), run_on("rig22", other)}));
}

} // namespace

TEST_CASE("one run alone is reported as it was") {
    RecordedRun run = run_on("rig1", {P, F});
    CHECK(merge({run}) == run.tree);
}

TEST_CASE("the shards of a suite are reported side by side, each with the machine that it ran on") {
    RunTree tree = merge({run_on("rig1", {P, P}, "x.toml"), run_on("rig22", {P, F}, "y.toml")});
    CHECK(words(tree) == "x.toml: P P -> P\ny.toml: P F -> F\n");
    CHECK(tree.host == "rig1, rig22");
    CHECK(tree.kernel == "Linux 6.1");
    CHECK(tree.took == milliseconds(40));
    CHECK(tree.scenarios[1].origin == RunOrigin{"0.1.0", "Linux 6.1", "rig22"});
    CHECK(tree.scenarios[1].elsewhere.empty());
    CHECK(exit_status(tree) == 1);
    CHECK(junit(tree).find("hostname=\"rig22\"") != std::string::npos);
}

TEST_CASE("what one run skipped and another one ran counts as run") {
    CHECK(merged({S, S, "no veth"}, {P, P}) == "s.toml: P P -> P\n");
    CHECK(merged({P, P}, {S, S, "no veth"}) == "s.toml: P P -> P\n");
    CHECK(merged({S, P}, {P, S}) == "s.toml: P P -> P\n");
    CHECK(merged({S, P}, {F, S}) == "s.toml: F P -> F\n");
    CHECK(merged({S, S, "no veth"}, {S, S, "no veth either"}) == "s.toml: S S -> S\n");
    RunTree tree = merge({run_on("rig1", {S, P}), run_on("rig22", {P, S})});
    CHECK(exit_status(tree) == 0);
    CHECK(tree.scenarios[0].tests[0].elsewhere ==
          std::vector<std::string>{"this is of rig22, Linux 6.1, rig22.jsonl",
                                   "skipped on rig1, Linux 6.1, rig1.jsonl: no veth on rig1"});
}

TEST_CASE("of a test that several runs had, a failure wins, then an error, and the others are told of") {
    CHECK(merged({P, P}, {P, P}) == "s.toml: P P -> P\n");
    CHECK(merged({P, F}, {P, P}) == "s.toml: P F -> F\n");
    CHECK(merged({P, P}, {E, P}) == "s.toml: E P -> E\n");
    CHECK(merged({E, P}, {F, P}) == "s.toml: F P -> F\n");
    CHECK(merged({F, P}, {P, E}) == "s.toml: F E -> E\n"); // as in one run
    RunTree tree = merge({run_on("rig1", {P, P}), run_on("rig22", {F, P})});
    CHECK(failure_text(tree.scenarios[0], tree.scenarios[0].tests[0]) ==
          "failed without a reason given\n  --> s.toml:1\n"
          "  elsewhere: passed on rig1, Linux 6.1, rig1.jsonl\n");
}

TEST_CASE("a lab that went wrong in one run is told, whatever the tests came to in another") {
    RunTree tree = merge({run_on("rig1", {P, P, "cannot end process 7"}), run_on("rig22", {P, F})});
    CHECK(words(tree) == "s.toml: P F -> E\n");
    CHECK(tree.scenarios[0].is_case());
    CHECK(tree.scenarios[0].reason == "cannot end process 7");
    CHECK(count(tree) == Counts{.passed = 1, .failed = 1, .errored = 1});
}

TEST_CASE("where a file had other tests both stand in the report") {
    RecordedRun other = run_on("rig22", {P, P});
    other.tree.scenarios[0].tests[1].name = "c";
    CHECK(words(merge({run_on("rig1", {P, S}), other})) == "s.toml: P S -> P\ns.toml: P P -> P\n");
}

TEST_CASE("the same scenario twice in one run stays two scenarios") {
    RecordedRun twice = run_on("rig1", {P, P});
    twice.tree.scenarios.push_back(twice.tree.scenarios[0]);
    CHECK(merge({twice, run_on("rig22", {P, P})}).scenarios.size() == 2);
}

TEST_CASE("a record that breaks off is an error, also when another run did all that it lacks") {
    RecordedRun cut = run_on("rig1", {P, P});
    cut.tree.broken = {{"rig1.jsonl", "breaks off at line 3"}};
    ScenarioResult planned{.name = "s", .file = "y.toml", .outcome = E, .reason = "not started"};
    planned.started = false;
    cut.tree.scenarios.push_back(planned);
    RunTree tree = merge({cut, run_on("rig22", {P, P}, "y.toml")});
    CHECK(words(tree) == "s.toml: P P -> P\ny.toml: P P -> P\n");
    CHECK(exit_status(tree) == 6);
    JunitReport report = read_junit(junit(tree));
    CHECK(report.find("the record rig1.jsonl is whole").result == "error");
    CHECK(report.errors == 1);
    CHECK(exit_status(merge({cut})) == 6);
}

TEST_CASE("a signal that ended one of the runs, and what one of them left behind, stay the exit status") {
    RecordedRun left = run_on("rig1", {P, P}), clean = run_on("rig22", {P, P});
    left.tree.check = MachineCheck{F, "", {"process 7"}, {}, {}, milliseconds(2)};
    clean.tree.check = MachineCheck{P, "", {}, {"link x"}, {}, milliseconds(2)};
    RunTree tree = merge({clean, left});
    CHECK(exit_status(tree) == 7);
    CHECK(tree.check->left == std::vector<std::string>{"rig1, Linux 6.1, rig1.jsonl: process 7"});
    CHECK(tree.check->changed == std::vector<std::string>{"rig22, Linux 6.1, rig22.jsonl: link x"});
    left.tree.signal = 2;
    left.tree.planned = 4;
    RunTree interrupted = merge({left, clean});
    CHECK(exit_status(interrupted) == 130);
    CHECK(interrupted.planned - interrupted.scenarios.size() == 3);
}

TEST_CASE("two records of one run are noticed") {
    CHECK(recorded_twice({run_on("rig1", {P, P}), run_on("rig22", {P, P})}).empty());
    CHECK(recorded_twice({run_on("rig1", {P, P}), run_on("rig1", {P, P})}) ==
          "rig1.jsonl and rig1.jsonl are records of one and the same run");
}

TEST_CASE("what every run skipped is an error when all is demanded") {
    auto demanded = [](const Told& one, const Told& other) {
        RunTree tree = merge({run_on("rig1", one), run_on("rig22", other)});
        demand_all(tree);
        return words(tree) + std::to_string(exit_status(tree));
    };
    CHECK(demanded({S, P}, {P, S}) == "s.toml: P P -> P\n0");
    CHECK(demanded({S, P}, {S, P}) == "s.toml: E P -> E\n5");
    CHECK(demanded({S, S, "no veth"}, {S, S, "no veth"}) == "s.toml: S S -> E\n5");
    CHECK(demanded({S, F}, {S, P}) == "s.toml: E F -> E\n1");
}
