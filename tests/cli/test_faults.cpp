// Every operation may fail: in a run of three scenarios, two at once, each system call of each lab and of the
// runner fails once, in a run of its own. The one result that it touches is errored, and says which operation
// of which node failed, in the kernel's words; all others are as ever, the report is valid, and nothing is
// left.

#include "tests/support/catch.h"
#include "tests/support/contains.h"
#include "tests/support/host_state.h"
#include "tests/support/junit_report.h"
#include "tests/support/skip.h"
#include "tests/support/supervised_run.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/wait_until.h"

#include <algorithm>
#include <fmt/format.h>
#include <linux/rtnetlink.h>
#include <map>
#include <sys/syscall.h>

using namespace netrig;

namespace {

// In the order of their numbers. The nodes' names begin with a letter that is the scenario's own.
constexpr const char* bridge_scenario = R"(
name  = "a bridge"
hosts = ["b-one", "b-two"]
bridges.b-switch = { ports = ["b-one", "b-two"], subnet = "10.1.0.0/24" }

[[tests]]
name = "echoes over the bridge"
[[tests.steps]]
ping = "b-one -> b-two"
[[tests.steps]]
tcp-echo = "b-two -> b-one"
)";

constexpr const char* command_scenario = R"(
name  = "commands"
hosts = ["c-one"]

[nodes.c-one.files]
"/etc/netrig-app/conf" = "one"
"/run/state"           = { from = "state.txt" }

[[tests]]
name = "reads its files"
exec = { on = "c-one", command = ["cat", "/etc/netrig-app/conf", "/run/state", "-"], stdin = "x", stdout = "onetwox" }

[[tests]]
name = "leaves a process in the background"
exec = { on = "c-one", command = "sleep 1000 & echo started", stdout = "started" }
)";

constexpr const char* veth_scenario = R"(
name  = "a veth pair"
hosts = ["v-one", "v-two"]

[[links]]
ends    = ["v-one", "v-two"]
subnets = ["10.0.0.0/24", "2001:db8::/64"]

[nodes.v-one]
sysctls = { "net.ipv4.ip_default_ttl" = 77 }
routes  = ["10.9.0.0/16 via v-two"]

[[tests]]
name = "echoes over the pair"
ping = { between = "v-one -> v-two", family = "both" }

[[tests]]
name = "a change is seen"
[[tests.steps]]
link-down = "v-one:eth0"
[[tests.steps]]
link   = { on = "v-two:eth0", is = "lower-layer-down" }
within = "5s"
)";

struct Usual {
    std::string classname, scenario; ///< as the report has them
    std::string nodes;               ///< how all its nodes' names begin
    std::vector<std::string> tests;
};

/// In the order of the labs.
const std::vector<Usual> usual{
    {"bridge", "a bridge", "b-", {"echoes over the bridge"}},
    {"command", "commands", "c-", {"reads its files", "leaves a process in the background"}},
    {"veth", "a veth pair", "v-", {"echoes over the pair", "a change is seen"}}};

enum class Harm {
    always,
    perhaps ///< the run may do without, or ask again, and then all passes
};

/// What a failure of one kind of call must lead to.
struct Kind {
    int number = 0;
    const char* name = nullptr;
    std::vector<int> codes{}; ///< which take turns
    Harm harm = Harm::always;
    std::vector<std::string> operations{}; ///< one of which the error of a lab names
    bool in_labs_only = false;
};

/// What a lab does for itself, not in one of its nodes, also when these have been made.
const std::vector<std::string> of_the_lab{"make an epoll descriptor", "watch for the lab's end"};

/// By the request of rtnetlink(7): one of these is named, or the answer comes again.
const std::map<unsigned, std::vector<std::string>> requests{
    {RTM_NEWLINK, {"create bridge", "create veth pair", "set "}},
    {RTM_NEWADDR, {"add address"}},
    {RTM_NEWROUTE, {"add route"}},
    {RTM_GETLINK, {"read the links of", "read link", "set "}},
    {RTM_GETADDR, {"read the IPv6 addresses of"}}};

