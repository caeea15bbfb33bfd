#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"
#include "tests/support/told_run.h"

#include <cerrno>

using namespace netrig;
using namespace std::chrono_literals;

static const std::string two_nodes = R"(
hosts = ["red", "blue"]
links = [{ ends = ["red:veth0", "blue:veth1"], addresses = ["10.0.0.1/24", "10.0.0.2/24"] }]
)";

static EchoAnswer reply() {
    return {EchoOutcome::reply, 1, 1, 20us, 20us, 20us, {}, {}};
}
static EchoAnswer silence() {
    return {EchoOutcome::no_reply, 1, 0, {}, {}, {}, {}, {}};
}

TEST_CASE("all tests run, each telling its steps, and the worst outcome is the run's") {
    Scenario scenario = scenario_of(two_nodes + R"(
[[tests]]
ping = "red -> blue"
[[tests]]
name = "cut"
link-down = "red:veth0"
)");
    ScriptedLab lab(scenario.topology);
    lab.echoes = {{{reply()}}};
    lab.notes = {"set the address again"};
    CHECK(told_by(scenario, lab) == R"(test 0
step 0: ping red -> blue
at 5:1: yes
expected: reply
actual: reply
| red -> blue (10.0.0.2): 1 of 1 answered, round trip 20 us
| set the address again
test 0 passed
test 1
step 0: link-down red:veth0
at 8:1: yes
expected: red:veth0 set down
actual: red:veth0 set down
test 1 passed
)");
    CHECK(lab.made_changes == std::vector<std::string>{"red:veth0 down"});
}

TEST_CASE("a failing check shows its line and lets its test and the tests after it go on") {
    Scenario scenario = scenario_of(two_nodes + R"(
[[tests]]
name = "two pings"
steps = [
  { ping = "red -> blue", label = "the first" },
  { ping = "blue -> red" },
]
[[tests]]
ping = "red -> red"
)");
    ScriptedLab lab(scenario.topology);
    lab.echoes = {{{silence()}}, {{reply()}}};
    CHECK(told_by(scenario, lab) == R"(test 0
step 0: the first
at 7:5: no
expected: reply
actual: no-reply
| red -> blue (10.0.0.2): no-reply, 1 sent, waited 2 s
   |
 7 |   { ping = "red -> blue", label = "the first" },
   |     ^^^^
step 1: ping blue -> red
at 8:5: yes
expected: reply
actual: reply
| blue -> red (10.0.0.1): 1 of 1 answered, round trip 20 us
test 0 failed
test 1
step 0: ping red -> red
at 11:1: yes
expected: reply
actual: reply
| red -> red (10.0.0.1): 1 of 1 answered, round trip 20 us
test 1 passed
)");
}

TEST_CASE("a failing action ends its test, because the lab is no longer what the file says") {
    Scenario scenario = scenario_of(two_nodes + R"(
[[tests]]
name = "cut"
steps = [
  { delete-link = ["red:veth0", "blue:veth1"] },
  { ping = "red -> blue" },
  { ping = "blue -> red" },
]
[[tests]]
name = "next"
ping = "red -> blue"
)");
    ScriptedLab lab(scenario.topology);
    lab.changes = {Status(), failure({"delete blue:veth1", ENODEV, "", ""})};
    lab.echoes = {{{reply()}}};
    CHECK(told_by(scenario, lab) == R"(test 0
step 0: delete-link red:veth0, blue:veth1
at 7:5: could not ask
expected: red:veth0, blue:veth1 deleted
actual: cannot delete blue:veth1: No such device (ENODEV)
   |
 7 |   { delete-link = ["red:veth0", "blue:veth1"] },
   |     ^^^^^^^^^^^
test 0 errored: the action 'delete-link red:veth0, blue:veth1' went wrong, so 2 later steps were not done
test 1
step 0: ping red -> blue
at 13:1: yes
expected: reply
actual: reply
| red -> blue (10.0.0.2): 1 of 1 answered, round trip 20 us
test 1 passed
)");
    CHECK(lab.made_changes == std::vector<std::string>{"red:veth0 deleted", "blue:veth1 deleted"});
}

TEST_CASE("an action that fails as the last step needs no further reason") {
    Scenario scenario = scenario_of(two_nodes + "[[tests]]\nlink-up = \"red:veth0\"\n");
    ScriptedLab lab(scenario.topology);
    lab.changes = {failure({"set red:veth0 up", EPERM, "", ""})};
    CHECK(told_by(scenario, lab) == R"(test 0
step 0: link-up red:veth0
at 4:1: could not ask
expected: red:veth0 set up
actual: cannot set red:veth0 up: Operation not permitted (EPERM)
   |
 4 | link-up = "red:veth0"
   | ^^^^^^^
test 0 errored
)");
}

