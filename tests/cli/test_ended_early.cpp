#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/gate.h"
#include "tests/support/host_state.h"
#include "tests/support/junit_report.h"
#include "tests/support/processes.h"
#include "tests/support/skip.h"
#include "tests/support/wait_until.h"

#include <fmt/format.h>

using namespace netrig;

namespace {

std::string held_scenario(const std::string& more = {}) {
    return fmt::format(R"(
name  = "held"
hosts = ["red"]
{}
[[tests]]
name = "before"
exec = {{ on = "red", command = "true" }}

[[tests]]
name = "at the gate"

[[tests.steps]]
exec = {{ on = "red", command = "true" }}

[[tests.steps]]
label = "the step that waits"
exec  = {{ on = "red", command = "{}" }}

[[tests]]
name = "after"
exec = {{ on = "red", command = "true" }}
)",
                       more, Gate::command);
}

} // namespace

TEST_CASE("a signal ends a run in order: reports are written and the status says which signal") {
    if (skipped_without_namespaces())
        return;
    for (auto [signal, name] :
         {std::pair(SIGINT, "SIGINT"), {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"}, {SIGQUIT, "SIGQUIT"}}) {
        Machine machine = std::move(*Machine::make());
        TemporaryFolder folder;
        Gate gate(folder);
        folder.write("a-held.toml", held_scenario());
        folder.write("b-not-started.toml", held_scenario());
        folder.write("report.xml", "an older report\n");
        Child run = start_netrig({"run", "-j", "1", "--junit", "report.xml", "."},
                                 {.directory = folder.path(), .machine = &machine});
        REQUIRE(gate.reached_by(run));
        run.signal(signal);
        Ended ended = run.wait();
        INFO(ended.errors);
        CHECK(ended.status == 128 + signal);
        CHECK(left_behind(machine).empty());
        CHECK_THAT(ended.errors,
                   contains(fmt::format("interrupted by {}, 1 of 2 scenarios not started\n", name)));
        JunitReport report = read_junit(folder.read("report.xml"));
        CHECK(report.find("before").result.empty());
        JunitCase held = report.find("at the gate");
        CHECK(held.result == "error");
        CHECK(held.type == "interrupted");
        CHECK_THAT(held.body, contains(std::string("ended by ") + name) && contains("the step that waits") &&
                                  contains("--> ./a-held.toml:"));
        CHECK(report.find("after").result == "skipped");
    }
}

TEST_CASE("what a lab did before a signal ended it is reported, also when the runner was behind with it") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    Gate gate(folder);
    folder.write("held.toml", held_scenario() + fmt::format(R"(
[[tests]]
name = "the last gate"
exec = {{ on = "red", command = "{}" }}
)",
                                                            Gate::command));
    Child run = start_netrig({"run", "--junit", "-", "held.toml"}, {.directory = folder.path()});
    REQUIRE(gate.reached_by(run));
    run.signal(SIGSTOP);
    gate.open();
    REQUIRE(gate.reached_by(run)); // the lab went on, and nobody listened
    run.signal(SIGINT);
    run.signal(SIGCONT);
    Ended ended = run.wait();
    INFO(ended.errors);
    CHECK(ended.status == 128 + SIGINT);
    JunitReport report = read_junit(ended.output);
    for (const char* name : {"before", "at the gate", "after"}) {
        INFO(name);
        CHECK(report.find(name).result.empty());
    }
    JunitCase last = report.find("the last gate");
    CHECK(last.result == "error");
    CHECK(last.type == "interrupted");
    CHECK_THAT(last.body, contains("running:  exec on red: echo here"));
}

TEST_CASE("a second signal ends a run at once, and then too nothing is left") {
    if (skipped_without_namespaces())
        return;
    Machine machine = std::move(*Machine::make());
    TemporaryFolder folder;
    Gate gate(folder);
    folder.write("held.toml", held_scenario());
    Child run = start_netrig({"run", "--junit", "report.xml", "held.toml"},
                             {.directory = folder.path(), .machine = &machine});
    REQUIRE(gate.reached_by(run));
    REQUIRE(kill(engine_of(run.pid()), SIGSTOP) == 0); // so that the first signal takes its time
    run.signal(SIGTERM);
    run.signal(SIGINT);
    int status = run.wait().status;
    CHECK((status == 128 + SIGTERM || status == 128 + SIGINT));
    CHECK_FALSE(folder.has("report.xml"));
    CHECK(wait_until([&] { return left_behind(machine).empty(); }));
}

TEST_CASE("a signal that is ignored from the start, as by nohup, does not end a run") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    Gate gate(folder);
    folder.write("held.toml", held_scenario());
    Child run = start_netrig({"run", "held.toml"},
                             {.directory = folder.path(), .before = [] { signal(SIGHUP, SIG_IGN); }});
    REQUIRE(gate.reached_by(run));
    run.signal(SIGHUP);
    gate.open();
    CHECK(run.wait().status == 0);
}

TEST_CASE("a scenario that takes too long is errored by its timeout, which names the step") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    Gate gate(folder);
    folder.write("held.toml", held_scenario("timeout = \"500ms\"\n"));
    folder.write(
        "other.toml",
        "hosts = [\"red\"]\n[[tests]]\nname = \"other\"\nexec = { on = \"red\", command = \"true\" }\n");
    Ended ended = run_netrig({"run", "--junit", "-", "."}, {.directory = folder.path()});
    INFO(ended.errors);
    CHECK(ended.status == 6);
    CHECK_THAT(ended.errors, contains("not finished after 500 ms") &&
                                 contains("running:  the step that waits, for ") &&
                                 contains("2 scenarios, 4 tests: 2 passed, 0 failed, 1 errored, 1 skipped"));
    JunitReport report = read_junit(ended.output);
    CHECK(report.find("before").result.empty());
    CHECK(report.find("at the gate").result == "error");
    CHECK(report.find("at the gate").type == "timeout");
    CHECK_THAT(report.find("at the gate").message, contains("the step that waits"));
    CHECK(report.find("after").result == "skipped");
    CHECK(report.find("other").result.empty());
}

TEST_CASE("a step that takes too long fails by its timeout, and the tests after it are done") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    folder.write("net.toml", R"(
hosts = ["red"]

[[tests]]
name    = "too long"
exec    = { on = "red", command = "echo so far; exec sleep 1000" }
timeout = "200ms"

[[tests]]
name = "after"
exec = { on = "red", command = "true" }
)");
    Ended ended = run_netrig({"run", "--junit", "-", "net.toml"}, {.directory = folder.path()});
    CHECK(ended.status == 1);
    JunitReport report = read_junit(ended.output);
    CHECK(report.find("too long").result == "failure");
    CHECK_THAT(report.find("too long").body, contains("red: still running after ") && contains("so far"));
    CHECK(report.find("after").result.empty());
}
