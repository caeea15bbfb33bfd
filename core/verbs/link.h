// link: the state of an interface as the kernel tells it.
#pragma once

#include "core/endpoints.h"
#include "core/verbs/verb.h"

#include <array>

namespace netrig {

/// The states in the order of LinkState.
inline constexpr std::array<std::string_view, 4> link_state_names{"up", "down", "lower-layer-down", "other"};

struct LinkCheck {
    static constexpr std::string_view name = "link";
    static constexpr std::string_view meaning = "the state of an interface";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 5> keys{{
        {"on", KeyType::texts, "which: \"red:veth0\", \"h[1-3]:eth0\""},
        {"is", KeyType::text, "\"up\" (frames pass), \"down\", \"lower-layer-down\" (the other end is down)"},
        {"master", KeyType::text, "the bridge that it is a port of; \"\" for none"},
        {"mtu", KeyType::integer, "bytes"},
        {"present", KeyType::boolean, "false: there must be no such interface"},
    }};

    std::string text; ///< of `on`, as written
    std::vector<Place> on;
    std::optional<LinkState> is;
    std::optional<std::string> master;
    std::optional<unsigned> mtu;
    bool present = true;

    static std::optional<LinkCheck> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const { return "link " + text; }
};

/// The interface of a place, which must stand in the file unless the kernel named one of the node's.
bool check_interface_known(const Place& place, LoadContext& context);

} // namespace netrig
