// Netlink messages for the root qdisc of an interface: filled and read, never sent here. Layouts by
// linux/pkt_sched.h, linux/rtnetlink.h and linux/gen_stats.h.
#pragma once

#include "core/impairment.h"
#include "core/topology.h"
#include "runner/netlink_socket.h"

#include <optional>
#include <vector>

namespace netrig {

/// tc-netem(8). `seed`: where the impairment has none; a kernel before 6.6 takes neither.
NetlinkMessage netem_message(Ifindex index, const Impairment& impairment, std::uint64_t seed);

/// tc-tbf(8) with a queue that counts packets, not bytes. `mtu` in bytes, of the interface.
std::vector<NetlinkMessage> tbf_messages(Ifindex index, const Impairment& impairment, unsigned mtu);

NetlinkMessage delete_root_qdisc_message(Ifindex index);

/// A dump of all qdiscs of the interface.
NetlinkMessage dump_qdiscs_message(Ifindex index);

/// What RTM_NEWQDISC says.
struct QdiscReport {
    Ifindex index = 0;
    bool root = false;
    std::string kind;                      ///< "netem"
    std::uint64_t passed = 0, dropped = 0; ///< packets
    std::optional<std::uint64_t> seed;     ///< of netem, where the kernel knows it
};

std::optional<QdiscReport> read_qdisc(const nlmsghdr* header);

/// TCA_NETEM_PRNG_SEED of linux/pkt_sched.h since Linux 6.6.
inline constexpr std::uint16_t netem_seed_attribute = 14;

} // namespace netrig
