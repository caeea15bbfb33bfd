// Runs programs in nodes to their end: all of a batch at once, output bounded and pumped, deadlines kept by
// SIGTERM, a grace and SIGKILL to the process group, as is the end of the lab. A program that leaves others
// behind with its output open does not hold us up.
#pragma once

#include "core/lab.h"
#include "runner/node_namespaces.h"
#include "runner/stop_request.h"

#include <span>
#include <string>
#include <vector>

namespace netrig {

/// The answers in the order of the requests. `folder` is the working directory of those that name none, and
/// what a relative one is relative to.
Result<std::vector<CommandAnswer>> run_commands(std::span<const CommandRequest> requests,
                                                const std::vector<NodeNamespaces>& nodes,
                                                const std::string& folder, const StopRequest& stop);

} // namespace netrig
