// A plan for people: each operation with the place in the scenario that asks for it, and the rule by which it
// is done so, or then.
#pragma once

#include "core/key_paths.h"
#include "core/plan.h"
#include "core/scenario.h"

#include <string>

namespace netrig {

/// "office.toml:7 links.addresses: why"; what there is of it.
std::string reason(const PlannedOp& planned, const SourceFile& source, const KeyPaths& keys);

/// One line an operation, numbered, with its reason behind it.
std::string explain(const Plan& plan, const Scenario& scenario);

} // namespace netrig
