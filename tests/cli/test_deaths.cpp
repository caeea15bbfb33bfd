// Whatever a run dies of, or nearly: afterwards the machine is as before.

#include "tests/support/crash.h"
#include "tests/support/held_run.h"
#include "tests/support/memory_group.h"
#include "tests/support/processes.h"
#include "tests/support/skip.h"
#include "tests/support/terminal.h"

#include <fmt/format.h>
#include <sys/resource.h>

using namespace netrig;

namespace {

/// The address sanitizer, where it is built in, would make other ends of these signals.
const std::map<std::string, std::string> plain_signals{
    {"ASAN_OPTIONS", "handle_segv=0:handle_abort=0:handle_sigbus=0"}};

/// A pipe whose reader is gone.
Fd closed_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("cannot make a pipe");
    close(ends[0]);
    return Fd(ends[1]);
}

void check_all_passed(const JunitReport& report) {
    CHECK(report.cases.size() == 4);
    for (const JunitCase& each : report.cases)
        CHECK(each.result.empty());
}

} // namespace

TEST_CASE("when the terminal is closed a run ends in order and writes its report") {
    if (skipped_without_namespaces())
        return;
    HeldRun held;
    Terminal terminal;
    Child run = held.start({.before = terminal.entry()}, {"-v", "--junit", "report.xml"});
    terminal.close();
    CHECK(run.wait().status == 128 + SIGHUP);
    JunitReport report = read_junit(held.folder.read("report.xml"));
    CHECK(report.find("before").result.empty());
    CHECK(report.find("at the gate").type == "interrupted");
    CHECK_THAT(report.find("at the gate").body, contains("ended by SIGHUP"));
    held.check_nothing_left();
}

TEST_CASE("a run that does not mind its terminal being closed goes on to its end") {
    if (skipped_without_namespaces())
        return;
    HeldRun held;
    Terminal terminal;
    auto nohup = [enter = terminal.entry()] {
        enter();
        signal(SIGHUP, SIG_IGN);
    };
    Child run = held.start({.before = nohup}, {"-v", "--junit", "report.xml"});
    terminal.close();
    held.gate.open();
    CHECK(run.wait().status == 0);
    check_all_passed(read_junit(held.folder.read("report.xml")));
    held.check_nothing_left();
}

TEST_CASE("a console that nobody reads any more does not end a run") {
    if (skipped_without_namespaces())
        return;
    HeldRun held;
    Fd nobody = closed_pipe();
    Child run = held.start({.errors = nobody.get()}, {"-v", "--junit", "report.xml"});
    held.gate.open();
    CHECK(run.wait().status == 0);
    check_all_passed(read_junit(held.folder.read("report.xml")));
    held.check_nothing_left();
}

TEST_CASE("a report to somebody who does not read it is a report that could not be written") {
    if (skipped_without_namespaces())
        return;
    HeldRun held;
    Fd nobody = closed_pipe();
    Child run = held.start({.before = [&] { dup2(nobody.get(), STDOUT_FILENO); }});
    held.gate.open();
    Ended ended = run.wait();
    CHECK(ended.status == 8);
    CHECK_THAT(ended.errors, contains("netrig: cannot write the report -: Broken pipe (EPIPE)"));
    held.check_nothing_left();
}

TEST_CASE("a run of whose console one line is read ends as its results say") {
    if (skipped_without_namespaces())
        return;
    HeldRun held(std::string("true"));
    std::string script = fmt::format(
        "set -o pipefail; '{}' run -j1 -v --junit report.xml . 2>&1 | head -n 1; echo ${{PIPESTATUS[*]}}",
        NETRIG_BINARY);
    Ended ended =
        start_program({"bash", "-c", script}, {.directory = held.folder.path(), .machine = &held.machine})
            .wait();
    CHECK_THAT(ended.output, contains("PASS") && contains("\n0 0\n"));
    check_all_passed(read_junit(held.folder.read("report.xml")));
    held.check_nothing_left();
}

TEST_CASE("a run that was started without standard descriptors keeps its files apart from them") {
    if (skipped_without_namespaces())
        return;
    HeldRun held;
    auto close_all = [] {
        for (int standard : {0, 1, 2})
            close(standard);
    };
    Child run = held.start({.before = close_all}, {"-v", "--junit", "report.xml"});
    held.gate.open();
    CHECK(run.wait().status == 0);
    check_all_passed(read_junit(held.folder.read("report.xml")));
    held.check_nothing_left();
}

TEST_CASE("a lab of which a process crashes is errored, the others pass and all is gone") {
    if (skipped_without_namespaces())
        return;
    if (!can_crash)
        return skip("no registers known of this processor");
    for (auto victim : {engine_of, reaper_of}) {
        HeldRun held;
        Child run = held.start({.environment = plain_signals});
        crash(victim(run.pid()));
        check_one_lab_lost(run.wait(), "signal 11 (Segmentation fault)");
        held.check_nothing_left();
    }
}