std::string words_of(int code) {
    return strerrordesc_np(code);
}

bool has_any(const std::string& text, const std::vector<std::string>& words) {
    auto has = [&](const std::string& each) { return text.find(each) != std::string::npos; };
    return std::any_of(words.begin(), words.end(), has);
}

/// "conf" of "/etc/app/conf"; empty where there is no name to be told.
std::string name_in(const std::string& path) {
    std::string name = path.substr(path.rfind('/') + 1);
    bool is_number =
        name.find_first_not_of("0123456789") == std::string::npos; // a descriptor of netrig's own
    return name == "." || is_number ? "" : name;
}

void check_words(const Kind& kind, const SeenCall& call, const std::string& nodes, const std::string& text,
                 int code) {
    INFO(text);
    CHECK_THAT(text, contains(words_of(code)));
    CHECK_THAT(text, !contains("internal error"));
    CHECK_THAT(text, contains(name_in(call.path)));
    CHECK(has_any(text, call.request != 0 ? requests.at(call.request) : kind.operations));
    if (call.in_a_node && !has_any(text, of_the_lab))
        CHECK_THAT(text, contains(nodes));
    if (code != EPERM && code != EACCES) // help with rights, where it is rights that are missing
        CHECK_THAT(text, !contains("CAP_SYS_ADMIN"));
    if (call.number != SYS_unshare && call.number != SYS_clone3)
        CHECK_THAT(text, !contains("user.max_"));
}

class FaultyRuns {
public:
    explicit FaultyRuns(Machine machine) : machine_(std::move(machine)) {
        folder_.write("bridge.toml", bridge_scenario);
        folder_.write("command.toml", command_scenario);
        folder_.write("veth.toml", veth_scenario);
        folder_.write("state.txt", "two");
    }

    /// All calls of those kinds that a run makes which passes.
    std::vector<SeenCall> list(const std::vector<int>& numbers) {
        auto run = this->run(numbers, {});
        if (!run)
            return {};
        INFO(run->ended.errors);
        REQUIRE(run->ended.status == 0);
        check_report(*run, {});
        return run->seen;
    }

    void fail(const Kind& kind, const SeenCall& call, int code) {
        auto run = this->run({kind.number}, Fault{kind.number, call.lab, call.nth, code});
        REQUIRE(run);
        INFO(fmt::format("{} {} of lab {} {} failed with {}; status {}\n{}", kind.name, call.nth, call.lab,
                         run->failed ? run->failed->path : "was not reached and", strerrorname_np(code),
                         run->ended.status, run->ended.errors));
        CHECK(run->all_ended);
        CHECK(wait_until([&] { return left_behind(machine_).empty(); }));
        bool whole = run->ended.status == 2 || run->ended.status == 3 || run->ended.status == 8;
        if (whole && run->failed)
            check_whole_run_failed(*run, code);
        else
            check_report(*run, {&kind, code});
    }

    [[nodiscard]] std::string host() const { return host_state(machine_); }

private:
    struct Expected {
        const Kind* kind = nullptr;
        int code = 0;
    };

    std::optional<SupervisedRun> run(const std::vector<int>& numbers, std::optional<Fault> fault) {
        std::filesystem::remove(folder_ / "report.xml");
        ChildOptions options{
            .directory = folder_.path(), .environment = {{"LC_ALL", "C"}}, .machine = &machine_};
        return run_supervised({"run", "-j", "2", "--junit", "report.xml", "."}, options, numbers, fault);
    }

