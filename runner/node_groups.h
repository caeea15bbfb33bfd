// Control groups (cgroups(7)) in which the programs of nodes with `limits` run. Nothing removes a group with
// its last process, so a process of its own waits to do that: it outlives a runner that is killed by what it
// takes the lab to die.
#pragma once

#include "core/result.h"
#include "core/topology.h"
#include "runner/fd.h"

#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace netrig {

class NodeGroups {
public:
    NodeGroups() = default;
    /// Makes the groups of all nodes that have limits, and the process that removes them. An Error names the
    /// node and what was asked.
    static Result<NodeGroups> make(const Topology& topology);

    NodeGroups(NodeGroups&& other) noexcept
        : joining_(std::move(other.joining_)), keeper_(std::exchange(other.keeper_, -1)),
          end_(std::move(other.end_)) {}
    NodeGroups& operator=(NodeGroups&& other) noexcept;
    /// Has the groups removed and waits for that: the lab must be at its end.
    ~NodeGroups();

    /// By node: the files to which a process writes 0 to join (cgroup.procs).
    [[nodiscard]] const std::vector<std::vector<std::string>>& joining() const { return joining_; }

private:
    Status start_keeper(const std::vector<std::string>& folders);

    std::vector<std::vector<std::string>> joining_;
    pid_t keeper_ = -1;
    Fd end_; ///< the keeper waits for the end of this pipe
};

/// With which the names of all groups begin that this process makes, and of no others.
std::string group_prefix();

/// Whether any node has limits.
bool has_limits(const Topology& topology);

} // namespace netrig
