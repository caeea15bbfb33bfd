// counter: what the kernel has counted: a statistic of an interface, or a counter of nftables.
#pragma once

#include "core/verbs/state_check.h"

#include <array>

namespace netrig {

/// A counter of nftables as a scenario names it: "inet guard dropped".
struct NftCounterName {
    std::string family, table, name; ///< of a named counter, or the comment of a rule
};

struct CounterCheck {
    static constexpr std::string_view name = "counter";
    static constexpr std::string_view meaning = "a statistic of an interface, or a counter of nftables";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 7> keys{{
        {"on", KeyType::texts, "\"r1:eth0\" with 'statistic', a node with 'nft'"},
        {"statistic", KeyType::text, "\"rx_packets\", \"tx_dropped\", ...: as ip-link(8) -s names them"},
        {"nft", KeyType::text,
         "family, table, and a counter's name or a rule's comment: \"inet guard dropped\""},
        {"of", KeyType::text, "\"packets\" (default) or \"bytes\" of 'nft'"},
        {"is", KeyType::integer, "exactly so many"},
        {"min", KeyType::integer, "at least so many"},
        {"max", KeyType::integer, "at most so many"},
    }};

    StatePlaces places;
    std::string statistic;
    std::optional<NftCounterName> nft;
    bool of_bytes = false;
    std::optional<std::uint64_t> is, min, max;

    static std::optional<CounterCheck> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const;
};

} // namespace netrig
