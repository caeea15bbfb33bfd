// Every operation may fail: strace(1) makes the k-th call of a kind fail in each process of a run, for every
// k that there is. Whatever it was, the run says so and ends, its report is valid, and nothing is left.

#include "tests/support/catch.h"
#include "tests/support/child.h"
#include "tests/support/host_state.h"
#include "tests/support/junit_report.h"
#include "tests/support/skip.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/wait_until.h"

#include <fmt/format.h>
#include <set>

using namespace netrig;

namespace {

constexpr const char* scenario = R"(
name  = "all that a lab does"
hosts = ["a", "b", "c"]
bridges.br0 = { ports = ["b", "c"], subnet = "10.0.1.0/24" }

[[links]]
ends    = ["a", "b"]
subnets = ["10.0.0.0/24", "2001:db8::/64"]

[[tests]]
name = "probes"
[[tests.steps]]
ping = { between = "a <-> b", family = "both" }
[[tests.steps]]
tcp-echo = "b -> c"

[[tests]]
name = "a command"
exec = { on = "a", command = ["cat"], stdin = "x", stdout = "x" }

[[tests]]
name = "a change"
[[tests.steps]]
link-down = "a:eth0"
[[tests.steps]]
link   = { on = "b:eth1", is = "lower-layer-down" }
within = "5s"
)";

struct Injected {
    Ended ended;
    bool happened = false;
};

Injected run_with_fault(const std::string& call, const std::string& error, int k, const Machine& machine,
                        const TemporaryFolder& folder) {
    std::vector<std::string> argv{"strace",
                                  "-f",
                                  "-qq",
                                  "-o",
                                  "trace",
                                  "-e",
                                  "trace=" + call,
                                  "-e",
                                  fmt::format("inject={}:error={}:when={}", call, error, k),
                                  NETRIG_BINARY,
                                  "run",
                                  "--junit",
                                  "report.xml",
                                  "fault.toml"};
    // The leak sanitizer, where it is built in, can't work under a tracer.
    Child run = start_program(argv, {.directory = folder.path(),
                                     .environment = {{"ASAN_OPTIONS", "detect_leaks=0"}},
                                     .machine = &machine});
    Ended ended = run.wait();
    return {ended, folder.read("trace").find("(INJECTED)") != std::string::npos};
}

/// What a run may come to: all went well all the same, the file could not be read, an internal error before
/// there was a lab, an error of the lab, the report not written, or the program itself not loaded.
bool is_honest(const Ended& ended, const std::string& error) {
    static const std::set<int> without_lab{2, 3, 8, 127};
    if (ended.status == 0 || without_lab.contains(ended.status))
        return true;
    bool named = ended.errors.find(error) != std::string::npos ||
                 ended.errors.find("internal error") != std::string::npos;
    return ended.status == 6 && named;
}

void fail_each(const std::string& call, const std::string& error) {
    auto machine = Machine::make();
    if (!machine)
        return skip(describe(machine.error()));
    TemporaryFolder folder;
    folder.write("fault.toml", scenario);
    constexpr int most = 400;
    int k = 1;
    for (; k < most; ++k) {
        std::filesystem::remove(folder / "report.xml");
        Injected run = run_with_fault(call, error, k, *machine, folder);
        if (k == 1 && !run.happened && run.ended.status != 0)
            return skip("strace can't trace here: " + run.ended.errors);
        if (!run.happened)
            break;
        INFO(fmt::format("the {}. {} of each process failed with {}; status {}\n{}", k, call, error,
                         run.ended.status, run.ended.errors));
        CHECK(is_honest(run.ended, error));
        bool no_report = run.ended.errors.find("cannot write the report") != std::string::npos;
        if ((run.ended.status == 0 || run.ended.status == 6) && !no_report)
            CHECK(read_junit(folder.read("report.xml")).cases.size() >= 3);
        CHECK(wait_until([&] { return left_behind(*machine).empty(); }));
    }
    CHECK(k > 1);
    CHECK(k < most);
}

} // namespace

TEST_CASE("a network that can't be asked for is told as such, at each request") {
    fail_each("sendto", "ENOMEM");
}

TEST_CASE("namespaces that can't be made are told as such") {
    fail_each("unshare", "ENOSPC");
    fail_each("clone3", "EAGAIN");
}

TEST_CASE("a namespace that can't be entered is told as such") {
    fail_each("setns", "EPERM");
}

TEST_CASE("a mount that fails is told as such") {
    fail_each("mount", "EBUSY");
}

TEST_CASE("a file that can't be opened is told as such") {
    fail_each("openat", "EMFILE");
}

TEST_CASE("a socket that can't be opened is told as such") {
    fail_each("socket", "EMFILE");
}

TEST_CASE("a process that can't be started is told as such") {
    fail_each("clone", "EAGAIN");
    fail_each("vfork", "EAGAIN");
}

TEST_CASE("descriptors that run out are told as such") {
#ifndef __SANITIZE_ADDRESS__ // UBSan makes a pipe to see whether an address can be read, at each check of a
                             // type
    fail_each("pipe2", "EMFILE");
#endif
    fail_each("epoll_create1", "EMFILE");
    fail_each("signalfd4", "EMFILE");
    fail_each("pidfd_open", "EMFILE");
}
