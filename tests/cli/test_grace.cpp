// A lab that is told to end, by a limit of time or by a signal, ends what runs in it in order: SIGTERM, a
// grace, SIGKILL, to whole process groups.

#include "tests/support/catch.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/gate.h"
#include "tests/support/host_state.h"
#include "tests/support/junit_report.h"
#include "tests/support/processes.h"
#include "tests/support/skip.h"

using namespace netrig;

namespace {

/// Two programs in one group: the first is gone at once when it is told to end, the second has more to say.
std::string serving(const std::string& more = {}) {
    return "hosts = [\"red\"]\n" + more + R"(
[[tests]]
name = "serves"
exec = { on = "red", command = ["sh", "-c", '''
echo started
bash -c 'trap "sleep 0.1; echo flushed by the second; exit" TERM
         echo here > gate.here
         while :; do sleep 0.01; done' &
read go < gate.go
'''] }

[[tests]]
name = "after"
ping = "red -> 127.0.0.1"
)";
}

void check_flushed(const std::string& report_text, const std::string& type) {
    JunitReport report = read_junit(report_text);
    JunitCase serves = report.find("serves");
    INFO(serves.body);
    CHECK(serves.result == "error");
    CHECK(serves.type == type);
    CHECK_THAT(serves.body, contains("running:  exec on red: sh -c ") && contains("for ") &&
                                contains("| on red: still running when the lab was ended") &&
                                contains("|     started") && contains("|     flushed by the second"));
    CHECK_THAT(serves.body, !contains("killed, as it did not end"));
    CHECK(report.find("after").result == "skipped");
}

/// A lab at the gate, in a machine of its own.
struct Served {
    Machine machine = std::move(*Machine::make());
    TemporaryFolder folder;
    Gate gate{folder};

    Child start(const std::string& scenario, std::vector<std::string> arguments = {}) const {
        folder.write("net.toml", scenario);
        arguments.insert(arguments.begin(), {"run", "--junit", "-", "net.toml"});
        Child run = start_netrig(arguments, {.directory = folder.path(), .machine = &machine});
        REQUIRE(gate.reached_by(run));
        return run;
    }
};

} // namespace

TEST_CASE("at a scenario's time limit its programs may flush what they have, and the report has it") {
    if (skipped_without_namespaces())
        return;
    Served served;
    Ended ended = served.start(serving("timeout = \"1s\"\n")).wait();
    CHECK(ended.status == 6);
    check_flushed(ended.output, "timeout");
    CHECK(left_behind(served.machine).empty());
}

TEST_CASE("at a run's time limit its programs may flush what they have") {
    if (skipped_without_namespaces())
        return;
    Served served;
    Ended ended = served.start(serving(), {"--timeout", "1s"}).wait();
    CHECK(ended.status == 6);
    check_flushed(ended.output, "timeout");
    CHECK(left_behind(served.machine).empty());
}

TEST_CASE("when a signal ends a run its programs may flush what they have") {
    if (skipped_without_namespaces())
        return;
    Served served;
    Child run = served.start(serving());
    run.signal(SIGINT);
    Ended ended = run.wait();
    CHECK(ended.status == 128 + SIGINT);
    check_flushed(ended.output, "interrupted");
    CHECK(left_behind(served.machine).empty());
}

TEST_CASE("a service manager that ends all processes of a run at once gets the same") {
    if (skipped_without_namespaces())
        return;
    Served served;
    Child run = served.start(serving());
    pid_t reaper = reaper_of(run.pid()), engine = engine_of(run.pid());
    run.signal(SIGTERM);
    REQUIRE(kill(reaper, SIGTERM) == 0);
    REQUIRE(kill(engine, SIGTERM) == 0);
    Ended ended = run.wait();
    CHECK(ended.status == 128 + SIGTERM);
    check_flushed(ended.output, "interrupted");
    CHECK(left_behind(served.machine).empty());
}

TEST_CASE("a lab whose worker alone is told to end flushes too, and its scenario is errored") {
    if (skipped_without_namespaces())
        return;
    Served served;
    Child run = served.start(serving());
    REQUIRE(kill(engine_of(run.pid()), SIGTERM) == 0);
    Ended ended = run.wait();
    CHECK(ended.status == 6);
    CHECK_THAT(ended.errors, contains("the lab's process ended before it was done: signal 15 (Terminated)"));
    check_flushed(ended.output, "internal");
}

TEST_CASE("what waits in a lab stops waiting when the lab is told to end") {
    if (skipped_without_namespaces())
        return;
    const std::string lab = R"(
timeout = "500ms"
hosts = ["red", "blue"]
links = [{ ends = ["red", "blue"], addresses = ["10.0.0.1/24", "10.0.0.2/24"] }]
[nodes.blue]
routes = ["blackhole 10.0.0.1/32"]
[[tests]]
name = "before"
exec = { on = "blue", command = "true" }
[[tests]]
name = "waits"
)";
    const std::vector<std::pair<std::string, std::string>> steps{
        {"ping", R"(ping = { between = "red -> 10.0.0.9", expect = "no-reply", timeout = "1000s" })"},
        {"ping-within", "ping = \"red -> 10.0.0.9\"\nwithin = \"1000s\""},
        {"tcp", R"(tcp-echo = { between = "red -> blue", expect = "timeout", timeout = "1000s" })"},
        {"link", "link = { on = \"red:eth0\", is = \"down\" }\nwithin = \"1000s\""},
        {"exec", R"(exec = { on = "red", command = "exec sleep 1000" })"},
        {"stubborn", R"(exec = { on = "red", command = "trap '' TERM; while :; do sleep 1000; done" })"}};
    TemporaryFolder folder;
    for (const auto& [name, step] : steps)
        folder.write(name + ".toml", lab + step + "\n");
    Ended ended = run_netrig({"run", "-j", "6", "--junit", "-", "."}, {.directory = folder.path()});
    INFO(ended.errors);
    CHECK(ended.status == 6);
    CHECK_THAT(ended.errors, contains("6 passed, 0 failed, 6 errored") &&
                                 contains("not finished after 500 ms") && !contains("did not end by itself"));
}

TEST_CASE("a lab that does not end when it is told to is killed, and the report says so") {
    if (skipped_without_namespaces())
        return;
    Served served;
    Child run = served.start(serving());
    REQUIRE(kill(engine_of(run.pid()), SIGSTOP) == 0);
    run.signal(SIGINT);
    Ended ended = run.wait();
    CHECK(ended.status == 128 + SIGINT);
    CHECK_THAT(read_junit(ended.output).find("serves").body,
               contains("ended by SIGINT; killed, as it did not end by itself in 3 s"));
    CHECK(left_behind(served.machine).empty());
}
