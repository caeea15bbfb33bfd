#include "recorded_run.h"
#include "reports/console.h"
#include "tests/support/contains.h"

using namespace netrig;
using namespace netrig::recorded;

static std::string shown(const std::vector<Event>& events, ConsoleOptions options = {}) {
    std::string text;
    Console console(options, [&](std::string_view part) { text += part; });
    play(events, console);
    return text;
}

TEST_CASE("the console shows a line a scenario as they end, each failure once at the end, and the sum") {
    CHECK(shown(whole_run()) == R"(ERROR [   0.003s] scenarios/broken.toml: no such kind (2 tests: 2 skipped)
 PASS [   0.008s] scenarios/document/veth.toml: two hosts (2 tests)
ERROR [   0.015s] scenarios/document/bridge.toml: a bridge (3 tests: 1 passed, 1 failed, 1 errored)

 FAIL a bridge: h1 is quiet
ping h1 -> h2: expected no-reply, got reply
  --> scenarios/document/bridge.toml:15:8
    |
 15 | ping = "h1 -> h2"
    |        ^^^^^^^^^^
  expected: no-reply
  actual:   reply
  | h1 (10.1.1.1) -> h2 (10.1.1.2): 1 of 1 answered, round trip 41 us
  again:    netrig run scenarios/document/bridge.toml

ERROR a bridge: h2 has a name
exec on h2: hostname: could not ask: on h2: No such file or directory (ENOENT)
  --> scenarios/document/bridge.toml:19:8
  expected: exit status 0
  could not ask: on h2: No such file or directory (ENOENT)
  again:    netrig run scenarios/document/bridge.toml

ERROR no such kind
cannot create link red:hsr0: Operation not supported (EOPNOTSUPP)
  --> scenarios/broken.toml
  help:     load the kernel's module hsr
  again:    netrig run scenarios/broken.toml

3 scenarios, 8 tests: 3 passed, 1 failed, 2 errored, 2 skipped in 0.034s
)");
}

TEST_CASE("a verbose console shows a line a test, and where the time went if asked") {
    std::vector<Event> events =
        joined({{at(0, run_started(2))}, veth(), broken(), {at(9, RunFinished{milliseconds(9)})}});
    std::string text = shown(events, {.verbose = true, .stats = true});
    CHECK(text.substr(0, text.find("\n\n") + 1) ==
          R"( PASS [   0.008s] scenarios/document/veth.toml: two hosts (2 tests)
 PASS [   0.001s]     red reaches blue
 PASS [   0.003s]     blue answers on TCP
      2 nodes, 1 link; namespaces 1.2 ms, build 600 us, wait 300 us, tests 4 ms, teardown 1 ms
ERROR [   0.003s] scenarios/broken.toml: no such kind (2 tests: 2 skipped)
 SKIP [   0.000s]     never: not run: cannot create link red:hsr0: Operation not supported (EOPNOTSUPP)
 SKIP [   0.000s]     neither: not run: cannot create link red:hsr0: Operation not supported (EOPNOTSUPP)
      never stood, tests 0 ns, teardown 1 ms
)");
}

TEST_CASE("a console with colour paints the status words and nothing else") {
    std::vector<Event> events = joined({veth(), {at(9, RunFinished{milliseconds(9)})}});
    CHECK(shown(events, {.colour = true}) ==
          "\x1b[32m PASS\x1b[0m [   0.008s] scenarios/document/veth.toml: two hosts (2 tests)\n\n"
          "1 scenario, 2 tests: 2 passed, 0 failed, 0 errored, 0 skipped in 0.009s\n");
}

TEST_CASE("a line that is too wide loses its middle") {
    std::vector<Event> events = veth();
    CHECK(shown(events, {.width = 60}) == " PASS [   0.008s] scenarios/document/v...two hosts (2 tests)\n");
    CHECK(shown(events, {.width = 1}) == shown(events)); // too narrow to be meant
}

TEST_CASE("a skip is shown with its reason") {
    std::vector<Event> whole{
        at(0, veth_started()),
        at(1, ScenarioFinished{0, Outcome::skipped, FailureKind::requirement, "this kernel has no netem"})};
    CHECK(shown(whole) ==
          " SKIP [   0.000s] scenarios/document/veth.toml: two hosts (2 tests: 2 skipped): this "
          "kernel has no netem\n");
    std::vector<Event> one = veth();
    one[5] = at(4, TestFinished{0, 0, Outcome::skipped, FailureKind::requirement, "no IPv6 here"});
    CHECK(shown(one) ==
          " PASS [   0.008s] scenarios/document/veth.toml: two hosts (2 tests: 1 passed, 1 skipped)\n"
          " SKIP [   0.000s]     red reaches blue: no IPv6 here\n");
}

