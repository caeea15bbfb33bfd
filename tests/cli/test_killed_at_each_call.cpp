// The runner, and in other runs the lab's first process, is killed at each call by which a lab is built,
// asked and left: that is at every operation of its plan and within every kind of step. Nothing remains,
// whenever it is.

#include "tests/support/catch.h"
#include "tests/support/host_state.h"
#include "tests/support/junit_report.h"
#include "tests/support/skip.h"
#include "tests/support/supervised_run.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/wait_until.h"

#include <fmt/format.h>
#include <sys/syscall.h>

using namespace netrig;

namespace {

/// All that a lab does of itself here, and each kind of step.
constexpr const char* scenario = R"(
name  = "all of it"
hosts = ["one", "two", "three"]
pool  = ["10.0.0.0/16", "2001:db8::/48"]
bridges.switch = { ports = ["two", "three"], vlan-filtering = false, ageing = "10s" }

[[links]]
ends  = ["one", "two"]
delay = "1ms"

[nodes.one]
routes   = ["10.9.0.0/16 via two"]
rules    = ["from 10.8.0.0/16 table main"]
sysctls  = { "net.ipv4.ip_default_ttl" = 77 }
files    = { "/etc/app/conf" = "x" }
setup    = ["true"]

[nodes.three.interfaces.upper]
kind   = "macvlan"
parent = "eth0"

[[tests]]
name = "probes and programs"
[[tests.steps]]
ping = { between = "one <-> two", family = "both" }
[[tests.steps]]
tcp-echo = "two -> three"
[[tests.steps]]
exec = { on = "one", command = "sleep 1000 & cat /etc/app/conf", stdout = "x" }

[[tests]]
name = "changes"
[[tests.steps]]
link-down = "three:eth0"
[[tests.steps]]
link   = { on = "three:eth0", is = "down" }
within = "5s"
[[tests.steps]]
link-up = "three:eth0"
[[tests.steps]]
delete-link = "three:upper"
)";

/// By which namespaces, mounts, links and processes come to be, are asked and changed.
const std::vector<int> calls{SYS_clone3, SYS_clone,      SYS_unshare, SYS_setns,   SYS_mount,  SYS_sendto,
                             SYS_mkdir,  SYS_socket,     SYS_connect, SYS_accept4, SYS_vfork,  SYS_execve,
                             SYS_ioctl,  SYS_move_mount, SYS_rename,  SYS_sendmsg, SYS_openat2};

/// With the sanitizers each run takes ten times as long, so only some are made.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t step = 12;
#else
constexpr std::size_t step = 2;
#endif

const std::vector<std::string> arguments{"run", "--junit", "report.xml", "net.toml"};

/// What a run says whose lab was killed: its scenario is errored, and the report tells of it.
void check_one_errored(const SupervisedRun& run, const TemporaryFolder& folder) {
    CHECK((run.ended.status == 6 || run.ended.status == 0)); // all may have been done by then
    JunitReport report = read_junit(folder.read("report.xml"));
    CHECK(report.cases.size() >= 2);
}

} // namespace

TEST_CASE("a run or a lab that is killed at any of its calls leaves nothing") {
    auto machine = Machine::make();
    if (!machine)
        return skip(describe(machine.error()));
    furnish(*machine);
    std::string before = host_state(*machine);
    TemporaryFolder folder;
    folder.write("net.toml", scenario);
    ChildOptions options{.directory = folder.path(),
                         .environment = {{"ASAN_OPTIONS", "detect_leaks=0"}},
                         .machine = &*machine};
    auto whole = run_supervised(arguments, options, calls);
    if (!whole)
        return skip("system calls can't be held here");
    INFO(whole->ended.errors);
    REQUIRE(whole->ended.status == 0);
    REQUIRE(whole->seen.size() > 100);
    std::size_t kills = 0;
    for (std::size_t i = 0; i < whole->seen.size(); i += step) {
        const SeenCall& at = whole->seen[i];
        Part victim = i / step % 2 == 0 || at.lab == 0 ? Part::dispatcher : Part::reaper;
        auto run = run_supervised(arguments, options, calls, Fault{at.number, at.lab, at.nth, 0, victim});
        REQUIRE(run);
        INFO(fmt::format("call {}, the {}. of number {} of lab {}, {} killed; status {}\n{}", i, at.nth,
                         at.number, at.lab, victim == Part::dispatcher ? "runner" : "reaper",
                         run->ended.status, run->ended.errors));
        CHECK(run->all_ended);
        CHECK(wait_until([&] { return left_behind(*machine).empty(); }));
        if (run->failed && victim == Part::dispatcher)
            CHECK(run->ended.status == 128 + SIGKILL);
        else
            check_one_errored(*run, folder);
        kills += run->failed ? 1 : 0;
    }
    CHECK(kills * step * 10 > whole->seen.size() * 9); // a few come in another number each time
    CHECK(host_state(*machine) == before);
}
