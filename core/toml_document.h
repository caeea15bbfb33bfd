// A TOML file as plain data in the order in which it was written, each key and value with its span. The only
// unit that knows toml++, which sorts keys and costs seconds of compile time in every file that includes it.
#pragma once

#include "core/diagnostic.h"

#include <cstdint>
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

struct TomlValue {
    Span span;
    std::variant<bool, std::int64_t, double, std::string, TomlDate, TomlArray, TomlTable> data;
};

struct TomlEntry {
    std::string key;
    Span key_span;
    TomlValue value;
};

/// "a string", "an integer", ...: what a value is, as a message says it.
std::string type_name(const TomlValue& value);

/// TOML 1.0 (toml.io). The parser stops at the first syntax error, so there is at most one.
tl::expected<TomlTable, Diagnostic> parse_toml(const std::string& text);

} // namespace netrig
