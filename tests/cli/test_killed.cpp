#include "tests/support/held_run.h"
#include "tests/support/processes.h"
#include "tests/support/skip.h"

#include <random>
#include <thread>

using namespace netrig;

namespace {

/// What the run said after `victim` of the process of the run was killed; the host must be as before.
Ended run_with_killed(pid_t (*victim)(pid_t run)) {
    HeldRun held;
    Child run = held.start();
    pid_t pid = victim(run.pid());
    REQUIRE(pid > 0);
    REQUIRE(kill(pid, SIGKILL) == 0);
    Ended ended = run.wait();
    held.check_nothing_left();
    return ended;
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
    check_one_lab_lost(run_with_killed(reaper_of), "signal 9 (Killed)");
}

TEST_CASE("when the process that does a lab's work is killed its scenario is errored and all is gone") {
    if (skipped_without_namespaces())
        return;
    check_one_lab_lost(run_with_killed(engine_of), "signal 9 (Killed)");
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
    folder.write("held.toml", HeldRun::held_scenario(Gate::command));
    folder.write("other.toml", HeldRun::other_scenario);
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
