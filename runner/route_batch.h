// Adds the routes of one node that follow each other in a plan together: without an acknowledgement for each
// a route takes half the time, and a network of a hundred routers has many thousands.
#pragma once

#include "core/plan.h"
#include "runner/apply.h"

#include <span>

namespace netrig {

/// How many operations at the front of `plan` are routes of one node that can be added together; 0 or 1:
/// none.
std::size_t count_batch(std::span<const PlannedOp> plan);

/// Adds them all. The Error names the first that was refused; those after it may have been added.
Status add_batch(std::span<const PlannedOp> routes, ApplyContext& context);

} // namespace netrig
