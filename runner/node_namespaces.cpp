#include "runner/node_namespaces.h"

#include "runner/system_error.h"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

namespace netrig {

namespace {

Result<Fd> open_namespace(const char* which) {
    std::string path = std::string("/proc/thread-self/ns/") + which;
    Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid())
        return system_failure("open " + path);
    return fd;
}

Status mount_at(const char* what, const char* where, const char* type, unsigned long flags,
                const char* options) {
    if (mount(what, where, type, flags, options) != 0)
        return system_failure(fmt::format("mount {} at {}", type != nullptr ? type : what, where));
    return {};
}

bool lies_under(const std::string& path, const std::string& folder) {
    return path == folder || path.starts_with(folder + "/");
}

Status set_up_view(const std::string& name, const NodeView& view) {
    if (sethostname(name.c_str(), name.size()) != 0)
        return system_failure("set the host name " + name);
    bool has_hosts = access("/etc/hosts", F_OK) == 0;
    if (has_hosts)
        if (Status bound = mount_at(view.hosts_file.c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr); !bound)
            return bound;
    for (const char* folder : {"/run", "/tmp"})
        if (Status covered = cover_folder(folder, view.scenario_folder); !covered)
            return covered;
    return mount_at("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
}

Result<NodeNamespaces> make_and_stay(const std::string& name, const NodeView& view) {
    if (unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS) != 0)
        return system_failure("make namespaces");
    if (Status seen = set_up_view(name, view); !seen)
        return failure(seen.error());
    auto network = open_namespace("net"), mounts = open_namespace("mnt"), uts = open_namespace("uts");
    for (const auto* opened : {&network, &mounts, &uts})
        if (!*opened)
            return failure(opened->error());
    auto netlink = NetlinkSocket::open();
    if (!netlink)
        return failure(netlink.error());
    return NodeNamespaces{name, std::move(*network), std::move(*mounts), std::move(*uts), std::move(*netlink)};
}

} // namespace

Status cover_folder(const std::string& where, const std::string& scenario_folder) {
    Fd kept;
    if (lies_under(scenario_folder, where)) {
        kept = Fd(static_cast<int>(syscall(SYS_open_tree, AT_FDCWD, scenario_folder.c_str(),
                                           OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE)));
        if (!kept.valid())
            return system_failure("keep " + scenario_folder + " visible");
    }
    if (Status mounted = mount_at("tmpfs", where.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
        !mounted)
        return mounted;
    if (!kept.valid())
        return {};
    std::error_code error;
    std::filesystem::create_directories(scenario_folder, error);
    if (error || syscall(SYS_move_mount, kept.get(), "", AT_FDCWD, scenario_folder.c_str(),
                         MOVE_MOUNT_F_EMPTY_PATH) != 0)
        return system_failure("show " + scenario_folder + " in the node");
    return {};
}

Result<HomeNamespaces> HomeNamespaces::open() {
    auto mounts = open_namespace("mnt"), uts = open_namespace("uts");
    for (const auto* opened : {&mounts, &uts})
        if (!*opened)
            return failure(opened->error());
    return HomeNamespaces{std::move(*mounts), std::move(*uts)};
}

Status HomeNamespaces::enter() const {
    if (setns(mounts.get(), CLONE_NEWNS) != 0 || setns(uts.get(), CLONE_NEWUTS) != 0)
        return system_failure("return to the lab's own namespaces");
    return {};
}

Result<NodeNamespaces> make_node(const std::string& name, const NodeView& view, const HomeNamespaces& home) {
    auto node = make_and_stay(name, view);
    if (Status back = home.enter(); !back && node)
        return failure(back.error());
    return node;
}

Status enter_network(const NodeNamespaces& node) {
    if (setns(node.network.get(), CLONE_NEWNET) != 0)
        return system_failure("enter the network namespace of " + node.name);
    return {};
}

} // namespace netrig
