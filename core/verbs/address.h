// address: an address that an interface has, and whether it may be used.
#pragma once

#include "core/verbs/state_check.h"

#include <array>

namespace netrig {

struct AddressCheck {
    static constexpr std::string_view name = "address";
    static constexpr std::string_view meaning = "an address of an interface";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 6> keys{{
        {"on", KeyType::texts, "a node, or an interface: \"red:veth0\""},
        {"is", KeyType::text, "\"10.0.0.5/24\", or the address alone"},
        {"in", KeyType::text, "\"10.0.0.0/24\": any address of that network"},
        {"state", KeyType::text, "\"preferred\", \"tentative\", \"deprecated\", \"dad-failed\""},
        {"family", KeyType::text, "\"ipv4\" or \"ipv6\""},
        {"present", KeyType::boolean, "false: there must be none"},
    }};

    StatePlaces places;
    std::optional<Prefix> network;    ///< `in`
    std::optional<IpAddress> address; ///< `is`
    std::optional<unsigned> length;   ///< of `is`, where it says one
    std::optional<AddressState> state;
    std::optional<Family> family;

    static std::optional<AddressCheck> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const;
};

} // namespace netrig
