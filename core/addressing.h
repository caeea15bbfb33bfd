// Who gets which address: the giving out of subnets in a stable order, and the mistakes that only the whole
// topology shows.
#pragma once

#include "core/diagnostic.h"
#include "core/topology.h"

#include <vector>

namespace netrig {

struct Subnet {
    Prefix prefix; ///< a network, host bits clear
    Span span;
};

/// Subnets to be given out to interfaces: the two ends of a link, or the ports of a bridge.
struct AddressGroup {
    std::vector<Subnet> subnets;
    std::vector<InterfaceRef> members; ///< in the order in which they are given addresses
    std::string what;                  ///< "bridge 'br0'"
    bool wants_none = false;           ///< so it stands in the file: no pool is asked either
};

/// Each member without an address in a subnet of its group gets the lowest free one, in order. An address
/// that stands in the file is never given out.
void give_out_addresses(const std::vector<AddressGroup>& groups, Topology& topology,
                        Diagnostics& diagnostics);

/// Addresses no host may have, and addresses given twice on a segment.
void check_addresses(const Topology& topology, Diagnostics& diagnostics);

} // namespace netrig
