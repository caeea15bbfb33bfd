// A node while it lives: its network, mount and UTS namespaces, held by descriptors alone, and a netlink
// socket in it. No name in any file system, no holder process: with the last descriptor it is gone.
#pragma once

#include "core/result.h"
#include "runner/fd.h"
#include "runner/netlink_socket.h"

#include <string>

namespace netrig {

struct NodeNamespaces {
    std::string name;
    Fd network, mounts, uts;
    NetlinkSocket netlink;
};

/// The lab's own view of files and its host name, from which nodes are made and to which the engine returns.
struct HomeNamespaces {
    Fd mounts, uts;

    static Result<HomeNamespaces> open();
    [[nodiscard]] Status enter() const;
};

/// What a node's view of the file system needs.
struct NodeView {
    std::string hosts_file;      ///< is seen as /etc/hosts
    std::string scenario_folder; ///< absolute; stays visible under the node's own /tmp and /run
};

/// Makes a node and returns home, whatever happens. Its host name is `name`; /run and /tmp are its own and
/// empty; /sys shows its own network.
Result<NodeNamespaces> make_node(const std::string& name, const NodeView& view, const HomeNamespaces& home);

/// A private, empty file system at `where`; the scenario's folder, if it lies there, is shown in it again.
Status cover_folder(const std::string& where, const std::string& scenario_folder);

/// Puts the calling thread into the node's network namespace. Nobody needs the lab's own, so there is no way
/// back to fail: whoever opens a socket enters first.
Status enter_network(const NodeNamespaces& node);

} // namespace netrig
