// A policy rule as the kernel takes it: which packets, and in which table they are looked up instead
// (ip-rule(8), linux/fib_rules.h). Plain data.
#pragma once

#include "core/address.h"
#include "core/route.h"
#include "core/source.h"

#include <cstdint>
#include <optional>
#include <string>

namespace netrig {

enum class RuleAction { lookup, go_to, nop, blackhole, unreachable, prohibit };

template <class T>
struct Range {
    T first{}, last{};
    auto operator<=>(const Range&) const = default;
};

struct Mark {
    std::uint32_t value = 0, mask = 0xFFFFFFFF;
    auto operator<=>(const Mark&) const = default;
};

struct Rule {
    Family family = Family::ipv4;
    bool inverted = false; ///< "not"
    std::optional<Prefix> from, to;
    std::optional<unsigned> tos;
    std::optional<Mark> mark;
    std::string in, out; ///< names of interfaces
    std::optional<Range<std::uint32_t>> uids;
    std::optional<unsigned> protocol; ///< as IP numbers them
    std::optional<Range<std::uint16_t>> source_ports, destination_ports;
    bool l3mdev = false; ///< the table is that of the VRF
    RuleAction action = RuleAction::lookup;
    std::uint32_t table = 0;                       ///< of `lookup`
    std::uint32_t target = 0;                      ///< of `go_to`, a priority
    std::optional<unsigned> suppress_prefixlength; ///< routes no longer than that do not count
    std::uint32_t priority = 0;                    ///< the lowest is asked first
    Span span;

    /// Whether they are the same but for the place: the kernel takes one of each.
    [[nodiscard]] bool same_as(const Rule& other) const;
};

/// In the words of ip-rule(8), with the family in front.
std::string show(const Rule& rule);

} // namespace netrig
