// Directions of links as steps name them: by the interface at one end or by the whole link, both directions
// unless one is asked for.
#pragma once

#include "core/endpoints.h"
#include "core/verbs/verb.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace netrig {

/// Of every verb that speaks of directions.
inline constexpr std::array<Key, 3> direction_keys{{
    {"on", KeyType::texts, "the links of these interfaces: \"red:eth0\""},
    {"link", KeyType::texts,
     "these links: \"red:eth0 -- blue:eth0\", or all between two nodes: \"red -- blue\""},
    {"direction", KeyType::text, "as 'on' sees it: \"send\", \"receive\" or \"both\" (default)"},
}};

struct Directions {
    std::string text;                  ///< as written, with the direction unless it is both
    std::vector<InterfaceRef> senders; ///< each once
};

/// What may be named: ends of links only, or any interface of the file as far as it sends.
enum class DirectionsOf { links, interfaces };

/// `on` or `link`, of which a table has one. Nothing when a mistake was reported.
std::optional<Directions> load_directions(TableReader& reader, DirectionsOf what, LoadContext& context);

/// The same where an interface, or several, may stand for the whole table.
std::optional<Directions> load_directions(const TomlValue& value, std::string_view verb, Keys keys,
                                          LoadContext& context);

/// The place, in a list of links, of the one that has this end.
std::size_t link_number(InterfaceRef end, const Topology& topology);

} // namespace netrig
