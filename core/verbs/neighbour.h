// neighbour: what a node knows of who is next to it (ARP, IPv6 neighbour discovery).
#pragma once

#include "core/verbs/state_check.h"

#include <array>

namespace netrig {

struct NeighbourCheck {
    static constexpr std::string_view name = "neighbour";
    static constexpr std::string_view meaning = "an entry of the neighbour table";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 6> keys{{
        {"on", KeyType::texts, "whose table: a node, or its part of one interface: \"red:veth0\""},
        {"address", KeyType::text, "an address or a node"},
        {"mac", KeyType::text, "a hardware address, or whose: \"blue\", \"blue:veth1\""},
        {"state", KeyType::texts,
         "\"reachable\", \"stale\", \"failed\", ... or several; else any that is usable"},
        {"family", KeyType::text, "\"ipv4\" or \"ipv6\""},
        {"present", KeyType::boolean, "false: there must be none"},
    }};

    StatePlaces places;
    std::optional<AddressOrNode> address;
    std::optional<MacOrPlace> mac;
    std::vector<NeighbourState> states;
    std::optional<Family> family;

    static std::optional<NeighbourCheck> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const;
};

} // namespace netrig
