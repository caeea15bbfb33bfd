// listening: whether a socket in a node takes what comes to a port, whoever sends it (ss(8)).
#pragma once

#include "core/verbs/state_check.h"

#include <array>

namespace netrig {

struct ListeningCheck {
    static constexpr std::string_view name = "listening";
    static constexpr std::string_view meaning = "a port on which a node takes connections or datagrams";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 5> keys{{
        {"on", KeyType::texts, "the node"},
        {"tcp", KeyType::integer, "the port"},
        {"udp", KeyType::integer, "the port"},
        {"address", KeyType::text, "what is sent to it must be taken: bound to it, or to every address"},
        {"present", KeyType::boolean, "false: nothing may listen there"},
    }};

    StatePlaces places;
    Transport transport = Transport::tcp;
    std::uint16_t port = 0;
    std::optional<IpAddress> address;

    static std::optional<ListeningCheck> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const;
};

} // namespace netrig