    /// Before there was a lab, or after all of them when the report could not be written.
    void check_whole_run_failed(const SupervisedRun& run, int code) {
        CHECK(run.failed->part == Part::dispatcher);
        CHECK(run.labs == (run.ended.status == 8 ? usual.size() : 0));
        CHECK_THAT(run.ended.errors, contains("netrig: ") && contains(words_of(code)));
        if (run.ended.status == 8)
            CHECK_THAT(run.ended.errors,
                       contains("5 passed") && contains("cannot write the report report.xml"));
        using Files = std::filesystem::directory_iterator;
        CHECK(std::distance(Files(folder_.path()), Files()) == 4); // no report, and nothing of one
    }

    /// One scenario is errored, or none when the run could do without what failed; all others are as ever.
    void check_report(const SupervisedRun& run, const Expected& expected) {
        JunitReport report = read_junit(folder_.read("report.xml"));
        std::size_t errored = 0;
        for (std::size_t i = 0; i < usual.size(); ++i) {
            std::vector<JunitCase> cases;
            std::copy_if(report.cases.begin(), report.cases.end(), std::back_inserter(cases),
                         [&](const JunitCase& each) { return each.classname == usual[i].classname; });
            std::string text = errors_in(cases);
            check_cases(usual[i], cases, !text.empty());
            if (text.empty())
                continue;
            ++errored;
            REQUIRE(run.failed);
            CHECK((run.failed->part == Part::dispatcher || run.failed->lab == i + 1));
            check_words(*expected.kind, *run.failed, usual[i].nodes, text, expected.code);
            check_words(*expected.kind, *run.failed, usual[i].nodes, run.ended.errors, expected.code);
        }
        CHECK(run.ended.status == (errored == 0 ? 0 : 6));
        bool may_pass =
            !run.failed || expected.kind->harm == Harm::perhaps || run.failed->request == RTM_GETLINK;
        CHECK((errored == 1 || may_pass));
        CHECK(errored <= 1);
    }

    static std::string errors_in(const std::vector<JunitCase>& cases) {
        std::string text;
        for (const JunitCase& each : cases)
            if (each.result == "error")
                text += each.message + "\n" + each.body;
        return text;
    }

    /// Each of the tests once, and the scenario itself only if its lab went wrong. Nothing is said to have
    /// failed: that is for the network under test.
    static void check_cases(const Usual& scenario, const std::vector<JunitCase>& cases, bool errored) {
        std::vector<std::string> names;
        for (const JunitCase& each : cases) {
            CHECK(each.result != "failure");
            CHECK((errored || each.result.empty()));
            if (errored && each.name == scenario.scenario && each.result == "error" && names.empty())
                continue;
            names.push_back(each.name);
        }
        CHECK(names == scenario.tests);
    }

    TemporaryFolder folder_;
    Machine machine_;
};

#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t step = 16; // a run takes several times as long; all calls are for the other build
#else
constexpr std::size_t step = 1;
#endif

void fail_each(const std::vector<Kind>& kinds, const MachineOptions& where = {}) {
    auto machine = Machine::make(where);
    if (!machine)
        return skip(describe(machine.error()));
    FaultyRuns runs(std::move(*machine));
    bool can_look = where.test_is == 0;
    std::string before = can_look ? runs.host() : "";
    std::vector<int> numbers;
    for (const Kind& kind : kinds)
        numbers.push_back(kind.number);
    std::vector<SeenCall> calls = runs.list(numbers);
    if (calls.empty())
        return skip("system calls can't be held here");
    for (const Kind& kind : kinds) {
        std::size_t count = 0;
        for (const SeenCall& call : calls)
            if (call.number == kind.number && (call.lab > 0 || !kind.in_labs_only) && count++ % step == 0)
                runs.fail(kind, call, kind.codes[(count - 1) / step % kind.codes.size()]);
        INFO(kind.name);
        CHECK(count > 0);
    }
    if (can_look)
        CHECK(runs.host() == before);
}

} // namespace

TEST_CASE("a network that can't be asked for is told as such, at each request and each answer") {
    fail_each({{SYS_sendto, "sendto", {ENOMEM, ENOBUFS, EPERM, EBUSY, ENOSPC}},
               {SYS_recvmsg, "recvmsg", {ENOMEM, ENOBUFS}}});
}

