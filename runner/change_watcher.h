// Hears of every change of links, addresses, routes, rules and neighbours in all nodes, so that a check with
// `within` is asked again when something changed and not on a sleep.
#pragma once

#include "core/result.h"
#include "runner/fd.h"
#include "runner/node_namespaces.h"
#include "runner/stop_request.h"

#include <chrono>
#include <vector>

namespace netrig {

class ChangeWatcher {
public:
    /// Subscribes in every node. What changes from now on is heard.
    static Result<ChangeWatcher> open(const std::vector<NodeNamespaces>& nodes, const StopRequest& stop);

    /// Returns when something changed since the last call, when the lab was told to end, or after `at_most`.
    Status wait(std::chrono::nanoseconds at_most);

private:
    Status watch(int descriptor, std::uint64_t key);

    Fd epoll_;
    std::vector<NetlinkSocket> sockets_;
};

} // namespace netrig