TEST_CASE("when the runner crashes everything is gone") {
    if (skipped_without_namespaces())
        return;
    for (int how : {SIGSEGV, SIGABRT, SIGBUS, SIGKILL}) {
        HeldRun held;
        Child run = held.start({.environment = plain_signals});
        run.signal(how);
        CHECK(run.wait().status == 128 + how);
        held.check_nothing_left();
    }
}

TEST_CASE("processes of a run that are stopped die with the runner all the same") {
    if (skipped_without_namespaces())
        return;
    HeldRun held;
    Child run = held.start();
    for (pid_t pid : {engine_of(run.pid()), reaper_of(run.pid()), run.pid()})
        REQUIRE(kill(pid, SIGSTOP) == 0);
    run.signal(SIGKILL);
    CHECK(run.wait().status == 128 + SIGKILL);
    held.check_nothing_left();
}

TEST_CASE("a runner that has too little memory says so, at whatever point, and leaves nothing") {
#ifdef __SANITIZE_ADDRESS__
    return skip("the address sanitizer needs terabytes of addresses");
#endif
    if (skipped_without_namespaces())
        return;
    Machine machine = std::move(*Machine::make());
    TemporaryFolder folder;
    std::string scenario = "hosts = [\"red\"]\n";
    constexpr std::size_t tests = 100;
    for (std::size_t i = 0; i < tests; ++i) // long names, so that there are many points at which it may be
        scenario += fmt::format("[[tests]]\nname = \"{} {}\"\nping = \"red -> 127.0.0.1\"\n", i,
                                std::string(5000, 'x'));
    folder.write("net.toml", scenario);
    constexpr rlim_t step = 512UL * 1024, most = 256 * step;
    std::size_t passed = 0, told = 0;
    for (rlim_t limit = 8 * step; limit < most && passed < 3; limit += step) {
        std::filesystem::remove(folder / "report.xml");
        auto limited = [limit] {
            rlimit both{limit, limit};
            setrlimit(RLIMIT_AS, &both);
        };
        Ended ended = start_netrig({"run", "--junit", "report.xml", "."},
                                   {.directory = folder.path(), .machine = &machine, .before = limited})
                          .wait();
        INFO(fmt::format("{} KiB: status {}\n{}", limit / 1024, ended.status, ended.errors));
        passed += ended.status == 0 ? 1 : 0;
        told += ended.status == 3 && ended.errors.find("internal error: std::bad_alloc") != std::string::npos;
        CHECK((ended.status == 0) == folder.has("report.xml"));
        if (ended.status == 0)
            CHECK(read_junit(folder.read("report.xml")).cases.size() == tests);
        REQUIRE(wait_until([&] { return left_behind(machine).empty(); }));
    }
    CHECK(passed == 3);
    CHECK(told > 3);
}

TEST_CASE("a command that the kernel kills for want of memory fails with that explanation", "[cgroups]") {
    if (skipped_without_namespaces())
        return;
    constexpr unsigned long long limit = 256ULL << 20;
    auto group = MemoryGroup::make(limit);
    if (!group)
        return skip(describe(group.error()));
    HeldRun held(std::string(Gate::command) + "; tail /dev/zero");
    Child run = held.start({.before = group->entry()});
    held.gate.open();
    Ended ended = run.wait();
    INFO(ended.errors);
    CHECK(ended.status == 1);
    JunitReport report = read_junit(ended.output);
    CHECK(report.find("at the gate").result == "failure");
    CHECK_THAT(report.find("at the gate").body,
               contains("red: exit status 137") &&
                   contains("the kernel killed a process for want of memory meanwhile"));
    CHECK(report.find("after").result.empty());
    CHECK(report.find("red reaches blue").result.empty());
    held.check_nothing_left();
}

TEST_CASE("a lab that the kernel kills for want of memory is errored, the others pass and all is gone",
          "[cgroups]") {
    if (skipped_without_namespaces())
        return;
#ifdef __SANITIZE_ADDRESS__ // with it the runner needs more
    constexpr unsigned long long limit = 1024ULL << 20;
#else
    constexpr unsigned long long limit = 256ULL << 20;
#endif
    auto group = MemoryGroup::make(limit);
    if (!group)
        return skip(describe(group.error()));
    for (auto victim : {engine_of, reaper_of}) {
        // Several that each take a part, so that the score alone decides on the victim.
        HeldRun held(std::string(Gate::command) + "; for i in 1 2 3 4; do tail /dev/zero & done; wait");
        Child run = held.start({.before = group->entry()});
        std::ofstream(fmt::format("/proc/{}/oom_score_adj", victim(run.pid()))) << 1000;
        held.gate.open();
        check_one_lab_lost(run.wait(), "signal 9 (Killed); the kernel killed a process for want of memory");
        held.check_nothing_left();
    }
}
