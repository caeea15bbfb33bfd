// A TOML file as plain data in the order in which it was written, each key and value with its span. The only
// unit that knows toml++, which sorts keys and costs seconds of compile time in every file that includes it.
#pragma once

#include "core/diagnostic.h"

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

namespace netrig {

struct TomlValue;
struct TomlEntry;
using TomlArray = std::vector<TomlValue>;

struct TomlTable {
    std::vector<TomlEntry> entries;
};

/// A date, a time or both: no key of ours takes one, so only its being one is kept.
struct TomlDate {};

/// What a string was in its file before variables were put in, and what became of which piece of it.
struct Written {
    struct Piece {
        std::size_t offset = 0, length = 0;                 ///< in the value
        std::size_t written_offset = 0, written_length = 0; ///< in `text`
    };
    std::string text;
    std::vector<Piece> pieces; ///< in order; all else is as written
};

struct TomlValue {
    Span span;
    std::variant<bool, std::int64_t, double, std::string, TomlDate, TomlArray, TomlTable> data;
    std::shared_ptr<const Written> written{}; ///< of a string that is not as it stands in the file
};

struct TomlEntry {
    std::string key;
    Span key_span;
    TomlValue value;
};

/// "a string", "an integer", ...: what a value is, as a message says it.
std::string type_name(const TomlValue& value);

/// A string, a number or a boolean.
bool is_single(const TomlValue& value);

/// Of a single value what it is in the middle of a string: "1280", "true".
std::string show(const TomlValue& value);

/// Whether both say the same, wherever they stand. Dates are not told apart.
bool same_value(const TomlValue& a, const TomlValue& b);

/// Says of all spans that they are in the given file of a scenario (see Span::file).
void set_file(TomlTable& table, std::uint16_t file);

/// TOML 1.0 (toml.io). The parser stops at the first syntax error, so there is at most one.
tl::expected<TomlTable, Diagnostic> parse_toml(const std::string& text);

} // namespace netrig