TEST_CASE("a namespace that can't be made or entered is told as such") {
    fail_each({{SYS_unshare, "unshare", {ENOSPC, ENOMEM, EPERM}, Harm::always, {"make namespaces"}},
               {SYS_clone3,
                "clone3",
                {EAGAIN, ENOMEM, ENOSPC, EPERM},
                Harm::perhaps, // EPERM: it may be a profile that knows only clone
                {"make the lab's namespaces"}},
               {SYS_setns, "setns", {EPERM, ENOMEM}, Harm::always, {"enter", "return to"}},
               {SYS_sethostname, "sethostname", {EPERM}, Harm::always, {"set the host name"}}});
}

TEST_CASE("a mount that fails is told as such") {
    // An overlay has a substitute; so have a container's /proc and /sys, which refuse with EPERM.
    fail_each({{SYS_mount, "mount", {EBUSY, ENOMEM, EPERM, ENOSPC}, Harm::perhaps, {"mount"}},
               {SYS_open_tree, "open_tree", {ENOMEM, EPERM}, Harm::always, {"keep"}},
               {SYS_move_mount, "move_mount", {EBUSY, ENOMEM}, Harm::perhaps, {"mount it at", "show"}},
               {SYS_fsopen, "fsopen", {EMFILE, ENOMEM}, Harm::perhaps, {"make a file system"}},
               {SYS_fsconfig, "fsconfig", {ENOMEM, EPERM}, Harm::perhaps, {"make a file system"}},
               {SYS_fsmount, "fsmount", {EMFILE, ENOSPC}, Harm::perhaps, {"make a file system"}}});
}

TEST_CASE("a file that can't be opened is told as such") {
    std::vector<std::string> operations{"open", "write", "set",  "read",     "put",
                                        "keep", "enter", "list", "/dev/null"};
    fail_each({{SYS_openat, "openat", {EMFILE, ENOMEM, EPERM, ENFILE}, Harm::perhaps, operations},
               {SYS_openat2, "openat2", {EMFILE, ENOMEM}, Harm::perhaps, {"open the folder"}}});
}

TEST_CASE("a file or folder that can't be made, written or looked at is told as such") {
    fail_each(
        {{SYS_mkdirat, "mkdirat", {ENOSPC, ENOMEM}, Harm::perhaps, {"make the folder"}},
         {SYS_mkdir, "mkdir", {ENOSPC, ENOMEM}, Harm::always, {"show"}},
         {SYS_unlinkat, "unlinkat", {EBUSY, EPERM}, Harm::always, {"put", "keep"}},
         {SYS_fchmod, "fchmod", {EPERM}, Harm::always, {"put", "keep", "write"}},
         {SYS_fchmodat, "fchmodat", {EPERM}, Harm::perhaps},
         {SYS_rename, "rename", {EBUSY, ENOSPC, EPERM}},
         {SYS_write,
          "write",
          {ENOSPC, ENOMEM, EPERM},
          Harm::always,
          {"put", "keep", "write", "set", "make the filter"}},
         {SYS_getdents64, "getdents64", {ENOMEM}},
         {SYS_newfstatat,
          "newfstatat",
          {ENOMEM},
          Harm::perhaps,
          {"look at", "show", "find where a folder is"}},
         {SYS_access, "access", {ENOMEM}, Harm::always, {"look at"}},
         {SYS_faccessat2, "faccessat2", {ENOMEM}, Harm::always, {"list it"}},
         {SYS_fchownat, "fchownat", {EPERM}, Harm::perhaps},
         // The runner looks whether two paths are one file, and can do without.
         {SYS_readlink, "readlink", {ENOMEM}, Harm::perhaps, {"look at", "find where a folder is"}, true},
         {SYS_getcwd, "getcwd", {ENOMEM}, Harm::perhaps, {"find the folder of"}, true}});
}

