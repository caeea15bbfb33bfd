// What a command's output must be: text that it contains, text that it equals, a regular expression, or
// values at paths of a JSON text.
#pragma once

#include "core/toml_reader.h"

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netrig {

/// A compiled Perl-compatible regular expression (pcre2pattern(3)); bounded in time by PCRE2's match limit.
class Regex {
public:
    struct Problem {
        std::string reason;
        std::size_t offset; ///< bytes into the pattern
    };
    static tl::expected<Regex, Problem> compile(const std::string& pattern);

    /// Whether it matches anywhere in the text; nothing when the match limit ended the search.
    [[nodiscard]] std::optional<bool> search(std::string_view text) const;

private:
    std::shared_ptr<const void> code_; ///< pcre2_code; immutable once compiled
};

/// The value that must stand at a path of a JSON text.
struct JsonExpectation {
    std::string path;    ///< as written: "links[0].mtu"
    std::string pointer; ///< RFC 6901: "/links/0/mtu"
    std::shared_ptr<const nlohmann::json> value;
};

struct TextMatch {
    enum class Kind { contains, equals, matches, json };
    Kind kind = Kind::contains;
    std::string wanted;
    std::optional<Regex> regex;
    std::vector<JsonExpectation> values{};

    /// A string (contains), { equals = "…" }, { matches = "regex" } or { json = { "path.to[0].key" = value }
    /// }. Nothing when a mistake was reported.
    static std::optional<TextMatch> load(const TomlValue& value, const std::string& key,
                                         Diagnostics& diagnostics);

    /// `equals` forgives one new line at the end, which programs print and people leave out.
    [[nodiscard]] bool fits(std::string_view text) const;
    /// How a text that does not fit differs, in a line or a few, where that can be said in short.
    [[nodiscard]] std::vector<std::string> differences(std::string_view text) const;
    [[nodiscard]] std::string describe() const; ///< "stdout that contains 'x'" less the "stdout that"
};

} // namespace netrig
