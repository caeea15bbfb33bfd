// The check that a run leaves nothing behind, on a machine of the test's own on which the test does what
// would be left, or what somebody else would do, while a scenario waits at its gate.

#include "runner/cgroups.h"
#include "runner/namespace_identity.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/junit_report.h"
#include "tests/support/processes.h"
#include "tests/support/refused_namespaces.h"
#include "tests/support/skip.h"
#include "tests/support/wait_until.h"
#include "tests/support/watched_run.h"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace netrig;

namespace fs = std::filesystem;

namespace {

const std::string case_name = "nothing is left behind";

bool kernel_has_namespace_ids() {
    return namespace_id(Fd(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC)).get(), false) != 0;
}

JunitCase check_case(const Ended& ended) {
    JunitCase found = read_junit(ended.output).find(case_name);
    CHECK(found.name == case_name);
    CHECK(found.classname == "netrig");
    return found;
}

void check_clean(const Ended& ended) {
    INFO(ended.errors << ended.output);
    CHECK(ended.status == 0);
    CHECK(check_case(ended).result.empty());
    CHECK_THAT(ended.errors, contains("] netrig: nothing is left behind\n"));
}

/// All that a scenario does too, but done by somebody else, on the machine.
constexpr const char* change_all = R"sh(
ip link add theirs type veth peer name theirs2
ip address add 192.0.2.77/32 dev lo
ip route add 198.51.100.0/24 via 10.0.0.254
ip rule add from 10.7.0.0/16 table 77
echo 77 > /proc/sys/net/ipv4/ip_default_ttl
echo 1 > /proc/sys/net/ipv4/conf/veth0/log_martians
echo 4 > /proc/sys/net/ipv4/neigh/veth0/mcast_solicit
mount -t tmpfs theirs /mnt
touch /tmp/theirs /var/tmp/theirs /dev/shm/theirs
ipcmk -M 4096
ipcmk -S 1
ipcmk -Q
if command -v nft > /dev/null; then
    nft add table inet theirs
fi
)sh";

std::vector<std::string> all_changes() {
    std::vector<std::string> changes{
        "link theirs is new: index ",
        "link theirs2 is new: index ",
        "address 192.0.2.77/32 on lo is new\n",
        "route 198.51.100.0/24 in table 254 is new: unicast via 10.0.0.254 dev veth0 ",
        "rule 32764 of IPv4 is new: table 77 ",
        "sysctl net.ipv4.ip_default_ttl is changed: 64, now 77\n",
        "sysctl net.ipv4.conf.veth0.log_martians is changed: 0, now 1\n",
        "sysctl net.ipv4.neigh.veth0.mcast_solicit is changed: 3, now 4\n",
        "mount /mnt is new: tmpfs theirs, ",
        "file /tmp/theirs is new: of user 0\n",
        "file /var/tmp/theirs is new: of user 0\n",
        "file /dev/shm/theirs is new: of user 0\n",
        "IPC shared memory ",
        "IPC semaphores ",
        "IPC message queue ",
    };
    if (start_program({"sh", "-c", "command -v nft"}).wait().status == 0)
        for (const char* change :
             {"nftables table inet theirs is new\n", "nftables ruleset is changed: generation "})
            changes.emplace_back(change);
    return changes;
}

/// A line each, and no other.
void check_changes(const std::string& text) {
    INFO(text);
    std::vector<std::string> changes = all_changes();
    for (const std::string& change : changes)
        CHECK_THAT(text, contains("  | " + change));
    std::size_t lines = 0;
    for (std::size_t at = text.find("  | "); at != std::string::npos; at = text.find("  | ", at + 1))
        ++lines;
    CHECK(lines == changes.size());
}

/// "net:[4026532301]", of every network namespace that a process is in or has open.
std::set<std::string> network_namespaces_of(pid_t pid) {
    std::set<std::string> found;
    for (const char* folder : {"ns", "fd"})
        for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/{}", pid, folder))) {
            std::error_code gone;
            if (std::string link = fs::read_symlink(entry.path(), gone).string(); link.starts_with("net:"))
                found.insert(link);
        }
    return found;
}

/// Makes network namespaces until one has a number of `wanted`, and stays in that. "none" if that never
/// comes.
std::string take_number(const std::set<std::string>& wanted) {
    auto taken = [&] {
        std::vector<Fd> kept; // so that the next one is another
        for (int i = 0; i < 500 && unshare(CLONE_NEWNET) == 0; ++i) {
            if (wanted.contains(fs::read_symlink("/proc/self/ns/net").string()))
                return true;
            kept.emplace_back(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
        }
        return false;
    };
    std::ofstream("ready.new") << (wait_until(taken) ? fs::read_symlink("/proc/self/ns/net").string()
                                                     : "none");
    fs::rename("ready.new", "ready");
    pause();
    return {};
}

} // namespace

