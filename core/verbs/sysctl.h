// sysctl: a setting of a node's network, as a program in the node reads it.
#pragma once

#include "core/verbs/state_check.h"

#include <array>

namespace netrig {

struct SysctlCheck {
    static constexpr std::string_view name = "sysctl";
    static constexpr std::string_view meaning = "a setting of a node's network";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 4> keys{{
        {"on", KeyType::texts, "the node"},
        {"name", KeyType::text, "with dots: \"net.ipv4.ip_forward\""},
        {"is", KeyType::any, "its value, an integer or a string"},
        {"present", KeyType::boolean, "false: the kernel must have none of that name"},
    }};

    StatePlaces places;
    std::string setting;
    std::optional<std::string> is;

    static std::optional<SysctlCheck> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const;
};

} // namespace netrig
