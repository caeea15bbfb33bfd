// Where the other ends of tunnels are: the addresses behind the nodes and interfaces by which a file names
// them.
#pragma once

#include "core/diagnostic.h"
#include "core/topology.h"

namespace netrig {

/// Finds every address of a tunnel (VXLAN, GRE, WireGuard and so on) that is given by a name, when all
/// addresses are given out. "r2" is r2's address on a segment that both are on, then one that no tunnel has,
/// IPv4 before IPv6 each time.
void find_remote_addresses(Topology& topology, Diagnostics& diagnostics);

/// What a WireGuard peer may send and is sent: its allowed-ips, else the addresses of its interface.
std::vector<Prefix> allowed_ips(const WireguardPeer& peer, const Topology& topology);

} // namespace netrig