TEST_CASE("a run that leaves nothing says so in a test case of its own", "[cgroups]") {
    if (skipped_without_namespaces())
        return;
    for (const char* option : {"--check-leaks", "--check-leaks=all"}) {
        Ended ended = WatchedRun({.arguments = {option}}).let_end();
        check_clean(ended);
        CHECK_THAT(ended.errors, contains("2 scenarios, 7 tests: 7 passed"));
    }
}

TEST_CASE("an ordinary user's run that leaves nothing says so too", "[cgroups]") {
    auto machine = Machine::make({.own_users = true, .test_is = 1000});
    if (!machine)
        return skip(describe(machine.error()));
    TemporaryFolder folder;
    folder.write("net.toml", lab_scenario("true"));
    check_clean(run_netrig({"run", "--check-leaks=all", "--junit", "-", "net.toml"},
                           {.directory = folder.path(), .machine = &*machine}));
}

TEST_CASE("who keeps namespaces of a lab is named, and the run fails with status 7") {
    if (skipped_without_namespaces())
        return;
    auto before = GENERATE(Before{nullptr}, Before{hide_namespace_ids});
    bool all_told_apart = before == nullptr && kernel_has_namespace_ids();
    WatchedRun held({.before = before});
    Child opener =
        held.let_stay(fmt::format("exec 7< /proc/{}/ns/net; touch ready; exec sleep 1000", held.lab()));
    Child visitor =
        held.let_stay(fmt::format("exec nsenter -t {} -n -m -u sh -c 'touch {}/ready; exec sleep 1000'",
                                  held.command_in_red(), held.folder.path()));
    held.do_there(fmt::format("touch kept; mount --bind /proc/{}/ns/net kept", held.lab()));
    Ended ended = held.let_end();
    INFO(ended.errors);
    CHECK(ended.status == 7);
    JunitCase found = check_case(ended);
    CHECK(found.result == "failure");
    CHECK(found.type == "teardown");
    CHECK_THAT(found.body, contains("(sleep) has the network namespace of the lab of a.toml open\n"));
    CHECK_THAT(found.body, contains("| the network namespace of the lab of a.toml is mounted at " +
                                    held.folder.path() + "/kept\n"));
    if (all_told_apart)
        CHECK_THAT(found.body,
                   contains("(sleep) is in the network, mount and UTS namespaces of red in a.toml\n"));
    else
        CHECK_THAT(found.body,
                   contains("(sleep) is in the network namespace of red in a.toml\n") &&
                       contains("(sleep) is in the mount and UTS namespaces of red in a.toml, or another "
                                "of the same number: this kernel can't tell them apart\n"));
    CHECK_THAT(ended.errors, contains(" FAIL netrig: nothing is left behind\nleft behind: ") &&
                                 contains("2 scenarios, 7 tests: 6 passed, 1 failed, 0 errored, 0 skipped"));
}

TEST_CASE("who keeps a namespace of an ordinary user's lab is named too") {
    auto before = GENERATE(Before{nullptr}, Before{hide_namespace_ids});
    MachineOptions ordinary{.own_users = true, .test_is = 1000};
    if (auto machine = Machine::make(ordinary); !machine)
        return skip(describe(machine.error()));
    WatchedRun held({.before = before, .machine = ordinary});
    Child opener = held.let_stay(
        fmt::format("exec 7< /proc/{}/ns/net; touch ready; exec sleep 1000", held.command_in_red()));
    Ended ended = held.let_end();
    INFO(ended.errors);
    CHECK(ended.status == 7);
    CHECK_THAT(check_case(ended).body, contains("(sleep) has the network namespace of red in a.toml open\n"));
}

TEST_CASE("something left behind gives status 7 also when tests failed") {
    if (skipped_without_namespaces())
        return;
    WatchedRun held({.command = std::string(Gate::command) + "; exit 3"});
    Child opener =
        held.let_stay(fmt::format("exec 7< /proc/{}/ns/net; touch ready; exec sleep 1000", held.lab()));
    Ended ended = held.let_end();
    INFO(ended.errors);
    CHECK(ended.status == 7);
    CHECK_THAT(ended.errors, contains("7 tests: 4 passed, 3 failed"));
}

TEST_CASE("who lets go of a lab's namespace within two seconds has left nothing") {
    if (skipped_without_namespaces())
        return;
    WatchedRun held;
    Child opener =
        held.let_stay(fmt::format("exec 7< /proc/{}/ns/net; touch ready; exec sleep 1000", held.lab()));
    held.go_on_to_second();
    held.gate.open();
    CHECK(wait_until([&] { return children_of(held.run->pid()).empty(); })); // now it looks, or is about to
    opener.signal(SIGKILL);
    opener.wait();
    check_clean(held.run->wait());
}

