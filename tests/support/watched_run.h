// A run that is held in mid-lab on a machine of the test's own, so that the test can do there what must not
// be left, or what somebody else would do meanwhile.
#pragma once

#include "tests/support/child.h"
#include "tests/support/gate.h"
#include "tests/support/host_state.h"
#include "tests/support/processes.h"
#include "tests/support/wait_until.h"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <sstream>

namespace netrig {

inline std::string lab_scenario(const std::string& last_command) {
    return fmt::format(R"(
hosts = ["red", "blue"]

[[links]]
ends   = ["red:veth0", "blue:veth1"]
subnet = "10.0.0.0/24"

[[tests]]
name = "red reaches blue"
ping = "red -> blue"

[[tests]]
name = "files, a mount, IPC and a process of its own"
exec = {{ on = "red", command = "touch /tmp/x /dev/shm/x; mount -t tmpfs none /mnt; ipcmk -M 100; setsid sleep 1000 &" }}

[[tests]]
name = "the last command"
exec = {{ on = "red", command = "{}" }}
)",
                       last_command);
}

using Before = void (*)();

struct WatchedOptions {
    std::vector<std::string> arguments{"--check-leaks"};
    Before before = nullptr; ///< called by the run before it becomes netrig
    std::string command = Gate::command;
    MachineOptions machine{};
};

/// A machine, and in it a run of two scenarios, one after the other, of which the first is held at its gate.
struct WatchedRun {
    explicit WatchedRun(const WatchedOptions& options = {})
        : machine(std::move(*Machine::make(options.machine))), gate(folder) {
        folder.write("a.toml", lab_scenario(options.command));
        folder.write("b.toml", lab_scenario(options.command));
        std::vector<std::string> arguments{"run", "-v", "-j", "1", "--junit", "-", "a.toml", "b.toml"};
        arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
        if (options.machine.test_is == 0)
            furnish(machine);
        run.emplace(start_netrig(
            arguments, {.directory = folder.path(), .machine = &machine, .before = options.before}));
        REQUIRE(gate.reached_by(*run));
    }

    void go_on_to_second() {
        gate.open();
        REQUIRE(gate.reached_by(*run));
    }

    Ended let_end() {
        go_on_to_second();
        gate.open();
        return run->wait();
    }

    void do_there(const std::string& script) const {
        Ended ended =
            start_program({"bash", "-ec", script}, {.directory = folder.path(), .machine = &machine}).wait();
        INFO(ended.errors);
        REQUIRE(ended.status == 0);
    }

    /// Somebody else's process in the machine, which ends with the test; the script must touch "ready" and
    /// stay.
    [[nodiscard]] Child let_stay(const std::string& script) const {
        Child child =
            start_program({"bash", "-ec", script}, {.directory = folder.path(), .machine = &machine});
        REQUIRE(wait_until([&] { return folder.has("ready"); }));
        std::filesystem::remove(folder / "ready");
        return child;
    }

    /// The number in the machine of one of the run's processes (NSpid in proc_pid_status(5): one a PID
    /// namespace).
    [[nodiscard]] static std::string number_there(pid_t in_lab) {
        std::ifstream file(fmt::format("/proc/{}/status", in_lab));
        for (std::string line; std::getline(file, line);)
            if (line.starts_with("NSpid:")) {
                std::istringstream words(line.substr(6));
                std::vector<std::string> numbers{std::istream_iterator<std::string>(words), {}};
                return numbers.at(numbers.size() - 2);
            }
        throw std::runtime_error("there is no such process");
    }

    [[nodiscard]] std::string lab() const { return number_there(reaper_of(run->pid())); }
    [[nodiscard]] std::string command_in_red() const {
        std::vector<pid_t> commands = children_of(engine_of(run->pid()));
        return number_there(commands.at(0));
    }

    TemporaryFolder folder;
    Machine machine;
    Gate gate;
    std::optional<Child> run;
};

} // namespace netrig
