#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"
#include "tests/support/told_run.h"

#include <cerrno>
#include <fmt/format.h>

using namespace netrig;
using namespace std::chrono_literals;

static const std::string two_nodes = "hosts = [\"red\", \"blue\"]\n[[tests]]\n";

static std::string verdict(const std::string& step, Result<std::vector<CommandAnswer>> answers) {
    Scenario scenario = scenario_of(two_nodes + step + "\n");
    ScriptedLab lab(scenario.topology);
    lab.commands = {std::move(answers)};
    return show_verdict(std::get<Exec>(scenario.tests[0].steps[0].verb).run(lab, {}));
}

static CommandAnswer ended(int status, std::string output = {}, std::string errors = {}) {
    return {status, 0, false, {}, {std::move(output), {}, 0}, {std::move(errors), {}, 0}, 3ms};
}

TEST_CASE("a command that does as expected says so in short") {
    CHECK(verdict("exec = { on = 'red', command = 'ip route' }", {{ended(0, "default via 10.0.0.1\n")}}) ==
          R"(yes
expected: exit status 0
actual: exit status 0
| command: ip route
)");
    CHECK(verdict(
              "exec = { on = 'red', command = ['false'], exit = 1, stdout = { equals = '' }, stderr = 'no' }",
              {{ended(1, "", "no, never\n")}}) == R"(yes
expected: exit status 1, stdout that is empty, stderr that contains 'no'
actual: exit status 1, stdout that is empty, stderr that contains 'no'
| command: false
)");
}

TEST_CASE("another exit status shows both outputs") {
    CHECK(verdict("exec = { on = 'red', command = 'make' }", {{ended(2, "one\n  two\n", "oh no")}}) == R"(no
expected: exit status 0
actual: red: exit status 2
| command: make
| on red: exit status 2, after 3 ms
| stdout:
|     one
|       two
| stderr:
|     oh no
)");
}

TEST_CASE("another output than expected is shown, an empty one is called so") {
    CHECK(verdict("exec = { on = 'red', command = 'ls', stdout = 'a', stderr = { matches = '^b$' } }",
                  {{ended(0, "c\n")}}) ==
          R"(no
expected: exit status 0, stdout that contains 'a', stderr that matches /^b$/
actual: red: another stdout, an empty stderr
| command: ls
| on red: exit status 0, after 3 ms
| stdout:
|     c
)");
    CHECK(verdict("exec = { on = 'red', command = 'ls', exit = 3, stdout = 'a' }", {{ended(0)}}) == R"(no
expected: exit status 3, stdout that contains 'a'
actual: red: exit status 0, an empty stdout
| command: ls
| on red: exit status 0, after 3 ms
)");
}

TEST_CASE("of several nodes those that differ are told apart") {
    CHECK(verdict("exec = { on = '*', command = 'true' }", {{ended(0), ended(1)}}) == R"(no
expected: exit status 0
actual: blue: exit status 1
| command: true
| on blue: exit status 1, after 3 ms
)");
    CHECK(verdict("exec = { on = '*', command = 'true' }", {{ended(2), ended(1)}}) == R"(no
expected: exit status 0
actual: red: exit status 2; blue: exit status 1
| command: true
| on red: exit status 2, after 3 ms
| on blue: exit status 1, after 3 ms
)");
}

TEST_CASE("a command that ended by a signal, or was ended after its time, is no exit status") {
    CommandAnswer killed = ended(0);
    killed.status.reset();
    killed.signal = 11;
    CHECK(verdict("exec = { on = 'red', command = 'x' }", {{killed}}) == R"(no
expected: exit status 0
actual: red: ended by signal 11 (SEGV)
| command: x
| on red: ended by signal 11 (SEGV), after 3 ms
)");
    CommandAnswer late = killed;
    late.signal = 15;
    late.timed_out = true;
    late.took = 2s;
    CHECK(verdict("exec = { on = 'red', command = 'x' }", {{late}}) == R"(no
expected: exit status 0
actual: red: still running after 2 s, ended
| command: x
| on red: still running after 2 s, ended
)");
    late.status = 0; // it handled SIGTERM and left with the status that was wanted
    CHECK(verdict("exec = { on = 'red', command = 'x' }", {{late}}).starts_with("no\n"));
}

TEST_CASE("a command that ended by a signal without a name is told by its number") {
    CommandAnswer killed = ended(0);
    killed.status.reset();
    killed.signal = 40;
    CHECK(verdict("exec = { on = 'red', command = 'x' }", {{killed}}).find("ended by signal 40") !=
          std::string::npos);
}

TEST_CASE("a command that could not be started is no answer") {
    CommandAnswer missing;
    missing.not_started = "No such file or directory (ENOENT)";
    CHECK(verdict("exec = { on = '*', command = ['nothing'] }", {{ended(0), missing}}) == R"(could not ask
expected: exit status 0
actual: on blue: No such file or directory (ENOENT)
)");
    CHECK(verdict("exec = { on = 'red', command = 'x' }",
                  failure({"start a program in red", EMFILE, "", ""})) ==
          R"(could not ask
expected: exit status 0
actual: cannot start a program in red: Too many open files (EMFILE)
)");
}

TEST_CASE("a long output is shown up to 200 lines, and one that was cut says where") {
    std::string lines;
    for (int i = 1; i <= 300; ++i)
        lines += fmt::format("{:03}\n", i);
    std::string text = verdict("exec = { on = 'red', command = 'x' }", {{ended(1, lines)}});
    CHECK(text.find("|     200\n|     ... 400 bytes more\n") != std::string::npos);
    CHECK(text.find("201") == std::string::npos);
    CommandAnswer cut = ended(1);
    cut.output = {"head", "tail\n", 1'000'000};
    CHECK(verdict("exec = { on = 'red', command = 'x' }", {{cut}}) == R"(no
expected: exit status 0
actual: red: exit status 1
| command: x
| on red: exit status 1, after 3 ms
| stdout:
|     head
|     ... 1000000 bytes left out ...
|     tail
)");
}

TEST_CASE("every node gets the command with its own name in NETRIG_NODE") {
    Scenario scenario =
        scenario_of(two_nodes + "exec = { on = '*', command = 'x', env = { A = '1' }, timeout = '9s' }\n");
    ScriptedLab lab(scenario.topology);
    lab.commands = {{{ended(0), ended(0)}}};
    const Exec& exec = std::get<Exec>(scenario.tests[0].steps[0].verb);
    exec.run(lab, {});
    exec.run(lab, {.timeout = 2s});
    const CommandRequest& second = lab.asked_commands.at(0).at(1);
    CHECK(second.on == 1);
    CHECK(second.environment == std::map<std::string, std::string>{{"A", "1"}, {"NETRIG_NODE", "blue"}});
    CHECK(second.timeout == 9s);
    CHECK(lab.asked_commands.at(1).at(1).timeout == 2s);
}
