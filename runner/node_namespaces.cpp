#include "runner/node_namespaces.h"

#include "runner/lab_process.h"
#include "runner/system_error.h"

#include <fcntl.h>
#include <sched.h>

namespace netrig {

namespace {

Result<Fd> open_namespace(const char* which) {
    std::string path = std::string("/proc/thread-self/ns/") + which;
    Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.valid())
        return system_failure("open " + path);
    return fd;
}

Result<NodeNamespaces> make_and_stay(const std::string& name, const NodeView* view) {
    if (unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS) != 0)
        return failure({"make namespaces", errno, {}, errno == ENOSPC ? namespace_remedy(ENOSPC) : ""});
    if (sethostname(name.c_str(), name.size()) != 0)
        return system_failure("set the host name " + name);
    Result<OwnFolders> own = view == nullptr ? OwnFolders() : set_up_view(*view);
    if (!own)
        return failure(own.error());
    auto network = open_namespace("net"), mounts = open_namespace("mnt"), uts = open_namespace("uts");
    for (const auto* opened : {&network, &mounts, &uts})
        if (!*opened)
            return failure(opened->error());
    auto netlink = NetlinkSocket::open();
    if (!netlink)
        return failure(netlink.error());
    return NodeNamespaces{
        name, std::move(*network), std::move(*mounts), std::move(*uts), std::move(*netlink), std::move(*own),
        {}};
}

} // namespace

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

Result<NodeNamespaces> make_node(const std::string& name, const NodeView* view, const HomeNamespaces& home) {
    auto node = make_and_stay(name, view);
    if (Status back = home.enter(); !back && node)
        return failure(back.error());
    return node;
}

Status put_files(NodeNamespaces& node, const FilesToPut& files, const HomeNamespaces& home) {
    if (setns(node.mounts.get(), CLONE_NEWNS) != 0)
        return system_failure("enter the mount namespace of " + node.name);
    Status put = put_files(files, node.folders);
    if (Status back = home.enter(); !back && put)
        return back;
    return put;
}

Status enter_network(const NodeNamespaces& node) {
    if (setns(node.network.get(), CLONE_NEWNET) != 0)
        return system_failure("enter the network namespace of " + node.name);
    return {};
}

Result<NetlinkSocket> open_netlink(const NodeNamespaces& node, std::span<const unsigned> groups) {
    if (Status entered = enter_network(node); !entered)
        return failure(entered.error());
    auto socket = NetlinkSocket::open(groups);
    if (!socket)
        return failure(in_node(node, socket.error()));
    return socket;
}

Error in_node(const NodeNamespaces& node, Error error) {
    error.doing += " in " + node.name;
    return error;
}

} // namespace netrig
