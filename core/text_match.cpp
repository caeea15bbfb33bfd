#include "core/text_match.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <array>
#include <fmt/format.h>
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

std::optional<TextMatch> TextMatch::load(const TomlValue& value, const std::string& key,
                                         Diagnostics& diagnostics) {
    static constexpr std::array<Key, 3> keys{{
        {"equals", KeyType::text, "the whole text, one new line at the end forgiven"},
        {"matches", KeyType::text, "a Perl-compatible regular expression that is found in it"},
        {"json", KeyType::table, "values at paths of a JSON text", true},
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
    if (diagnostics.size() > mistakes)
        return std::nullopt;
    if (equals.has_value() == matches.has_value()) {
        reader.report(value.span, fmt::format("'{}' takes one of 'equals' and 'matches'", key));
        return std::nullopt;
    }
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
    }
    return false;
}

std::string TextMatch::describe() const {
    switch (kind) {
    case Kind::contains:
        return fmt::format("contains '{}'", wanted);
    case Kind::equals:
        return wanted.empty() ? "is empty" : fmt::format("equals '{}'", wanted);
    case Kind::matches:
        return fmt::format("matches /{}/", wanted);
    }
    return {};
}

} // namespace netrig