TEST_CASE("an interrupted run shows what was cut off and how much was not started") {
    std::vector<Event> events{at(0, run_started(4)), at(0, veth_started()), at(1, TestStarted{0, 0}),
                              at(2, StepStarted{0, 0, 0, "ping red -> blue"}),
                              at(5, RunFinished{milliseconds(5), 2})};
    CHECK(shown(events) ==
          R"(ERROR [   0.005s] scenarios/document/veth.toml: two hosts (2 tests: 1 errored, 1 skipped)

ERROR two hosts: red reaches blue
ended in 'ping red -> blue': interrupted by SIGINT
  --> scenarios/document/veth.toml:8
  running:  ping red -> blue, for 3 ms
  again:    netrig run scenarios/document/veth.toml

interrupted by SIGINT, 3 of 4 scenarios not started
1 scenario, 2 tests: 0 passed, 0 failed, 1 errored, 1 skipped in 0.005s
)");
}

TEST_CASE("the check of the machine has a line, and what else changed where there is room for it") {
    std::vector<Event> clean = joined({veth(), {at(9, checked({})), at(9, RunFinished{milliseconds(9)})}});
    std::string scenario = " PASS [   0.008s] scenarios/document/veth.toml: two hosts (2 tests)\n";
    std::string sum = "\n1 scenario, 3 tests: 3 passed, 0 failed, 0 errored, 0 skipped in 0.009s\n";
    CHECK(shown(clean) == scenario + " PASS [   0.002s] netrig: nothing is left behind\n" + sum);
    std::vector<Event> busy =
        joined({veth(), {at(9, checked({}, {"file /tmp/x is new"})), at(9, RunFinished{milliseconds(9)})}});
    CHECK(shown(busy) ==
          scenario + " PASS [   0.002s] netrig: nothing is left behind (1 change by others, see -v)\n" + sum);
    CHECK_THAT(shown(busy, {.verbose = true}),
               contains(" PASS [   0.002s] netrig: nothing is left behind (1 change by others)\n"
                        "  changed meanwhile, not by the run as far as can be told:\n"
                        "  | file /tmp/x is new\n\n"));
}

TEST_CASE("what was left behind is shown as a failure, with what else changed") {
    CHECK(shown(joined({veth(),
                        {at(9, checked({"process 7 (a\x1b[2J)", "process 8 (b)"}, {"file /tmp/x is new"})),
                         at(9, RunFinished{milliseconds(9)})}})) ==
          R"( PASS [   0.008s] scenarios/document/veth.toml: two hosts (2 tests)
 FAIL [   0.002s] netrig: nothing is left behind (2 things were, 1 change by others)

 FAIL netrig: nothing is left behind
left behind: process 7 (a\x1b[2J), and 1 more
  left behind:
  | process 7 (a\x1b[2J)
  | process 8 (b)
  changed meanwhile, not by the run as far as can be told:
  | file /tmp/x is new

1 scenario, 3 tests: 2 passed, 1 failed, 0 errored, 0 skipped in 0.009s
)");
}

TEST_CASE("a machine that could not be looked at is shown as an error with the reason") {
    CHECK_THAT(
        shown(joined({veth(), {at(9, MachineChecked{Outcome::errored, "no /proc"}), at(9, RunFinished{})}})),
        contains("\nERROR netrig: nothing is left behind\nno /proc\n"));
}

TEST_CASE("of thousands of changes the first are shown, and how many there were") {
    std::vector<std::string> many(1000, "file /tmp/x is new");
    std::string text =
        shown(joined({veth(), {at(9, checked({}, many)), at(9, RunFinished{})}}), {.verbose = true});
    CHECK_THAT(text, contains("(1000 changes by others)") && contains("\n  | and 950 more\n"));
    CHECK(std::count(text.begin(), text.end(), '|') == 51);
}

TEST_CASE("a run in which all was skipped has tested nothing, whatever the machine's check says") {
    std::vector<Event> events{
        at(0, veth_started()),
        at(1, ScenarioFinished{0, Outcome::skipped, FailureKind::requirement, "this kernel has no netem"}),
        at(2, checked({})), at(3, RunFinished{})};
    CHECK_THAT(shown(events), contains("NOTHING WAS TESTED: all 2 tests were skipped") &&
                                  contains("3 tests: 1 passed, 0 failed, 0 errored, 2 skipped"));
}

TEST_CASE("an empty run shows its sum") {
    CHECK(shown({at(0, run_started(0)), at(1, RunFinished{milliseconds(1)})}) ==
          "\n0 scenarios, 0 tests: 0 passed, 0 failed, 0 errored, 0 skipped in 0.001s\n");
}

TEST_CASE("hostile text reaches the terminal visible, behind a bar, and can't be taken for another line") {
    std::vector<Event> events =
        one_failure("a\x1b[2J", "it's\n.toml", "b\tc", "exec\x1b]0;x\a",
                    {Answer::no, "a\r", "\x9B", {"::error::owned\n\x1b[31mred", std::string("nul\0", 4)}});
    CHECK(shown(events) == R"( FAIL [   0.003s] it's\x0a.toml: a\x1b[2J (1 test: 1 failed)

 FAIL a\x1b[2J: b\x09c
exec\x1b]0;x\x07: expected a, got \x9b
  --> it's .toml:5:2
  expected: a\x0d
  actual:   \x9b
  | ::error::owned
  | \x1b[31mred
  | nul\x00
  again:    netrig run 'it'\''s\x0a.toml'

1 scenario, 1 test: 0 passed, 1 failed, 0 errored, 0 skipped in 0.004s
)");
}
