// `limits` of a node: what all its programs together may use.
#pragma once

#include "core/toml_reader.h"
#include "core/topology.h"

namespace netrig {

/// Nothing when there are none.
std::optional<NodeLimits> load_limits(TableReader& node);

/// "memory 256 MiB, cpu 50%, 64 processes"
std::string show(const NodeLimits& limits);

} // namespace netrig
