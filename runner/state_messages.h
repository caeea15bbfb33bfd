// Netlink messages that ask for what a node holds, and what comes back as plain data. Filled and read, never
// sent here. Layouts by linux/rtnetlink.h, linux/if_addr.h, linux/neighbour.h and linux/fib_rules.h.
#pragma once

#include "core/node_state.h"
#include "runner/attribute_words.h"
#include "runner/netlink_socket.h"

#include <optional>

namespace netrig {

NetlinkMessage dump_addresses_message();
NetlinkMessage dump_routes_message();
NetlinkMessage dump_neighbours_message();
NetlinkMessage dump_fdb_message();
NetlinkMessage dump_rules_message();

/// As `ip route get`. `entry`: what matched in the tables, or else what comes of it for one packet.
enum class LookUp { entry, packet };
NetlinkMessage look_up_message(const RouteQuestion& question, Ifindex iif, LookUp wanted);

/// Asks for one interface with its statistics.
NetlinkMessage get_statistics_message(const std::string& interface);

// Nothing where a message of a dump is of another kind, or of a family that is none of ours.
std::optional<FoundAddress> read_found_address(const nlmsghdr* header, const LinkNames& names);
std::optional<FoundRoute> read_found_route(const nlmsghdr* header, const LinkNames& names);
std::optional<FoundNeighbour> read_found_neighbour(const nlmsghdr* header, const LinkNames& names);
/// Of the interface of RTM_NEWNEIGH.
Ifindex neighbour_index(const nlmsghdr* header);
std::optional<FoundFdbEntry> read_fdb_entry(const nlmsghdr* header, const LinkNames& names);
std::optional<Rule> read_rule(const nlmsghdr* header);
std::optional<LinkStatistics> read_statistics(const nlmsghdr* header);
/// The hardware address of RTM_NEWLINK; nothing where there is none.
std::optional<MacAddress> read_link_mac(const nlmsghdr* header);

} // namespace netrig