TEST_CASE("what others change on the machine meanwhile is told and no failure", "[cgroups]") {
    if (skipped_without_namespaces())
        return;
    WatchedRun held;
    held.do_there(change_all);
    Child unrelated = held.let_stay("touch ready; exec sleep 1000");
    Ended ended = held.let_end();
    INFO(ended.errors);
    CHECK(ended.status == 0);
    CHECK(check_case(ended).result.empty());
    std::size_t begin = ended.errors.find("  changed meanwhile, not by the run as far as can be told:\n");
    REQUIRE(begin != std::string::npos);
    check_changes(ended.errors.substr(begin));
}

TEST_CASE("where any change is to fail the run, each does", "[cgroups]") {
    if (skipped_without_namespaces())
        return;
    WatchedRun held({.arguments = {"--check-leaks=all"}});
    held.do_there(change_all);
    Ended ended = held.let_end();
    CHECK(ended.status == 7);
    JunitCase found = check_case(ended);
    CHECK(found.result == "failure");
    check_changes(found.body);
}

TEST_CASE("a cgroup that comes below the run's own is told", "[cgroups]") {
    if (skipped_without_namespaces())
        return;
    std::string made;
    for (const std::string& own : own_cgroup_folders())
        if (std::string folder = fmt::format("{}/netrig-test-{}", own, getpid());
            made.empty() && mkdir(folder.c_str(), 0755) == 0)
            made = folder;
    if (made.empty())
        return skip("no cgroup can be made here");
    rmdir(made.c_str());
    WatchedRun held;
    REQUIRE(mkdir(made.c_str(), 0755) == 0);
    Ended ended = held.let_end();
    CHECK(rmdir(made.c_str()) == 0);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.errors, contains("  | cgroup " + made + " is new\n"));
}

TEST_CASE("a control group of the run's that can't be removed is left behind", "[cgroups]") {
    auto place = find_controller("pids");
    if (!place)
        return skip(describe(place.error()));
    TemporaryFolder folder;
    Gate gate(folder);
    folder.write("net.toml", fmt::format("nodes.red.limits.processes = 20\n[[tests]]\nname = \"x\"\n"
                                         "exec = {{ on = \"red\", command = \"{}\" }}\n",
                                         Gate::command));
    Child run =
        start_netrig({"run", "--check-leaks", "--junit", "-", "net.toml"}, {.directory = folder.path()});
    REQUIRE(gate.reached_by(run));
    std::string lab = fmt::format("{}/netrig-{}-1", place->folder, run.pid());
    std::string inner = lab + "/0/theirs"; // a group with another in it can't be removed
    REQUIRE(mkdir(inner.c_str(), 0755) == 0);
    gate.open();
    Ended ended = run.wait();
    for (const std::string& each : {inner, lab + "/0", lab})
        CHECK(rmdir(each.c_str()) == 0);
    INFO(ended.errors);
    CHECK(ended.status == 7);
    CHECK_THAT(check_case(ended).body,
               contains("  | cgroup " + lab + "/0, which the run made, is still there\n"));
}

TEST_CASE("a namespace that got the number of a lab's is not taken for the lab's") {
    if (skipped_without_namespaces())
        return;
    auto before = GENERATE(Before{nullptr}, Before{hide_namespace_ids});
    WatchedRun held({.before = before});
    std::set<std::string> numbers = network_namespaces_of(engine_of(held.run->pid()));
    numbers.merge(network_namespaces_of(reaper_of(held.run->pid())));
    REQUIRE(numbers.size() == 3);
    held.go_on_to_second();
    Child taker = start_child([&] { return take_number(numbers); },
                              {.directory = held.folder.path(), .machine = &held.machine});
    REQUIRE(wait_until([&] { return held.folder.has("ready"); }, {.at_most = std::chrono::seconds(60)}));
    if (!numbers.contains(held.folder.read("ready")))
        return skip("the kernel gave none of the numbers again");
    held.gate.open();
    check_clean(held.run->wait());
}

