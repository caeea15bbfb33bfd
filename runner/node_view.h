// What a node sees of the file system: the machine's, but for folders that are its own and empty because
// programs take them for the machine's only one, /sys of its own network, and who is called what.
#pragma once

#include "core/result.h"
#include "runner/files_in_node.h"

#include <array>
#include <string>

namespace netrig {

/// Where the lab keeps what all nodes share; on the lab's own /run, which no node sees.
struct NodeView {
    std::string hosts_file;      ///< is seen as /etc/hosts
    std::string resolver_file;   ///< is seen as /etc/resolv.conf
    std::string scenario_folder; ///< absolute; stays visible under the node's own folders
    FilesInNode shared;          ///< the first two, with their paths in a node
};

/// Each node has its own of these, where the machine has it. FRR's are compiled into it, so that two routers
/// can be kept apart in no other way.
constexpr std::array<const char*, 6> private_folders{"/run",     "/var/run", "/tmp",
                                                     "/var/tmp", "/dev/shm", "/var/log/frr"};

/// In the calling thread's mount namespace, which must be the node's own and new. Says what is its own in
/// there.
Result<OwnFolders> set_up_view(const NodeView& view);

/// A private, empty file system at `where`; the scenario's folder, if it lies there, is shown in it again.
Status cover_folder(const std::string& where, const std::string& scenario_folder);

/// Writes what `view` names, in the lab's own mount namespace. `hosts` is the text of /etc/hosts.
Result<NodeView> make_view(std::string hosts, const std::string& scenario_folder);

} // namespace netrig
