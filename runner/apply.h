// Performs one operation of a plan in the kernel.
#pragma once

#include "core/op.h"
#include "core/result.h"
#include "runner/link_emulation.h"
#include "runner/node_namespaces.h"
#include "runner/stop_request.h"

#include <vector>

namespace netrig {

struct ApplyContext {
    const Topology& topology;
    const HomeNamespaces& home;
    const NodeView& view;
    const NodePrograms& programs;
    const StopRequest& stop;
    std::vector<NodeNamespaces>& nodes; ///< as many as were made so far, in the order of the topology
    LinkEmulation& emulation;
};

/// An Error says what was being done, to which node, and the kernel's own words; or that
/// the lab was told to end, and then nothing was done.
Status apply(const Op& op, ApplyContext& context);

} // namespace netrig
