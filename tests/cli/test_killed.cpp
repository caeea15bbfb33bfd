#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/gate.h"
#include "tests/support/host_state.h"
#include "tests/support/junit_report.h"
#include "tests/support/processes.h"
#include "tests/support/skip.h"
#include "tests/support/wait_until.h"

#include <fmt/format.h>
#include <random>
#include <thread>

using namespace netrig;

namespace {

/// Stops at the gate in its second test, beside a process in the background that ignores every signal it can.
std::string scenario_with_gate() {
    return fmt::format(R"(
name  = "held"
hosts = ["red", "blue"]

[[links]]
ends   = ["red", "blue"]
subnet = "10.0.0.0/30"

[[tests]]
name = "before"
exec = {{ on = "blue", command = "trap '' TERM HUP INT; setsid sleep 1000 & mount -t tmpfs none /mnt" }}

[[tests]]
name = "at the gate"
exec = {{ on = "red", command = "{}" }}

[[tests]]
name = "after"
ping = "red -> blue"
)",
                       Gate::command);
}

const std::string other_scenario = R"(
name  = "other"
hosts = ["red", "blue"]

[[links]]
ends   = ["red", "blue"]
subnet = "10.0.0.0/30"

[[tests]]
name = "red reaches blue"
ping = "red -> blue"
)";

/// What the run said after `victim` of the process of the run was killed while the first of two scenarios was
/// at the gate; the host must be as before.
Ended run_with_killed(pid_t (*victim)(pid_t run)) {
    Machine machine = std::move(*Machine::make());
    furnish(machine);
    std::string before = host_state(machine);
    TemporaryFolder folder;
    folder.write("a-held.toml", scenario_with_gate());
    folder.write("b-other.toml", other_scenario);
    Gate gate(folder);
    Child run = start_netrig({"run", "-j", "1", "--junit", "-", "."},
                             {.directory = folder.path(), .machine = &machine});
    REQUIRE(gate.reached_by(run));
    pid_t pid = victim(run.pid());
    REQUIRE(pid > 0);
    REQUIRE(kill(pid, SIGKILL) == 0);
    Ended ended = run.wait();
    CHECK(wait_until([&] { return left_behind(machine).empty(); }));
    CHECK(left_behind(machine).empty());
    CHECK(host_state(machine) == before);
    return ended;
}

/// One lab was lost, in the words of the console and the report; the other scenario is not touched by it.
void check_one_lab_lost(const Ended& ended) {
    INFO(ended.errors);
    CHECK(ended.status == 6);
    CHECK_THAT(ended.errors, contains("the lab's process ended before it was done: signal 9 (Killed)") &&
                                 contains("running:  exec on red: ") && contains("--> ./a-held.toml:"));
    CHECK_THAT(ended.errors, contains("2 scenarios, 4 tests: 2 passed, 0 failed, 1 errored, 1 skipped"));
    JunitReport report = read_junit(ended.output);
    CHECK(report.find("before").result.empty());
    CHECK(report.find("at the gate").result == "error");
    CHECK(report.find("at the gate").type == "internal");
    CHECK_THAT(report.find("at the gate").body, contains("signal 9 (Killed)"));
    CHECK(report.find("after").result == "skipped");
    CHECK(report.find("red reaches blue").classname == "b-other");
    CHECK(report.find("red reaches blue").result.empty());
}

} // namespace

TEST_CASE("when the runner is killed everything is gone") {
    if (skipped_without_namespaces())
        return;
    Ended ended = run_with_killed([](pid_t run) { return run; });
    CHECK(ended.status == 128 + SIGKILL);
    CHECK(ended.output.empty());
}

TEST_CASE("when a lab's first process is killed its scenario is errored, the others pass and all is gone") {
    if (skipped_without_namespaces())
        return;
    check_one_lab_lost(run_with_killed(reaper_of));
}

TEST_CASE("when the process that does a lab's work is killed its scenario is errored and all is gone") {
    if (skipped_without_namespaces())
        return;
    check_one_lab_lost(run_with_killed(engine_of));
}

TEST_CASE("a runner that is killed while a large lab is built leaves nothing") {
    if (skipped_without_namespaces())
        return;
    Machine machine = std::move(*Machine::make());
    ChildOptions options{.directory = NETRIG_SOURCE_DIR, .machine = &machine};
    for (auto part : {reaper_of, engine_of}) {
        Child run = start_netrig({"run", "scenarios/examples/hundred-hosts.toml"}, options);
        REQUIRE(wait_until([&] { return part(run.pid()) > 0; }));
        run.signal(SIGKILL);
        CHECK(run.wait().status == 128 + SIGKILL);
        CHECK(wait_until([&] { return left_behind(machine).empty(); }));
    }
}

TEST_CASE("the kernel gets every namespace back, also from labs that were killed") {
    // With a limit of as many as one lab needs, the next one can only be built when the last one's are gone.
    constexpr MachineOptions as_many_as_one_lab{
        .own_users = true, .limit = "max_net_namespaces", .limit_to = "4"}; // and the machine's own
    auto machine = Machine::make(as_many_as_one_lab);
    if (!machine) {
        skip(describe(machine.error()));
        return;
    }
    TemporaryFolder folder;
    Gate gate(folder);
    folder.write("held.toml", scenario_with_gate());
    folder.write("other.toml", other_scenario);
    ChildOptions options{.directory = folder.path(), .machine = &*machine};
    // A lab that could not be built takes its time to go, too: ask less and less often.
    const WaitOptions patience{.at_most = std::chrono::seconds(40), .longest_pause = std::chrono::seconds(2)};
    for (int i = 0; i < 2; ++i) {
        CHECK(wait_until([&] { return run_netrig({"run", "other.toml"}, options).status == 0; }, patience));
        std::optional<Child> held;
        auto start_held = [&] {
            held.emplace(start_netrig({"run", "held.toml"}, options));
            return gate.reached_by(*held);
        };
        CHECK(wait_until(start_held, patience));
        CHECK(run_netrig({"run", "other.toml"}, options).status == 6); // so the limit is one lab
        held->signal(SIGKILL);
        held->wait();
    }
}

TEST_CASE("a run that is killed at any moment leaves nothing") {
    if (skipped_without_namespaces())
        return;
    Machine machine = std::move(*Machine::make());
    furnish(machine);
    std::string before = host_state(machine);
    ChildOptions options{.directory = NETRIG_SOURCE_DIR, .machine = &machine};
    constexpr int kills = 200;
    std::minstd_rand random(20); // the same moments on every machine, as far as its speed allows
    std::uniform_int_distribution<int> microseconds(0, 40'000);
    for (int i = 0; i < kills; ++i) {
        Child run = start_netrig({"run", "scenarios/document", "scenarios/examples/two-hosts.toml"}, options);
        std::this_thread::sleep_for(std::chrono::microseconds(microseconds(random)));
        // In turn the runner, and what stands for a lab's first process and its worker where they are by
        // then.
        pid_t victim = i % 3 == 0 ? run.pid() : i % 3 == 1 ? reaper_of(run.pid()) : engine_of(run.pid());
        if (victim > 0)
            kill(victim, SIGKILL);
        run.signal(SIGKILL);
        run.wait();
        INFO(i);
        REQUIRE(wait_until([&] { return left_behind(machine).empty(); }));
    }
    CHECK(host_state(machine) == before);
}
