// From a checked topology to the ordered operations that build it. Pure: what would be done can be printed,
// compared and tested without a kernel.
#pragma once

#include "core/op.h"
#include "core/source.h"

#include <string>
#include <string_view>
#include <vector>

namespace netrig {

struct PlannedOp {
    Op op;
    Span span;              ///< where in the file it comes from
    std::string_view why{}; ///< by which rule it is done so or then; empty: the place says it all. A literal
};

using Plan = std::vector<PlannedOp>;

/// Order: nodes, their sysctls, bridges and bonds, links, what stands on them, impairments, everything but
/// tunnels set up, addresses, what tunnels are told, pinned neighbours, routes, rulesets, readiness; tunnels
/// set up, routes over them, readiness; rules, setup commands. For impairments see choose_emulation.
Plan make_plan(const Topology& topology);

/// One line an operation, numbered.
std::string show(const Plan& plan, const Topology& topology);

} // namespace netrig
