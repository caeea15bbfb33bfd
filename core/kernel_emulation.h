// What the kernel's own means of impairing are told, in numbers and words: netem, tbf, and a rule of
// nftables.
#pragma once

#include "core/impairment.h"

#include <cstdint>
#include <string>

namespace netrig {

inline constexpr unsigned usual_mtu = 1500;

/// Bytes a second; 0 for none. With a jitter and without a rate of its own, one so high that it takes no
/// time: the kernel keeps packets in order where there is a rate (netem_enqueue() in net/sched/sch_netem.c).
std::uint64_t netem_rate(const Impairment& impairment);

/// Bytes: as little at once as lets one frame pass, or what a timer of a millisecond needs.
std::uint32_t tbf_burst(const Impairment& impairment, unsigned mtu);

/// What stands before "counter drop" where loss is by a rule; empty for all packets.
std::string loss_rule(const Impairment& impairment);

} // namespace netrig
