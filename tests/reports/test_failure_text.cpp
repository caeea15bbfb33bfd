#include "recorded_run.h"
#include "reports/failure_text.h"

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

using namespace netrig;
using namespace netrig::recorded;

static ScenarioResult bad_scenario() {
    ScenarioResult scenario{.name = "a bridge", .file = "bridge.toml", .finished = true};
    scenario.tests = {{.name = "h1 is quiet",
                       .line = 13,
                       .started = true,
                       .finished = true,
                       .outcome = Outcome::failed,
                       .kind = FailureKind::assertion}};
    return scenario;
}

static StepResult bad_step(std::string what, Verdict verdict) {
    return {0, std::move(what), {15, 8, "    |\n 15 | ping\n"}, std::move(verdict), {}};
}

static std::string text_of(const ScenarioResult& scenario) {
    return failure_text(scenario, scenario.tests[0]);
}

TEST_CASE("a failed test is told by its first bad step, and the other bad steps follow in the same shape") {
    ScenarioResult scenario = bad_scenario();
    scenario.tests[0].steps = {
        bad_step("ping a -> b", {}),
        bad_step("ping b -> a", {Answer::no, "reply", "no-reply", {"sent 1\nwaited 2 s"}}),
        bad_step("exec on a: x", could_not_ask("exit status 0", "no such program"))};
    CHECK(text_of(scenario) == R"(ping b -> a: expected reply, got no-reply
  --> bridge.toml:15:8
    |
 15 | ping
  expected: reply
  actual:   no-reply
  | sent 1
  | waited 2 s

exec on a: x: could not ask: no such program
  --> bridge.toml:15:8
    |
 15 | ping
  expected: exit status 0
  could not ask: no such program
)");
}

TEST_CASE("why a test ended early stands after its bad step") {
    ScenarioResult scenario = bad_scenario();
    scenario.tests[0].steps = {bad_step("ping b -> a", {Answer::no, "reply", "no-reply", {}})};
    scenario.tests[0].steps[0].place.excerpt = "";
    scenario.tests[0].reason = "a change failed, so the 2 steps after it were not done";
    CHECK(text_of(scenario) == R"(ping b -> a: expected reply, got no-reply
  --> bridge.toml:15:8
  expected: reply
  actual:   no-reply

  reason:   a change failed, so the 2 steps after it were not done
)");
}

TEST_CASE(
    "a test that was cut off is told by that, with the step that was running, before what was bad earlier") {
    ScenarioResult scenario = bad_scenario();
    scenario.help = "raise 'timeout'";
    TestResult& test = scenario.tests[0];
    test.finished = false;
    test.outcome = Outcome::errored;
    test.kind = FailureKind::timeout;
    test.reason = "ended in 'sleep': over its 5 s";
    test.running = {"sleep", {}, std::chrono::milliseconds(4200)};
    test.steps = {bad_step("ping b -> a", {Answer::no, "reply", "no-reply", {}})};
    CHECK(text_of(scenario) == R"(ended in 'sleep': over its 5 s
  --> bridge.toml:13
  running:  sleep, for 4.2 s
  help:     raise 'timeout'

ping b -> a: expected reply, got no-reply
  --> bridge.toml:15:8
    |
 15 | ping
  expected: reply
  actual:   no-reply
)");
}

TEST_CASE("a test without a step and without a reason still has a message") {
    CHECK(text_of(bad_scenario()) == "failed without a reason given\n  --> bridge.toml:13\n");
}

TEST_CASE("a scenario that went wrong is told with its help") {
    ScenarioResult scenario{
        .file = "a.toml", .outcome = Outcome::errored, .reason = "no room", .help = "make room"};
    CHECK(failure_text(scenario) == "no room\n  --> a.toml\n  help:     make room\n");
}

TEST_CASE("a reason of several lines is one line in the message and stands complete below") {
    ScenarioResult scenario{.file = "a.toml", .outcome = Outcome::errored, .reason = "no room\nat all"};
    CHECK(failure_text(scenario) == "no room at all\n  --> a.toml\n  reason:\n  | no room\n  | at all\n");
}

TEST_CASE("a message is one line of at most 200 characters that keeps what came, and the body keeps all") {
    ScenarioResult scenario = bad_scenario();
    std::string longer(500, 'e');
    scenario.tests[0].steps = {bad_step("exec on a:\nx", {Answer::no, longer, "exit status 1", {}})};
    std::string message = failure_message(scenario.tests[0]);
    CHECK(message == "exec on a: x: expected " + std::string(57, 'e') + "..., got exit status 1");
    CHECK(text_of(scenario).find("  expected: " + longer + "\n") != std::string::npos);
    scenario.tests[0].steps[0].what = longer;
    scenario.tests[0].steps[0].verdict.actual = longer;
    CHECK(failure_message(scenario.tests[0]).size() <= 200);
}
