#include "core/toml_document.h"

#include <algorithm>
#include <compare>
#include <fmt/format.h>
#include <toml++/toml.h>

namespace netrig {

namespace {

Position convert(const toml::source_position& position) {
    return {position.line, position.column};
}

Span convert(const toml::source_region& region) {
    return {convert(region.begin), convert(region.end)};
}

TomlValue convert(const toml::node& node);

TomlTable convert_table(const toml::table& table) {
    TomlTable result;
    result.entries.reserve(table.size());
    for (auto&& [key, node] : table)
        result.entries.push_back({std::string(key.str()), convert(key.source()), convert(node)});
    // toml++ keeps keys in a sorted map; the order in which they were written is that of their places.
    std::stable_sort(
        result.entries.begin(), result.entries.end(),
        [](const TomlEntry& a, const TomlEntry& b) { return a.key_span.begin < b.key_span.begin; });
    return result;
}

TomlArray convert_array(const toml::array& array) {
    TomlArray result;
    result.reserve(array.size());
    for (const toml::node& node : array)
        result.push_back(convert(node));
    return result;
}

TomlValue convert(const toml::node& node) {
    Span span = convert(node.source());
    if (const auto* text = node.as_string())
        return {span, text->get()};
    if (const auto* integer = node.as_integer())
        return {span, integer->get()};
    if (const auto* boolean = node.as_boolean())
        return {span, boolean->get()};
    if (const auto* real = node.as_floating_point())
        return {span, real->get()};
    if (const auto* array = node.as_array())
        return {span, convert_array(*array)};
    if (const auto* table = node.as_table())
        return {span, convert_table(*table)};
    return {span, TomlDate{}};
}

} // namespace

std::string type_name(const TomlValue& value) {
    static constexpr const char* names[] = {"a boolean", "an integer", "a real number", "a string",
                                            "a date",    "an array",   "a table"};
    return names[value.data.index()];
}

bool is_single(const TomlValue& value) {
    return !std::holds_alternative<TomlDate>(value.data) && !std::holds_alternative<TomlArray>(value.data) &&
           !std::holds_alternative<TomlTable>(value.data);
}

std::string show(const TomlValue& value) {
    if (const auto* text = std::get_if<std::string>(&value.data))
        return *text;
    if (const auto* integer = std::get_if<std::int64_t>(&value.data))
        return std::to_string(*integer);
    if (const auto* real = std::get_if<double>(&value.data))
        return fmt::format("{}", *real);
    const auto* boolean = std::get_if<bool>(&value.data);
    return boolean == nullptr ? type_name(value) : *boolean ? "true" : "false";
}

bool same_value(const TomlValue& a, const TomlValue& b) {
    if (a.data.index() != b.data.index())
        return false;
    if (const auto* table = std::get_if<TomlTable>(&a.data)) {
        const auto& other = std::get<TomlTable>(b.data);
        auto has = [&](const TomlEntry& entry) {
            return std::any_of(other.entries.begin(), other.entries.end(), [&](const TomlEntry& candidate) {
                return candidate.key == entry.key && same_value(candidate.value, entry.value);
            });
        };
        return table->entries.size() == other.entries.size() &&
               std::all_of(table->entries.begin(), table->entries.end(), has);
    }
    if (const auto* array = std::get_if<TomlArray>(&a.data)) {
        const auto& other = std::get<TomlArray>(b.data);
        return std::equal(array->begin(), array->end(), other.begin(), other.end(), same_value);
    }
    if (const auto* text = std::get_if<std::string>(&a.data))
        return *text == std::get<std::string>(b.data);
    if (const auto* integer = std::get_if<std::int64_t>(&a.data))
        return *integer == std::get<std::int64_t>(b.data);
    if (const auto* real = std::get_if<double>(&a.data))
        return std::is_eq(*real <=> std::get<double>(b.data));
    if (const auto* boolean = std::get_if<bool>(&a.data))
        return *boolean == std::get<bool>(b.data);
    return true;
}

static void set_file(TomlValue& value, std::uint16_t file) {
    value.span.file = file;
    if (auto* table = std::get_if<TomlTable>(&value.data))
        set_file(*table, file);
    if (auto* array = std::get_if<TomlArray>(&value.data))
        for (TomlValue& element : *array)
            set_file(element, file);
}

void set_file(TomlTable& table, std::uint16_t file) {
    for (TomlEntry& entry : table.entries) {
        entry.key_span.file = file;
        set_file(entry.value, file);
    }
}

/// toml++ bounds the depth of values but not of dotted keys, and recurses over them. The first line with a
/// key of too many parts, or 0.
static std::uint32_t line_with_deep_key(const std::string& text) {
    constexpr std::ptrdiff_t most_dots = 256;
    std::uint32_t number = 1;
    for (std::size_t at = 0; at < text.size(); ++number) {
        std::size_t end = std::min(text.find('\n', at), text.size());
        std::size_t key_end = std::min({text.find_first_of("=\"'#", at), end});
        if (std::count(text.begin() + static_cast<std::ptrdiff_t>(at),
                       text.begin() + static_cast<std::ptrdiff_t>(key_end), '.') > most_dots)
            return number;
        at = end + 1;
    }
    return 0;
}

tl::expected<TomlTable, Diagnostic> parse_toml(const std::string& text) {
    if (std::uint32_t line = line_with_deep_key(text))
        return tl::unexpected(Diagnostic{"this key has too many parts", {{line, 1}, {line, 2}}});
    try {
        return convert_table(toml::parse(text));
    } catch (const toml::parse_error& error) {
        Diagnostic diagnostic;
        diagnostic.message = "not valid TOML: " + std::string(error.description());
        diagnostic.span = convert(error.source());
        diagnostic.label = "the parser stopped here";
        return tl::unexpected(diagnostic);
    }
}

} // namespace netrig