TEST_CASE("a process that a program of the run's left is named") {
    if (geteuid() != 0 || access("/usr/bin/newuidmap", F_OK) != 0)
        return skip("only root can put another program in newuidmap's place, where it is");
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    folder.write("net.toml", lab_scenario("true"));
    folder.write("grants", "nobody:200000:65536\n");
    fs::permissions(folder.write("daemon", "#!/bin/sh\nsetsid sleep 1001 &\nexit 1\n"), fs::perms(0755));
    auto machine = Machine::make();
    REQUIRE(machine);
    const char* mounts = "mount --bind grants /etc/subuid; mount --bind grants /etc/subgid; "
                         "mount --bind daemon /usr/bin/newuidmap";
    ChildOptions options{.directory = folder.path(), .machine = &*machine};
    REQUIRE(start_program({"sh", "-ec", mounts}, options).wait().status == 0);
    options.user = 65534;
    Ended ended = run_netrig({"run", "--check-leaks", "--junit", "-", "net.toml"}, options);
    INFO(ended.errors);
    CHECK(ended.status == 7);
    CHECK_THAT(check_case(ended).body, contains(" (sleep), which the run started, still runs\n"));
    CHECK_THAT(ended.errors, contains("4 tests: 3 passed, 1 failed"));
}

TEST_CASE("a process that was there before the run is not the run's, though it is netrig's child") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder folder;
    folder.write("net.toml", lab_scenario("true"));
    auto machine = Machine::make();
    REQUIRE(machine);
    auto in_the_background = [] { // as a script has it that starts something and then becomes netrig
        if (fork() == 0)
            execlp("sleep", "sleep", "1000", nullptr);
    };
    check_clean(run_netrig({"run", "--check-leaks", "--junit", "-", "net.toml"},
                           {.directory = folder.path(), .machine = &*machine, .before = in_the_background}));
}

TEST_CASE("a run that is interrupted is checked too, and keeps the signal's status") {
    if (skipped_without_namespaces())
        return;
    WatchedRun held;
    held.run->signal(SIGINT);
    Ended ended = held.run->wait();
    INFO(ended.errors);
    CHECK(ended.status == 130);
    CHECK(check_case(ended).result.empty());
    CHECK_THAT(ended.errors, contains("PASS") && contains("netrig: nothing is left behind\n"));
}

TEST_CASE("a machine that could not be looked at is an error of its own") {
    TemporaryFolder folder;
    folder.write("net.toml", "hosts = [\"red\"]\n[[tests]]\nname = \"x\"\nping = \"red -> 127.0.0.1\"\n");
    std::vector<std::string> argv{"strace",
                                  "-f",
                                  "-qq",
                                  "-o",
                                  "trace",
                                  "-e",
                                  "trace=getdents64",
                                  "-e",
                                  "inject=getdents64:error=ENOMEM:when=1",
                                  NETRIG_BINARY,
                                  "run",
                                  "--check-leaks",
                                  "net.toml"};
    // The leak sanitizer, where it is built in, can't work under a tracer.
    Ended ended =
        start_program(argv, {.directory = folder.path(), .environment = {{"ASAN_OPTIONS", "detect_leaks=0"}}})
            .wait();
    if (folder.read("trace").find("(INJECTED)") == std::string::npos)
        return skip("strace can't trace here: " + ended.errors);
    INFO(ended.errors);
    CHECK(ended.status == 6);
    CHECK_THAT(ended.errors,
               contains("ERROR netrig: nothing is left behind\nthe machine could not be looked at: cannot "
                        "look through ") &&
                   contains("(ENOMEM)") && contains("2 tests: 1 passed, 0 failed, 1 errored"));
}

TEST_CASE("the check is made where a CI system started the run, unless it is refused") {
    TemporaryFolder folder;
    folder.write("net.toml", "hosts = [\"red\"]\n[[tests]]\nname = \"x\"\nping = \"red -> 127.0.0.1\"\n");
    auto is_checked = [&](const std::map<std::string, std::string>& environment,
                          const std::string& option = "-v") {
        Ended ended =
            run_netrig({"run", option, "net.toml"}, {.directory = folder.path(), .environment = environment});
        return ended.errors.find(case_name) != std::string::npos;
    };
    CHECK_FALSE(is_checked({}));
    CHECK(is_checked({}, "--check-leaks"));
    for (const char* variable : {"CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD"})
        CHECK(is_checked({{variable, "true"}}));
    CHECK(is_checked({{"CI", "1"}}));
    CHECK(is_checked({{"JENKINS_URL", "https://ci.example/"}}));
    for (const char* value : {"", "false", "0"})
        CHECK_FALSE(is_checked({{"CI", value}}));
    CHECK_FALSE(is_checked({{"CI", "true"}}, "--no-check-leaks"));
}

TEST_CASE("all scenarios that come with netrig leave nothing behind", "[cgroups]") {
    if (skipped_without_namespaces())
        return;
    auto machine = Machine::make();
    REQUIRE(machine);
    Ended ended = run_netrig({"run", "--check-leaks=all", "--junit", "-", "scenarios"},
                             {.directory = NETRIG_SOURCE_DIR, .machine = &*machine});
    check_clean(ended);
}
