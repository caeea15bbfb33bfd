#include "core/toml_reader.h"

#include "core/suggest.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

std::uint32_t code_points(std::string_view text) {
    auto is_lead = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    return static_cast<std::uint32_t>(std::count_if(text.begin(), text.end(), is_lead));
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Where the piece of the value that begins at `offset` begins in the written text: a variable as a whole.
std::size_t begin_in(const Written& written, std::size_t offset) {
    std::size_t at = offset;
    for (const Written::Piece& piece : written.pieces) {
        if (offset < piece.offset)
            break;
        bool inside = offset < piece.offset + piece.length;
        at = inside ? piece.written_offset
                    : piece.written_offset + piece.written_length + (offset - piece.offset - piece.length);
    }
    return at;
}

/// The same for where a piece ends.
std::size_t end_in(const Written& written, std::size_t offset) {
    std::size_t at = offset;
    for (const Written::Piece& piece : written.pieces) {
        if (offset <= piece.offset)
            break;
        std::size_t behind = offset - std::min(offset, piece.offset + piece.length);
        at = piece.written_offset + piece.written_length + behind;
    }
    return at;
}

/// What was written of a part of the value.
Written cut(const Written& written, std::size_t offset, std::size_t length) {
    std::size_t from = begin_in(written, offset), to = end_in(written, offset + length);
    Written part{written.text.substr(from, std::max(to, from) - from), {}};
    for (const Written::Piece& piece : written.pieces) {
        std::size_t begin = std::max(piece.offset, offset);
        std::size_t end = std::min(piece.offset + piece.length, offset + length);
        if (begin < end)
            part.pieces.push_back(
                {begin - offset, end - begin, piece.written_offset - from, piece.written_length});
    }
    return part;
}

/// Of a multi-line string, whose first new line is left out where it begins with one. The whole where escapes
/// make the lines other than they are written.
Span part_of_lines(const std::string& value, const Span& span, std::size_t offset, std::size_t length) {
    auto lines = static_cast<std::uint32_t>(std::count(value.begin(), value.end(), '\n'));
    std::uint32_t written = span.end.line - span.begin.line;
    std::string_view before = std::string_view(value).substr(0, offset);
    std::string_view marked = std::string_view(value).substr(offset, length);
    bool begins_below = written == lines + 1;
    if ((!begins_below && written != lines) || marked.find('\n') != std::string_view::npos)
        return span;
    auto above = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
    std::size_t start = before.rfind('\n') + 1; // 0 where there is none
    std::uint32_t column = code_points(before.substr(start)) + 1;
    constexpr std::uint32_t quotes = 3;
    if (above == 0 && !begins_below)
        column += span.begin.column - 1 + quotes;
    std::uint32_t line = span.begin.line + above + (begins_below ? 1 : 0);
    return {{line, column}, {line, column + std::max(code_points(marked), 1U)}, span.file};
}

} // namespace

Span Text::part(std::size_t offset, std::size_t length) const {
    if (offset + length > value.size())
        return span;
    const std::string& text = written ? written->text : value;
    std::size_t from = written ? begin_in(*written, offset) : offset;
    std::size_t to = written ? end_in(*written, offset + length) : offset + length;
    if (quoted && !written && span.begin.line != span.end.line)
        return part_of_lines(value, span, offset, length);
    std::uint32_t quote = quoted ? 1 : 0;
    std::uint32_t width = span.end.column - span.begin.column;
    if (span.begin.line != span.end.line || width != code_points(text) + 2 * quote) // escapes, or lines
        return span;
    std::uint32_t begin = span.begin.column + quote + code_points(std::string_view(text).substr(0, from));
    std::uint32_t marked = code_points(std::string_view(text).substr(from, to - from));
    return {{span.begin.line, begin}, {span.begin.line, begin + std::max(marked, 1U)}, span.file};
}

Text Text::sub(std::size_t offset, std::size_t length) const {
    while (length > 0 && is_blank(value[offset])) {
        ++offset;
        --length;
    }
    while (length > 0 && is_blank(value[offset + length - 1]))
        --length;
    Span place = part(offset, length);
    auto kept = written ? std::make_shared<Written>(cut(*written, offset, length)) : nullptr;
    bool whole = quoted && place == span && span.begin.line == span.end.line;
    return {value.substr(offset, length), place, whole, std::move(kept)};
}

bool is_text(const TomlValue& value) {
    return std::holds_alternative<std::string>(value.data) || (value.written && is_single(value));
}

Text text_of(const TomlValue& value) {
    return {show(value), value.span, true, value.written};
}

std::vector<Text> split(const Text& text, std::string_view separator) {
    std::vector<Text> pieces;
    for (std::size_t at = 0; at <= text.value.size();) {
        std::size_t next = std::min(text.value.find(separator, at), text.value.size());
        pieces.push_back(text.sub(at, next - at));
        at = next + separator.size();
    }
    return pieces;
}

