#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/gate.h"
#include "tests/support/host_state.h"
#include "tests/support/processes.h"
#include "tests/support/skip.h"
#include "tests/support/wait_until.h"

#include <fmt/format.h>
#include <fstream>

using namespace netrig;

namespace {

/// A lab with two relayed links, at the gate in its first test.
std::string relayed_at_gate() {
    return fmt::format(R"(
hosts    = ["red", "blue"]
emulator = "relay"
[[links]]
ends   = ["red", "blue"]
subnet = "10.0.0.0/30"
delay  = "1ms"
[[links]]
ends   = ["red", "blue"]
subnet = "10.0.1.0/30"
loss   = "1%"
[[tests]]
name = "at the gate"
exec = {{ on = "red", command = "{}" }}
[[tests]]
name = "nobody answers"
ping = {{ between = "red -> blue", expect = "no-reply", timeout = "100ms" }}
)",
                       Gate::command);
}

/// The child of a lab's engine that carries frames.
pid_t relay_of(pid_t run) {
    for (pid_t child : children_of(engine_of(run))) {
        std::ifstream file(fmt::format("/proc/{}/comm", child));
        std::string name;
        if (file >> name && name == "netrig-relay")
            return child;
    }
    return 0;
}

} // namespace

TEST_CASE("a run with relayed links that is killed leaves nothing, whichever process dies") {
    if (skipped_without_namespaces())
        return;
    pid_t (*const victims[])(pid_t) = {[](pid_t run) { return run; }, reaper_of, engine_of};
    for (auto victim : victims) {
        Machine machine = std::move(*Machine::make());
        furnish(machine);
        std::string before = host_state(machine);
        TemporaryFolder folder;
        folder.write("net.toml", relayed_at_gate());
        Gate gate(folder);
        Child run = start_netrig({"run", "."}, {.directory = folder.path(), .machine = &machine});
        REQUIRE(gate.reached_by(run));
        CHECK(relay_of(run.pid()) > 0);
        pid_t pid = victim(run.pid());
        REQUIRE(pid > 0);
        REQUIRE(kill(pid, SIGKILL) == 0);
        run.wait();
        CHECK(wait_until([&] { return left_behind(machine).empty(); }));
        CHECK(host_state(machine) == before);
    }
}

TEST_CASE("a check that wants no answer is an error, not passed, once the relay has died") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    folder.write("net.toml", relayed_at_gate());
    Gate gate(folder);
    Child run = start_netrig({"run", "."}, {.directory = folder.path()});
    REQUIRE(gate.reached_by(run));
    pid_t relay = relay_of(run.pid());
    REQUIRE(relay > 0);
    kill(relay, SIGKILL);
    // Dying takes a moment, and only what is dead can be seen to be.
    auto is_dead = [&] {
        std::ifstream status(fmt::format("/proc/{}/stat", relay));
        std::string text{std::istreambuf_iterator<char>(status), {}};
        return text.empty() || text.find(") Z ") != std::string::npos;
    };
    REQUIRE(wait_until(is_dead));
    gate.open();
    Ended ended = run.wait();
    INFO(ended.errors);
    CHECK(ended.status == 6);
    CHECK_THAT(ended.errors,
               contains("cannot carry frames any more: the relay between taps ended: signal 9 (Killed)") &&
                   contains("0 passed, 0 failed, 2 errored"));
}
