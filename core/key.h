// The key table of a table in a scenario file: the one source of what is accepted there, what is suggested,
// what a schema and a manual say. A key that the format has and this version has not is marked `later`.
#pragma once

#include <span>
#include <string_view>

namespace netrig {

enum class KeyType {
    text,
    integer,
    boolean,
    duration, ///< "50ms"
    size,     ///< "64KiB"
    percent,  ///< "1%"
    rate,     ///< "10mbit"
    texts,    ///< a string or an array of strings
    text_or_table,
    table,
    tables, ///< [[name]]
    any,
};

struct Key {
    std::string_view name;
    KeyType type;
    std::string_view meaning;
    bool later = false;
};

using Keys = std::span<const Key>;

} // namespace netrig