TableReader::TableReader(const TomlTable& table, Span where, std::string what, Keys keys,
                         Diagnostics& diagnostics)
    : table_(&table), where_(where), what_(std::move(what)), diagnostics_(&diagnostics) {
    std::vector<std::string> names;
    for (const Key& key : keys)
        if (!key.later)
            names.emplace_back(key.name);
    for (const TomlEntry& entry : table.entries) {
        auto known =
            std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == entry.key; });
        if (known == keys.end())
            report(entry.key_span, fmt::format("unknown key '{}' in {}", entry.key, what_), {},
                   suggestion(entry.key, names));
        else if (known->later)
            report(entry.key_span,
                   fmt::format("'{}' is not supported yet by this version of netrig", entry.key),
                   std::string(known->meaning));
    }
}

void TableReader::report(Span span, std::string message, std::string label, std::string help) const {
    diagnostics_->push_back({std::move(message), span, std::move(label), std::move(help), {}});
}

const TomlValue* TableReader::find(std::string_view key) const {
    auto found = std::find_if(table_->entries.begin(), table_->entries.end(),
                              [&](const TomlEntry& entry) { return entry.key == key; });
    return found == table_->entries.end() ? nullptr : &found->value;
}

bool TableReader::has(std::string_view key) const {
    return find(key) != nullptr;
}

template <class T>
const T* TableReader::expect(std::string_view key, const char* wanted) {
    const TomlValue* value = find(key);
    if (value == nullptr)
        return nullptr;
    const T* typed = std::get_if<T>(&value->data);
    bool is_header = std::is_same_v<T, TomlArray> && std::holds_alternative<TomlTable>(value->data);
    if (typed == nullptr)
        report(value->span, fmt::format("'{}' takes {}, not {}", key, wanted, type_name(*value)), {},
               is_header ? fmt::format("write [[{}]] with two brackets", key) : "");
    return typed;
}

std::optional<Text> TableReader::text(std::string_view key) {
    const TomlValue* value = find(key);
    if (value == nullptr || (!is_text(*value) && expect<std::string>(key, "a string") == nullptr))
        return std::nullopt;
    return text_of(*value);
}

std::optional<bool> TableReader::boolean(std::string_view key) {
    const bool* value = expect<bool>(key, "true or false");
    return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, std::int64_t least,
                                                 std::int64_t most) {
    const auto* value = expect<std::int64_t>(key, "an integer");
    if (value == nullptr)
        return std::nullopt;
    if (*value < least || *value > most) {
        report(find(key)->span, fmt::format("'{}' takes an integer from {} to {}", key, least, most));
        return std::nullopt;
    }
    return *value;
}

template <class T>
std::optional<T> TableReader::quantity(std::string_view key, std::optional<T> (*parse)(std::string_view),
                                       const char* what, std::string_view units) {
    const TomlValue* value = find(key);
    if (value == nullptr)
        return std::nullopt;
    const auto* text = std::get_if<std::string>(&value->data);
    std::optional<T> parsed = text == nullptr ? std::nullopt : parse(*text);
    if (!parsed)
        report(value->span, fmt::format("'{}' takes {} with its unit, as a string", key, what), {},
               fmt::format("units: {}", units));
    return parsed;
}

std::optional<Duration> TableReader::duration(std::string_view key) {
    return quantity<Duration>(key, parse_duration, "a duration such as \"50ms\"", duration_units);
}

std::optional<std::uint64_t> TableReader::size(std::string_view key) {
    return quantity<std::uint64_t>(key, parse_size, "a size such as \"64KiB\"", size_units);
}

std::optional<BitsPerSecond> TableReader::rate(std::string_view key) {
    return quantity<BitsPerSecond>(key, parse_rate, "a rate such as \"10mbit\"", rate_units);
}

std::optional<double> TableReader::percent(std::string_view key) {
    return quantity<double>(key, parse_percent, "a share such as \"1%\"", "%");
}

std::vector<Text> TableReader::texts(std::string_view key) {
    const TomlValue* value = find(key);
    std::vector<Text> result;
    if (value == nullptr)
        return result;
    if (is_text(*value))
        return {text_of(*value)};
    const auto* array = std::get_if<TomlArray>(&value->data);
    if (array == nullptr) {
        report(value->span,
               fmt::format("'{}' takes a string or an array of strings, not {}", key, type_name(*value)));
        return result;
    }
    for (const TomlValue& element : *array) {
        if (is_text(element))
            result.push_back(text_of(element));
        else
            report(element.span, fmt::format("'{}' takes strings, not {}", key, type_name(element)));
    }
    return result;
}

const TomlTable* TableReader::table(std::string_view key) {
    return expect<TomlTable>(key, "a table");
}

const TomlArray* TableReader::array(std::string_view key) {
    return expect<TomlArray>(key, "an array");
}

std::optional<std::string> TableReader::choice(std::string_view key,
                                               std::span<const std::string_view> allowed) {
    std::optional<Text> value = text(key);
    if (!value)
        return std::nullopt;
    if (std::find(allowed.begin(), allowed.end(), value->value) != allowed.end())
        return value->value;
    report(value->span, fmt::format("'{}' can't be '{}'", key, value->value), {},
           suggestion(value->value, {allowed.begin(), allowed.end()}));
    return std::nullopt;
}

void TableReader::require(std::string_view key) {
    if (!has(key))
        report(where_, fmt::format("{} lacks '{}'", what_, key));
}

} // namespace netrig
