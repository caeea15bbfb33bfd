// What only shows of interfaces when every address is found: tunnels between addresses of two families, and
// interfaces of a node that the kernel takes for the same.
#pragma once

#include "core/diagnostic.h"
#include "core/topology.h"

namespace netrig {

/// After find_remote_addresses().
void check_kinds(const Topology& topology, Diagnostics& diagnostics);

} // namespace netrig
