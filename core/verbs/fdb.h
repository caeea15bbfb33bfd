// fdb: where a bridge or a VXLAN sends what goes to a hardware address (bridge-fdb(8)).
#pragma once

#include "core/verbs/state_check.h"

#include <array>

namespace netrig {

struct FdbCheck {
    static constexpr std::string_view name = "fdb";
    static constexpr std::string_view meaning = "an entry of a bridge's or a VXLAN's forwarding table";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 7> keys{{
        {"on", KeyType::texts, "a bridge, a node, or an interface of one: \"leaf1:vxlan10\""},
        {"mac", KeyType::text, "a hardware address, or whose: \"blue\", \"blue:eth0\""},
        {"port", KeyType::text, "the interface that it is behind"},
        {"vlan", KeyType::integer, "of a bridge that filters VLANs"},
        {"remote", KeyType::text, "the other end of a VXLAN: an address or a node"},
        {"state", KeyType::text, "\"learned\", \"stale\", \"static\" or \"permanent\""},
        {"present", KeyType::boolean, "false: there must be none"},
    }};

    StatePlaces places;
    std::optional<MacOrPlace> mac;
    std::string port;
    std::optional<unsigned> vlan;
    std::optional<AddressOrNode> remote;
    std::optional<FdbState> state;

    static std::optional<FdbCheck> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const;
};

} // namespace netrig
