// The pool from which links and bridges without addresses of their own get subnets: the lowest of the right
// size that is still free, in the order of the file, so that a file has the same addresses on every run.
#pragma once

#include "core/addressing.h"
#include "core/toml_reader.h"

#include <vector>

namespace netrig {

/// The subnets of `pool`; what holds no addresses for hosts, and what overlaps, is reported and left out.
std::vector<Subnet> load_pool(TableReader& scenario);

/// Adds a group for each segment that has neither an address nor a subnet in the file, at the place of its
/// first link. A segment gets a subnet of every pool: /24 and /64, wider where it has more interfaces than
/// that; /31 and /127 for a link between two nodes that forward (RFC 3021, RFC 6164). What stands in the file
/// anywhere is never given out. Needs the segments.
void use_pool(const std::vector<Subnet>& pool, const Topology& topology, std::vector<AddressGroup>& groups,
              Diagnostics& diagnostics);

} // namespace netrig