TEST_CASE("what could not be asked is errored, not failed") {
    Scenario scenario =
        scenario_of(two_nodes + "[[tests]]\nping = { between = \"red -> blue\", expect = \"no-reply\" }\n");
    ScriptedLab lab(scenario.topology);
    lab.echoes = {failure({"open an ICMP socket in red", EPERM, "", ""})};
    CHECK(told_by(scenario, lab) == R"(test 0
step 0: ping red -> blue
at 4:1: could not ask
expected: no-reply
actual: cannot open an ICMP socket in red: Operation not permitted (EPERM)
   |
 4 | ping = { between = "red -> blue", expect = "no-reply" }
   | ^^^^
test 0 errored
)");
}

TEST_CASE("'within' asks again until it comes true") {
    Scenario scenario = scenario_of(two_nodes + "[[tests]]\nping = \"red -> blue\"\nwithin = \"60s\"\n");
    ScriptedLab lab(scenario.topology);
    lab.echoes = {{{silence()}}, {failure({"open a socket", EINTR, "", ""})}, {{reply()}}};
    CHECK(told_by(scenario, lab) == R"(test 0
step 0: ping red -> blue
at 4:1: yes
expected: reply
actual: reply
| red -> blue (10.0.0.2): 1 of 1 answered, round trip 20 us
| came true after TIME, asked 3 times
test 0 passed
)");
    CHECK(lab.asked_waits == std::vector<nanoseconds>{1ms, 2ms});
    CHECK(lab.asked_echoes.at(0).at(0).timeout == 200ms); // one attempt need not wait for long
}

TEST_CASE("'within' that never comes true fails with what came last") {
    Scenario scenario =
        scenario_of(two_nodes + "[[tests]]\nlink = { on = \"red:veth0\", is = \"up\" }\nwithin = \"5ms\"\n");
    ScriptedLab lab(scenario.topology);
    lab.links = {FoundLink{LinkState::down, "", 1500}, FoundLink{LinkState::lower_layer_down, "", 1500}};
    std::string told = told_by(scenario, lab);
    auto asked = lab.asked_links.size();
    CHECK(asked > 1);
    CHECK(told == "test 0\nstep 0: link red:veth0\n"
                  "at 4:1: no\nexpected: up within 5 ms\nactual: lower-layer-down\n"
                  "| red:veth0: lower-layer-down\n| asked " +
                      std::to_string(asked) +
                      " times in TIME\n"
                      "   |\n 4 | link = { on = \"red:veth0\", is = \"up\" }\n   | ^^^^\n"
                      "test 0 failed\n");
}

TEST_CASE("waits between questions grow to 100 ms and end with the time allowed") {
    Scenario scenario =
        scenario_of(two_nodes + "[[tests]]\nlink = { on = \"red:veth0\", is = \"up\" }\nwithin = \"60s\"\n");
    ScriptedLab lab(scenario.topology);
    lab.links.assign(11, FoundLink{LinkState::down, "", 1500});
    lab.links.push_back(FoundLink{LinkState::up, "", 1500});
    lab.waits = {Status()};
    CHECK(told_by(scenario, lab).find("asked 12 times\n") != std::string::npos);
    CHECK(lab.asked_waits ==
          std::vector<nanoseconds>{1ms, 2ms, 4ms, 8ms, 16ms, 32ms, 64ms, 100ms, 100ms, 100ms, 100ms});
}

TEST_CASE("'within' that can't wait for changes is errored") {
    Scenario scenario =
        scenario_of(two_nodes + "[[tests]]\nlink = { on = \"red:veth0\", is = \"up\" }\nwithin = \"60s\"\n");
    ScriptedLab lab(scenario.topology);
    lab.links = {FoundLink{LinkState::down, "", 1500}};
    lab.waits = {failure({"wait for the kernel's news", ENOBUFS, "", ""})};
    std::string told = told_by(scenario, lab);
    CHECK(told.find("could not ask\nexpected: up\n"
                    "actual: cannot wait for the kernel's news: No buffer space available (ENOBUFS)\n") !=
          std::string::npos);
    CHECK(told.ends_with("test 0 errored\n"));
}

