// Who hears whom: a segment is what a broadcast reaches, over links, bridges, bonds and VLANs.
#pragma once

#include "core/topology.h"

namespace netrig {

/// Numbers the segments: two interfaces share one when a broadcast of the one is heard by the other. Tunnels
/// are not looked through; see join_overlays.
void find_segments(Topology& topology);

/// Numbers them anew, with both ends of each tunnel joined (VXLAN, GRE, WireGuard and so on). Apart from
/// find_segments, for who is at a tunnel's other end must be found out by what is below it.
void join_overlays(Topology& topology);

} // namespace netrig
