#include "core/leaks.h"
#include "tests/support/catch.h"

using namespace netrig;

namespace {

using Lines = std::vector<std::string>;

MachineState before() {
    MachineState state;
    state.add(MachinePart::link, "lo", "index 1, up");
    state.add(MachinePart::link, "eth0", "index 2, up");
    state.add(MachinePart::sysctl, "net.ipv4.ip_forward", "0");
    state.add(MachinePart::file, "/tmp/theirs", "of user 0");
    return state;
}

HeldNamespace held(std::string kind, Holding holding, std::string holder) {
    return {{"red", std::move(kind), 4026532301, 7}, "net.toml", holding, std::move(holder), true};
}

Leaks leaks_of(const std::vector<HeldNamespace>& held) {
    return find_leaks(before(), before(), held, {}, CheckLeaks::own);
}

} // namespace

TEST_CASE("what came, went and changed on the machine is told, a line each") {
    MachineState after = before();
    after.found.erase({MachinePart::link, "eth0"});
    after.add(MachinePart::link, "veth9", "index 3, veth, down");
    after.add(MachinePart::address, "10.0.0.1/24 on veth9", "");
    after.found[{MachinePart::sysctl, "net.ipv4.ip_forward"}] = "1";
    CHECK(differences(before(), before()).empty());
    CHECK(differences(before(), after) ==
          Lines{"link veth9 is new: index 3, veth, down", "address 10.0.0.1/24 on veth9 is new",
                "sysctl net.ipv4.ip_forward is changed: 0, now 1", "link eth0 is gone: index 2, up"});
}

TEST_CASE("two things of one name are told apart by a number") {
    MachineState once = before(), twice = before();
    once.add(MachinePart::mount, "/mnt", "tmpfs");
    twice.add(MachinePart::mount, "/mnt", "tmpfs");
    twice.add(MachinePart::mount, "/mnt", "ext4");
    CHECK(differences(once, twice) == Lines{"mount /mnt (2) is new: ext4"});
}

TEST_CASE("files and IPC objects that go or change, and sysctls that come or go, are no difference") {
    MachineState after = before();
    after.found.erase({MachinePart::file, "/tmp/theirs"});
    after.add(MachinePart::sysctl, "net.ipv4.conf.veth9.forwarding", "0");
    CHECK(differences(before(), after).empty());
    after = before();
    after.found.erase({MachinePart::sysctl, "net.ipv4.ip_forward"});
    after.found[{MachinePart::file, "/tmp/theirs"}] = "of user 1000";
    CHECK(differences(before(), after).empty());
    after.add(MachinePart::file, "/tmp/new", "of user 0");
    after.add(MachinePart::ipc, "shared memory 5", "key 0");
    CHECK(differences(before(), after) ==
          Lines{"IPC shared memory 5 is new: key 0", "file /tmp/new is new: of user 0"});
}

TEST_CASE("who keeps a node's namespaces is named, once for all that he keeps") {
    CHECK(leaks_of({held("net", Holding::is_in, "process 7 (sh)"),
                    held("mnt", Holding::is_in, "process 7 (sh)"),
                    held("uts", Holding::is_in, "process 7 (sh)"),
                    held("net", Holding::has_open, "process 7 (sh)"),
                    held("net", Holding::has_open, "process 7 (sh)"),
                    held("net", Holding::is_mounted, "/run/netns/x")})
              .left == Lines{"process 7 (sh) is in the network, mount and UTS namespaces of red in net.toml",
                             "process 7 (sh) has the network namespace of red in net.toml open",
                             "the network namespace of red in net.toml is mounted at /run/netns/x"});
}

TEST_CASE("a lab's own namespace is told as the lab's") {
    HeldNamespace one = held("ipc", Holding::has_open, "process 7 (sh)");
    one.what.whose.clear();
    CHECK(leaks_of({one}).left == Lines{"process 7 (sh) has the IPC namespace of the lab of net.toml open"});
}

TEST_CASE("a namespace that may be another of the same number is no leak, and is told") {
    HeldNamespace one = held("uts", Holding::is_in, "process 7 (sh)");
    one.sure = false;
    Leaks leaks = leaks_of({one});
    CHECK(leaks.left.empty());
    CHECK(leaks.changed ==
          Lines{"process 7 (sh) is in the UTS namespace of red in net.toml, or another of the same "
                "number: this kernel can't tell them apart"});
}

TEST_CASE("a process of the run's is a leak, a change of the machine only if any change is") {
    MachineState after = before();
    after.add(MachinePart::file, "/tmp/new", "of user 0");
    OwnThings own{{"process 7 (sleep)"}, ""};
    std::string process = "process 7 (sleep), which the run started, still runs";
    std::string file = "file /tmp/new is new: of user 0";
    CHECK(find_leaks(before(), after, {}, own, CheckLeaks::own) == Leaks{{process}, {file}});
    CHECK(find_leaks(before(), after, {}, own, CheckLeaks::all) == Leaks{{process, file}, {}});
    CHECK(find_leaks(before(), before(), {}, {}, CheckLeaks::all) == Leaks{});
}

TEST_CASE("a control group of the run's that is still there is a leak, another's is not") {
    MachineState after = before();
    for (const char* name : {"/sys/fs/cgroup/pids/netrig-77-1", "/sys/fs/cgroup/pids/netrig-77-1/0",
                             "/sys/fs/cgroup/pids/netrig-78-1", "/sys/fs/cgroup/pids/app"})
        after.add(MachinePart::cgroup, name, "");
    CHECK(find_leaks(before(), after, {}, {{}, "netrig-77-"}, CheckLeaks::own) ==
          Leaks{{"cgroup /sys/fs/cgroup/pids/netrig-77-1, which the run made, is still there",
                 "cgroup /sys/fs/cgroup/pids/netrig-77-1/0, which the run made, is still there"},
                {"cgroup /sys/fs/cgroup/pids/app is new", "cgroup /sys/fs/cgroup/pids/netrig-78-1 is new"}});
    CHECK(find_leaks(after, after, {}, {{}, "netrig-77-"}, CheckLeaks::all) ==
          Leaks{}); // an earlier process's
}
