// Which namespace it is, for whoever must not take one for another: its number (inode) is given to the next
// one as soon as it is gone, so that what is found under a number later may be anybody's.
#pragma once

#include "core/event.h"
#include "runner/node_namespaces.h"

#include <cstdint>
#include <string>
#include <vector>

namespace netrig {

/// The kinds of namespaces that labs have of their own, as /proc/PID/ns calls them.
inline constexpr std::array<const char*, 6> lab_namespace_kinds{"net", "mnt", "uts", "ipc", "pid", "user"};

/// The number that never comes again of the namespace that is open as `fd`: NS_GET_ID (ioctl_nsfs(2),
/// Linux 6.18); of a network namespace also SO_NETNS_COOKIE (Linux 5.14), for which a process of ours goes
/// in. 0: not to be had.
std::uint64_t namespace_id(int fd, bool is_network);

/// Those in which the calling thread is.
std::vector<LabNamespace> own_namespaces();

/// Those of a node, by its own sockets and descriptors.
std::vector<LabNamespace> namespaces_of(const NodeNamespaces& node);

} // namespace netrig