TEST_CASE("a socket that can't be opened or used is told as such") {
    fail_each({{SYS_socket, "socket", {EMFILE, ENFILE, ENOMEM, ENOBUFS, EPERM}, Harm::always, {"open a"}},
               {SYS_bind,
                "bind",
                {ENOMEM, EADDRINUSE},
                Harm::always,
                {"bind a netlink socket", "start an echo server"}},
               {SYS_getsockname, "getsockname", {ENOBUFS}, Harm::always, {"bind a netlink socket"}},
               {SYS_listen, "listen", {EADDRINUSE}, Harm::always, {"start an echo server"}},
               {SYS_connect, "connect", {ENOMEM, EAGAIN}, Harm::always, {"exchange bytes"}},
               {SYS_accept4, "accept4", {EMFILE, ENFILE, ENOMEM}, Harm::perhaps, {"accept a connection"}},
               {SYS_setsockopt,
                "setsockopt",
                {ENOMEM, ENOBUFS},
                Harm::perhaps, // not all options are needed
                {"set IP", "filter ICMP", "subscribe"}},
               {SYS_sendmsg, "sendmsg", {ENOMEM, ENOBUFS}, Harm::perhaps, {"send an echo request"}}});
}

TEST_CASE("a process that can't be started is told as such") {
    fail_each(
        {{SYS_clone, "clone", {EAGAIN, ENOMEM}, Harm::always, {"start the lab's engine"}},
         {SYS_vfork, "vfork", {EAGAIN, ENOMEM}, Harm::always, {"start '"}},
         {SYS_execve, "execve", {ENOMEM, EPERM}, Harm::always, {"start '"}},
         {SYS_chdir, "chdir", {ENOMEM, EACCES}, Harm::always, {"enter the working directory"}},
         {SYS_dup2, "dup2", {EBUSY, EMFILE}, Harm::always, {"set up its input and output", "/dev/null"}},
         {SYS_dup3, "dup3", {EBUSY}, Harm::always, {"keep the lab's pipes"}},
         // A prober that can't tell how many descriptors are left makes do with few.
         {SYS_fcntl, "fcntl", {EMFILE}, Harm::perhaps, {"keep the lab's pipes"}}});
}

TEST_CASE("descriptors that run out are told as such") {
    fail_each(
        {{SYS_pipe2, "pipe2", {EMFILE, ENFILE}, Harm::always, {"make a pipe for '", "make the lab's pipes"}},
         {SYS_epoll_create1, "epoll_create1", {EMFILE, ENOMEM}, Harm::always, {"epoll"}},
         {SYS_epoll_ctl, "epoll_ctl", {ENOMEM, ENOSPC}, Harm::perhaps, {"watch", "make an event loop"}},
         {SYS_eventfd2, "eventfd2", {EMFILE, ENOMEM}, Harm::perhaps},
         {SYS_signalfd4,
          "signalfd4",
          {EMFILE, ENOMEM},
          Harm::always,
          {"watch the lab's processes", "watch for the lab's end"}},
         {SYS_pidfd_open, "pidfd_open", {EMFILE, ENOMEM}, Harm::always, {"watch '"}}});
}

TEST_CASE("what only an ordinary user's labs do, and can't be done, is told as such") {
    constexpr MachineOptions as_ordinary_user{.own_users = true, .test_is = 4242};
    std::vector<std::string> written{"write /proc/self/", "make the filter", "put", "keep", "write", "set"};
    fail_each({{SYS_memfd_create, "memfd_create", {EMFILE, ENOMEM}, Harm::always, {"make a file in memory"}},
               {SYS_write, "write", {EPERM, ENOMEM}, Harm::always, written},
               {SYS_seccomp, "seccomp", {ENOMEM}, Harm::always, {"set the filter of id changes"}}},
              as_ordinary_user);
}
