// Netlink messages for routes and policy rules: filled, never sent here. Layouts by linux/rtnetlink.h,
// linux/fib_rules.h and, for encapsulation, linux/lwtunnel.h and what it names.
#pragma once

#include "core/op.h"
#include "runner/netlink_socket.h"

namespace netrig {

/// A next hop with the index 0 is left to the kernel to find, whatever its device is called.
NetlinkMessage add_route_message(const Route& route);
/// Whoever made the route; the metric must be the route's where it says one.
NetlinkMessage delete_route_message(const Route& route);
/// What the kernel has named can only be found by that name, which is for the caller to do.
bool is_to_be_found(const Nexthop& nexthop);
NetlinkMessage add_rule_message(const Rule& rule);

} // namespace netrig
