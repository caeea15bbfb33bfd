// Netlink messages for links, addresses and neighbours: filled and read, never sent here. Layouts by
// linux/if_link.h, linux/if_addr.h, linux/rtnetlink.h and linux/neighbour.h.
#pragma once

#include "core/lab.h"
#include "core/op.h"
#include "runner/netlink_socket.h"

#include <optional>
#include <string>

namespace netrig {

/// The descriptors of the namespaces in which the ends are made.
struct VethPlaces {
    int first = -1, second = -1;
};

/// To be sent on a socket in the first end's namespace when that end has a master.
NetlinkMessage create_veth_message(const CreateVeth& op, VethPlaces places);
/// Frames that wait for who reads from a tap; what comes while it is full is lost.
inline constexpr std::uint32_t tap_queue_length = 10'000;

/// For an end that is there already, as a tap: all that create_veth_message says of one.
NetlinkMessage set_end_message(const VethEnd& end);
NetlinkMessage set_link_message(Ifindex index, bool up);
NetlinkMessage set_master_message(Ifindex index, Ifindex master);
NetlinkMessage delete_link_message(Ifindex index);
NetlinkMessage add_address_message(Ifindex index, const Prefix& address);
NetlinkMessage delete_address_message(Ifindex index, const Prefix& address);
NetlinkMessage get_link_message(const std::string& name);
NetlinkMessage dump_links_message();
/// Of both families where none is given.
NetlinkMessage dump_addresses_message(std::optional<Family> family);
NetlinkMessage get_neighbour_message(Ifindex index, const IpAddress& address);
NetlinkMessage delete_neighbour_message(Ifindex index, const IpAddress& address);
NetlinkMessage permanent_neighbour_message(Ifindex index, const IpAddress& address, const MacAddress& mac);

/// What RTM_NEWLINK says.
struct LinkReport {
    Ifindex index = 0;
    std::string name;
    std::optional<MacAddress> mac;
    Ifindex master = 0; ///< 0 for none
    unsigned mtu = 0;
    LinkState state = LinkState::other;
    /// IF_OPER_UP: the queue is attached. IFF_RUNNING comes before that, while the state is still unknown.
    bool operational = false;
    /// A bridge's port forwards, or the spanning tree has decided against it (BR_STATE_*). True of all
    /// others.
    bool settled = true;
};

/// What RTM_NEWADDR says.
struct AddressReport {
    Ifindex index = 0;
    IpAddress address{};
    bool tentative = false; ///< IFA_F_TENTATIVE: not to be used yet
    bool duplicate = false; ///< IFA_F_DADFAILED: another interface of its network has it, so it never will be
    bool link_local = false;
};

std::optional<AddressReport> read_address(const nlmsghdr* header);
std::optional<LinkReport> read_link(const nlmsghdr* header);
/// The learnt address of an RTM_NEWNEIGH that is usable (NUD_VALID), else nothing.
std::optional<MacAddress> read_neighbour(const nlmsghdr* header);

} // namespace netrig
