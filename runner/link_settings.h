// The settings (sysctls) that every link has of its own, net.ipv4.conf.eth0.* and the like, as rtnetlink
// tells them: all of a link in one message, where /proc/sys has a hundred files a link.
#pragma once

#include "core/machine_state.h"
#include "runner/attribute_words.h"

#include <string>

namespace netrig {

/// From an RTM_NEWLINK: IFLA_AF_SPEC (linux/ip.h, linux/ipv6.h).
void read_link_settings(const nlmsghdr* header, const std::string& link, MachineState& state);

/// From an RTM_NEWNEIGHTBL (linux/neighbour.h) of a single link; the others' are in /proc/sys.
void read_neighbour_settings(const nlmsghdr* header, const LinkNames& names, MachineState& state);

} // namespace netrig
