// A run of two scenarios, one lab at a time, in a machine of its own: the first stops at a gate in its second
// test, beside a process in the background that ignores every signal it can. What the test does to the run
// then must leave the machine as it was.
#pragma once

#include "tests/support/catch.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/gate.h"
#include "tests/support/host_state.h"
#include "tests/support/junit_report.h"
#include "tests/support/wait_until.h"

#include <string>
#include <vector>

namespace netrig {

class HeldRun {
public:
    /// `at_the_gate` is what the step runs that stops there.
    explicit HeldRun(const std::string& at_the_gate = Gate::command) {
        furnish(machine);
        before_ = host_state(machine);
        folder.write("a-held.toml", held_scenario(at_the_gate));
        folder.write("b-other.toml", other_scenario);
    }

    /// Returns when it is at the gate. The report goes to standard output unless `arguments` say otherwise.
    [[nodiscard]] Child start(ChildOptions options = {},
                              const std::vector<std::string>& arguments = {"--junit", "-"}) const {
        std::vector<std::string> all{"run", "-j", "1", "."};
        all.insert(all.end(), arguments.begin(), arguments.end());
        options.directory = folder.path();
        options.machine = &machine;
        Child run = start_netrig(all, options);
        REQUIRE(gate.reached_by(run));
        return run;
    }

    void check_nothing_left() const {
        CHECK(wait_until([&] { return left_behind(machine).empty(); }));
        CHECK(left_behind(machine).empty());
        CHECK(host_state(machine) == before_);
    }

    Machine machine = std::move(*Machine::make());
    TemporaryFolder folder;
    Gate gate{folder};

    static std::string held_scenario(const std::string& at_the_gate) {
        return R"(
name  = "held"
hosts = ["red", "blue"]

[[links]]
ends   = ["red", "blue"]
subnet = "10.0.0.0/30"

[[tests]]
name = "before"
exec = { on = "blue", command = "trap '' TERM HUP INT; setsid sleep 1000 & mount -t tmpfs none /mnt" }

[[tests]]
name = "at the gate"
exec = { on = "red", command = ")" +
               at_the_gate + R"(" }

[[tests]]
name = "after"
ping = "red -> blue"
)";
    }

    static constexpr const char* other_scenario = R"(
name  = "other"
hosts = ["red", "blue"]

[[links]]
ends   = ["red", "blue"]
subnet = "10.0.0.0/30"

[[tests]]
name = "red reaches blue"
ping = "red -> blue"
)";

private:
    std::string before_;
};

/// The first lab was lost with these words, on the console and in the report; the other scenario is not
/// touched by it.
inline void check_one_lab_lost(const Ended& ended, const std::string& words) {
    INFO(ended.errors);
    CHECK(ended.status == 6);
    CHECK_THAT(ended.errors, contains("the lab's process ended before it was done: " + words) &&
                                 contains("running:  exec on red: ") && contains("--> ./a-held.toml:"));
    CHECK_THAT(ended.errors, contains("2 scenarios, 4 tests: 2 passed, 0 failed, 1 errored, 1 skipped"));
    JunitReport report = read_junit(ended.output);
    CHECK(report.find("before").result.empty());
    CHECK(report.find("at the gate").result == "error");
    CHECK(report.find("at the gate").type == "internal");
    CHECK_THAT(report.find("at the gate").body, contains(words));
    CHECK(report.find("after").result == "skipped");
    CHECK(report.find("red reaches blue").classname == "b-other");
    CHECK(report.find("red reaches blue").result.empty());
}

} // namespace netrig
