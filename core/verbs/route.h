// route: where the kernel of a node sends what goes to an address, or the entry that it has for a prefix.
#pragma once

#include "core/verbs/state_check.h"

#include <array>

namespace netrig {

struct RouteCheck {
    static constexpr std::string_view name = "route";
    static constexpr std::string_view meaning = "where a node sends what goes to an address";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 14> keys{{
        {"on", KeyType::texts, "the node that is asked"},
        {"to", KeyType::text,
         "an address or a node: the kernel's look-up; a prefix or \"default\": that entry"},
        {"via", KeyType::texts, "the next hops, all of them: addresses or nodes"},
        {"dev", KeyType::texts, "the interfaces, all of them"},
        {"type", KeyType::text,
         "\"unicast\", \"local\", \"blackhole\", \"unreachable\", \"prohibit\", \"throw\""},
        {"table", KeyType::text, "the table that it is in"},
        {"protocol", KeyType::text, "who made it: \"static\", \"bgp\", \"ospf\", a number"},
        {"metric", KeyType::integer, "of the entry"},
        {"source", KeyType::text, "the address that the node itself sends from"},
        {"from", KeyType::text, "look up for a packet with this source"},
        {"iif", KeyType::text, "look up for a packet that comes in there; with 'from'"},
        {"mark", KeyType::integer, "look up for a packet with this firewall mark"},
        {"family", KeyType::text, "\"ipv4\" or \"ipv6\": of a node, of \"default\""},
        {"present", KeyType::boolean, "false: there must be none"},
    }};

    StatePlaces places;
    std::string to_text;              ///< as written
    std::optional<IpAddress> to;      ///< looked up
    std::optional<NodeIndex> to_node; ///< the same, its address as the asking node knows it
    std::optional<Prefix> entry;      ///< exactly that one
    std::vector<AddressOrNode> via;
    std::vector<std::string> devices;
    std::optional<RouteKind> kind;
    std::optional<std::uint32_t> table;
    std::optional<unsigned> protocol;
    std::optional<std::uint32_t> metric;
    std::optional<IpAddress> source, from;
    std::string iif;
    std::optional<std::uint32_t> mark;
    std::optional<Family> family;

    static std::optional<RouteCheck> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const;
};

} // namespace netrig