TEST_CASE("an answer that comes true too late is told from one in time") {
    Scenario scenario =
        scenario_of(two_nodes + "[[tests]]\nexec = { on = \"red\", command = \"x\" }\nwithin = \"0s\"\n");
    ScriptedLab lab(scenario.topology);
    lab.commands = {{{CommandAnswer{0, 0, false, "", {}, {}, 1s}}}};
    Verdict verdict;
    run_tests({scenario, lab, 0, [&](const decltype(Event::what)& what) {
                   if (const auto* finished = std::get_if<StepFinished>(&what))
                       verdict = finished->verdict;
               }});
    CHECK(verdict.answer == Answer::no);
    CHECK(verdict.actual != "exit status 0");
}

TEST_CASE("a timeout that the check itself names is kept beside 'within'") {
    Scenario scenario = scenario_of(two_nodes + "[[tests]]\nwithin = \"60s\"\n"
                                                "ping = { between = \"red -> blue\", timeout = \"1s\" }\n");
    ScriptedLab lab(scenario.topology);
    lab.echoes = {{{reply()}}};
    told_by(scenario, lab);
    CHECK(lab.asked_echoes.at(0).at(0).timeout == 1s);
}

TEST_CASE("a step's timeout is that of each attempt") {
    Scenario scenario =
        scenario_of(two_nodes + "[[tests]]\nwithin = \"60s\"\ntimeout = \"3s\"\nping = \"red -> blue\"\n");
    ScriptedLab lab(scenario.topology);
    lab.echoes = {{{reply()}}};
    told_by(scenario, lab);
    CHECK(lab.asked_echoes.at(0).at(0).timeout == 3s);
}

TEST_CASE("a test with an obstacle in its way is told with the reason and not begun") {
    Scenario scenario =
        scenario_of(two_nodes + "[[tests]]\nping = \"red -> blue\"\n[[tests]]\nping = \"blue -> red\"\n");
    ScriptedLab lab(scenario.topology);
    lab.echoes = {{{reply()}}};
    TellAsText tell;
    auto outcome =
        run_tests({scenario,
                   lab,
                   0,
                   [&](const auto& what) { std::visit(tell, what); },
                   {Obstacle{Outcome::skipped, FailureKind::requirement, "kernel:netem is missing"}}});
    CHECK(outcome == Outcome::passed);
    CHECK(tell.text == R"(test 0 skipped: kernel:netem is missing
test 1
step 0: ping blue -> red
at 6:1: yes
expected: reply
actual: reply
| blue -> red (10.0.0.1): 1 of 1 answered, round trip 20 us
test 1 passed
)");
}

TEST_CASE("outcomes are ordered from skipped over passed and failed to errored") {
    CHECK(worse(Outcome::skipped, Outcome::passed) == Outcome::passed);
    CHECK(worse(Outcome::failed, Outcome::passed) == Outcome::failed);
    CHECK(worse(Outcome::failed, Outcome::errored) == Outcome::errored);
    CHECK(worse(Outcome::skipped, Outcome::skipped) == Outcome::skipped);
}

TEST_CASE(
    "a lab that is told to end tells what its step had come to, leaves the test open and does no more") {
    Scenario scenario = scenario_of(two_nodes + R"(
[[tests]]
name = "three steps"
steps = [
  { ping = "red -> blue" },
  { exec = { on = "red", command = "serve" } },
  { ping = "red -> blue" },
]
[[tests]]
ping = "red -> blue"
)");
    ScriptedLab lab(scenario.topology);
    lab.echoes = {{{reply()}}};
    lab.commands = {{{{.signal = 15, .output = {"flushed\n", {}, 0}, .stopped = true}}}};
    lab.answers_before_end = 2;
    CHECK(told_by(scenario, lab) == R"(test 0
step 0: ping red -> blue
at 7:5: yes
expected: reply
actual: reply
| red -> blue (10.0.0.2): 1 of 1 answered, round trip 20 us
step 1: exec on red: serve
step 1 stopped: exec on red: serve
| command: serve
| on red: still running when the lab was ended
| stdout:
|     flushed
)");
}

TEST_CASE("a lab that is told to end asks no more of what must come true within a time") {
    Scenario scenario = scenario_of(two_nodes + "[[tests]]\nping = \"red -> blue\"\nwithin = \"1000s\"\n");
    ScriptedLab lab(scenario.topology);
    lab.echoes = {{{silence()}}};
    lab.answers_before_end = 3;
    CHECK(told_by(scenario, lab) == R"(test 0
step 0: ping red -> blue
step 0 stopped: ping red -> blue
| red -> blue (10.0.0.2): no-reply, 1 sent, waited 200 ms
)");
}
