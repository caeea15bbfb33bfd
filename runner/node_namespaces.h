// A node while it lives: its network, mount and UTS namespaces, held by descriptors alone, and a netlink
// socket in it. No name in any file system, no holder process: with the last descriptor it is gone.
#pragma once

#include "core/result.h"
#include "runner/fake_ids.h"
#include "runner/fd.h"
#include "runner/netlink_socket.h"
#include "runner/node_view.h"

#include <memory>
#include <string>
#include <vector>

namespace netrig {

struct NodeNamespaces {
    std::string name;
    Fd network, mounts, uts;
    NetlinkSocket netlink;
    OwnFolders folders;                         ///< in its mount namespace
    std::vector<Fd> groups{};                   ///< cgroup.procs of the control groups that its programs join
    std::shared_ptr<const CallFilter> filter{}; ///< put before its programs; nothing: none
};

/// The lab's own view of files and its host name, from which nodes are made and to which the engine returns.
struct HomeNamespaces {
    Fd mounts, uts;

    static Result<HomeNamespaces> open();
    [[nodiscard]] Status enter() const;
};

/// What there is for programs in nodes, and of texts that were read before there were any.
struct NodePrograms {
    bool any = true;                ///< none run: nobody looks at a node's files, and its view costs nothing
    std::vector<FilesInNode> files; ///< by node; none at all when no node has any
    std::shared_ptr<const CallFilter> filter;
    std::vector<std::vector<std::string>> groups; ///< by node: cgroup.procs of its control groups
    std::vector<RulesetInNode> rulesets;          ///< by node; empty text where a node has none
};

/// Makes a node and returns home, whatever happens. Its host name is `name`; without a view it sees the lab's
/// files.
Result<NodeNamespaces> make_node(const std::string& name, const NodeView* view, const HomeNamespaces& home);

/// Puts files into a node's view and returns home, whatever happens.
Status put_files(NodeNamespaces& node, const FilesToPut& files, const HomeNamespaces& home);

/// Puts the calling thread into the node's network namespace. Nobody needs the lab's own, so there is no way
/// back to fail: whoever opens a socket enters first.
Status enter_network(const NodeNamespaces& node);

/// Another netlink socket in the node, as NetlinkSocket::open.
Result<NetlinkSocket> open_netlink(const NodeNamespaces& node, std::span<const unsigned> groups);

/// Adds the node's name to what was being done, where that was done in one.
Error in_node(const NodeNamespaces& node, Error error);

} // namespace netrig
