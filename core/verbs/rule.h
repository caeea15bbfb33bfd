// rule: the policy rules of a node, which choose the routing table (ip-rule(8)).
#pragma once

#include "core/verbs/state_check.h"

#include <array>

namespace netrig {

/// In the order of RuleAction.
inline constexpr std::array<std::string_view, 6> rule_action_names{"lookup",    "goto",        "nop",
                                                                   "blackhole", "unreachable", "prohibit"};

struct RuleCheck {
    static constexpr std::string_view name = "rule";
    static constexpr std::string_view meaning = "a policy rule";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 11> keys{{
        {"on", KeyType::texts, "the node"},
        {"priority", KeyType::integer, "the lowest is asked first"},
        {"from", KeyType::text, "the prefix of sources"},
        {"to", KeyType::text, "the prefix of destinations"},
        {"mark", KeyType::text, "a firewall mark: \"0x1\", \"0x1/0xff\""},
        {"iif", KeyType::text, "where packets come in"},
        {"oif", KeyType::text, "the interface that senders are bound to"},
        {"table", KeyType::text, "the table that is looked in"},
        {"action", KeyType::text,
         "\"lookup\", \"blackhole\", \"unreachable\", \"prohibit\", \"goto\", \"nop\""},
        {"family", KeyType::text, "\"ipv4\" or \"ipv6\""},
        {"present", KeyType::boolean, "false: there must be none"},
    }};

    StatePlaces places;
    std::optional<std::uint32_t> priority;
    std::optional<Prefix> from, to;
    std::optional<Mark> mark;
    std::string in, out;
    std::optional<std::uint32_t> table;
    std::optional<RuleAction> action;
    std::optional<Family> family;

    static std::optional<RuleCheck> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const;
};

} // namespace netrig
