// Ready is not IFF_UP: frames pass only when the carrier has come, the queue is attached and a bridge's port
// forwards. A probe sent before costs a second of retransmission.
#pragma once

#include "core/op.h"
#include "core/result.h"
#include "runner/node_namespaces.h"
#include "runner/stop_request.h"

#include <chrono>
#include <vector>

namespace netrig {

/// Waits for notifications, not for time to pass; for `at_most` in a node since something last got ready
/// there, so that a machine which is slow for all that it has to do is given its time. An Error names the
/// interfaces that did not get ready, or says that the lab was told to end.
Status await_ready(const AwaitReady& op, std::vector<NodeNamespaces>& nodes, const Topology& topology,
                   std::chrono::nanoseconds at_most, const StopRequest& stop);

} // namespace netrig
