#include "core/text_match.h"

#include "core/suggest.h"
#include "core/visible_text.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <pcre2.h>

namespace netrig {

tl::expected<Regex, Regex::Problem> Regex::compile(const std::string& pattern) {
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code* code =
        pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                      PCRE2_MULTILINE | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &error, &offset, nullptr);
    if (code == nullptr) {
        std::array<PCRE2_UCHAR, 256> words{};
        pcre2_get_error_message(error, words.data(), words.size());
        return tl::unexpected(Problem{reinterpret_cast<const char*>(words.data()), offset});
    }
    Regex regex;
    regex.code_ = std::shared_ptr<const void>(code, [](const void* pointer) {
        pcre2_code_free(static_cast<pcre2_code*>(const_cast<void*>(pointer)));
    });
    return regex;
}

std::optional<bool> Regex::search(std::string_view text) const {
    const auto* code = static_cast<const pcre2_code*>(code_.get());
    pcre2_match_data* data = pcre2_match_data_create_from_pattern(code, nullptr);
    int found =
        pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0, data, nullptr);
    pcre2_match_data_free(data);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH)
        return std::nullopt;
    return found >= 0;
}

namespace {

using nlohmann::json;

json json_of(const TomlValue& value) {
    if (const auto* array = std::get_if<TomlArray>(&value.data)) {
        json elements = json::array();
        for (const TomlValue& element : *array)
            elements.push_back(json_of(element));
        return elements;
    }
    if (const auto* table = std::get_if<TomlTable>(&value.data)) {
        json members = json::object();
        for (const TomlEntry& entry : table->entries)
            members[entry.key] = json_of(entry.value);
        return members;
    }
    if (const auto* boolean = std::get_if<bool>(&value.data))
        return *boolean;
    if (const auto* number = std::get_if<std::int64_t>(&value.data))
        return *number;
    if (const auto* number = std::get_if<double>(&value.data))
        return *number;
    return text_of(value).value;
}

/// "links[0].mtu" as an RFC 6901 pointer, which may be written itself, too. Nothing where it is no path.
std::optional<std::string> pointer_of(std::string_view path) {
    if (path.empty() || path.front() == '/')
        return std::string(path);
    std::string pointer;
    for (std::size_t at = 0; at < path.size();) {
        bool index = path[at] == '[';
        std::size_t end = index ? path.find(']', at) : std::min(path.find_first_of(".[", at), path.size());
        if (end == std::string_view::npos)
            return std::nullopt;
        std::string_view part = path.substr(index ? at + 1 : at, end - at - (index ? 1 : 0));
        bool digits = part.find_first_not_of("0123456789") == std::string_view::npos;
        if (part.empty() || (index && !digits))
            return std::nullopt;
        pointer += '/';
        for (char c : part)
            pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
        at = index ? end + 1 : end;
        if (at < path.size() && path[at] == '.')
            if (++at == path.size() || path[at] == '[')
                return std::nullopt;
    }
    return pointer;
}

std::optional<TextMatch> load_json(const TomlTable& paths, Span where, Diagnostics& diagnostics) {
    TextMatch match{TextMatch::Kind::json, {}, std::nullopt};
    std::size_t mistakes = diagnostics.size();
    for (const TomlEntry& entry : paths.entries) {
        auto pointer = pointer_of(entry.key);
        if (!pointer)
            diagnostics.push_back({fmt::format("'{}' is no path in a JSON text", entry.key),
                                   entry.key_span,
                                   {},
                                   "\"links[0].mtu\", or \"/links/0/mtu\" (RFC 6901)",
                                   {}});
        else if (std::holds_alternative<TomlDate>(entry.value.data))
            diagnostics.push_back({"JSON knows no dates; write it as a string", entry.value.span});
        else
            match.values.push_back({entry.key, *pointer, std::make_shared<const json>(json_of(entry.value))});
    }
    if (paths.entries.empty())
        diagnostics.push_back({"'json' names no value, so nothing would be checked", where});
    return diagnostics.size() > mistakes ? std::nullopt : std::optional(std::move(match));
}

std::string show_json(const json& value) {
    constexpr std::size_t longest = 80;
    return shorten(value.dump(-1, ' ', false, json::error_handler_t::replace), longest);
}

/// What stands elsewhere than it should; empty where all fits.
std::vector<std::string> json_differences(const std::vector<JsonExpectation>& values, std::string_view text) {
    json document = json::parse(text, nullptr, false);
    if (document.is_discarded())
        return {"it is no JSON"};
    std::vector<std::string> lines;
    for (const JsonExpectation& each : values) {
        json::json_pointer pointer(each.pointer);
        if (!document.contains(pointer))
            lines.push_back(fmt::format("there is no {}", each.path));
        else if (const json& found = document.at(pointer); found != *each.value)
            lines.push_back(
                fmt::format("{} is {}, not {}", each.path, show_json(found), show_json(*each.value)));
    }
    return lines;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

std::vector<std::string> first_difference(std::string_view wanted, std::string_view text) {
    std::vector<std::string_view> a = lines_of(wanted), b = lines_of(text);
    auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (in_a == a.end() && in_b == b.end())
        return {"it differs in the new lines at its end alone"};
    std::vector<std::string> lines{fmt::format("it differs from line {} on:", in_a - a.begin() + 1)};
    lines.push_back(in_a == a.end() ? "    expected its end" : fmt::format("  - {}", *in_a));
    lines.push_back(in_b == b.end() ? "    it ends there" : fmt::format("  + {}", *in_b));
    return lines;
}

/// The line that is nearest to one that should be contained, where one is near.
std::vector<std::string> nearest_line(std::string_view wanted, std::string_view text) {
    constexpr std::size_t longest = 200, most_lines = 500;
    if (wanted.size() > longest || wanted.find('\n') != std::string_view::npos)
        return {};
    std::string best;
    std::size_t best_distance = wanted.size() / 2 + 1;
    std::vector<std::string_view> lines = lines_of(text);
    for (std::string_view line : std::span(lines).first(std::min(lines.size(), most_lines)))
        if (line.size() <= longest)
            if (std::size_t distance = edit_distance(wanted, line); distance < best_distance) {
                best_distance = distance;
                best = line;
            }
    return best.empty() ? std::vector<std::string>{}
                        : std::vector<std::string>{fmt::format("the nearest line is '{}'", best)};
}

} // namespace

std::optional<TextMatch> TextMatch::load(const TomlValue& value, const std::string& key,
                                         Diagnostics& diagnostics) {
    static constexpr std::array<Key, 3> keys{{
        {"equals", KeyType::text, "the whole text, one new line at the end forgiven"},
        {"matches", KeyType::text, "a Perl-compatible regular expression that is found in it"},
        {"json", KeyType::table, "values at paths of a JSON text: { \"links[0].mtu\" = 1500 }"},
    }};
    if (is_text(value)) {
        std::string text = text_of(value).value;
        if (text.empty())
            diagnostics.push_back(
                {fmt::format("every text contains the empty one, so this '{}' checks nothing", key),
                 value.span,
                 {},
                 "for an empty output write { equals = \"\" }",
                 {}});
        return TextMatch{Kind::contains, std::move(text), std::nullopt};
    }
    const auto* table = std::get_if<TomlTable>(&value.data);
    std::size_t mistakes = diagnostics.size();
    if (table == nullptr) {
        diagnostics.push_back(
            {fmt::format("'{}' takes a string or a table, not {}", key, type_name(value)), value.span});
        return std::nullopt;
    }
    TableReader reader(*table, value.span, key, keys, diagnostics);
    auto equals = reader.text("equals"), matches = reader.text("matches");
    const TomlTable* paths = reader.table("json");
    if (diagnostics.size() > mistakes)
        return std::nullopt;
    if ((equals ? 1 : 0) + (matches ? 1 : 0) + (paths != nullptr ? 1 : 0) != 1) {
        reader.report(value.span, fmt::format("'{}' takes one of 'equals', 'matches' and 'json'", key));
        return std::nullopt;
    }
    if (paths != nullptr)
        return load_json(*paths, reader.find("json")->span, diagnostics);
    if (equals)
        return TextMatch{Kind::equals, equals->value, std::nullopt};
    auto regex = Regex::compile(matches->value);
    if (!regex) {
        reader.report(matches->part(regex.error().offset, 1),
                      "not a regular expression: " + regex.error().reason);
        return std::nullopt;
    }
    return TextMatch{Kind::matches, matches->value, *regex};
}

bool TextMatch::fits(std::string_view text) const {
    switch (kind) {
    case Kind::contains:
        return text.find(wanted) != std::string_view::npos;
    case Kind::equals:
        return text == wanted || (text.ends_with('\n') && text.substr(0, text.size() - 1) == wanted);
    case Kind::matches:
        return regex->search(text).value_or(false);
    case Kind::json:
        return json_differences(values, text).empty();
    }
    return false;
}

std::vector<std::string> TextMatch::differences(std::string_view text) const {
    switch (kind) {
    case Kind::contains:
        return nearest_line(wanted, text);
    case Kind::equals:
        return text.empty() || wanted.empty() ? std::vector<std::string>{} : first_difference(wanted, text);
    case Kind::matches:
        return {};
    case Kind::json:
        return json_differences(values, text);
    }
    return {};
}

std::string TextMatch::describe() const {
    switch (kind) {
    case Kind::contains:
        return fmt::format("contains '{}'", wanted);
    case Kind::equals:
        return wanted.empty() ? "is empty" : fmt::format("equals '{}'", wanted);
    case Kind::matches:
        return fmt::format("matches /{}/", wanted);
    case Kind::json: {
        std::vector<std::string> words;
        for (const JsonExpectation& each : values)
            words.push_back(fmt::format("{} = {}", each.path, show_json(*each.value)));
        return fmt::format("has {}", fmt::join(words, ", "));
    }
    }
    return {};
}

} // namespace netrig
