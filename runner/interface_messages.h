// Netlink messages for interfaces that are no veth pair, for bridges' ports and for VXLAN's other ends:
// filled, never sent here. Layouts by linux/if_link.h, linux/if_bridge.h and linux/neighbour.h.
#pragma once

#include "core/op.h"
#include "runner/netlink_socket.h"

#include <vector>

namespace netrig {

/// As CreateInterface asks, of every kind that is made by RTM_NEWLINK: all but tun and tap.
NetlinkMessage create_interface_message(const CreateInterface& op, const Topology& topology);
/// The rest of what CreateInterface asks, for a tun or tap that is there already.
NetlinkMessage set_interface_message(const CreateInterface& op, const Topology& topology);

/// What is to be sent, in order, for a bridge's port or for the bridge as a port of itself.
std::vector<NetlinkMessage> set_port_messages(InterfaceRef port, const Topology& topology);

/// IFLA_BOND_PRIMARY, which the kernel takes when the port is in the bond.
NetlinkMessage set_primary_message(Ifindex bond, Ifindex port);

/// An entry of all zeros, as bridge(8) appends it.
NetlinkMessage flood_entry_message(Ifindex vxlan, const IpAddress& remote);

} // namespace netrig
