// Typed look-ups in a TOML table against its key table. Every mistake becomes a diagnostic at the smallest
// place that shows it; a look-up that finds a mistake answers as if the key were absent, so nothing cascades.
#pragma once

#include "core/key.h"
#include "core/quantity.h"
#include "core/toml_document.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>

namespace netrig {

/// A string value with its place, and places within it.
struct Text {
    std::string value;
    Span span;
    bool quoted = true; ///< the span covers the quotes too; false for a piece of a longer string
    std::shared_ptr<const Written> written{}; ///< where variables were put in

    /// The place of `length` bytes from `offset`: exact for a plain one-line string, else the whole value.
    /// Of what came from a variable: the place where that is named.
    [[nodiscard]] Span part(std::size_t offset, std::size_t length) const;
    [[nodiscard]] Text sub(std::size_t offset,
                           std::size_t length) const; ///< the same as a Text, less outer blanks
};

/// Whether it is a string, or came from a variable that stands alone in one: "${mtu}" is text where text is
/// wanted.
bool is_text(const TomlValue& value);

/// The string of a value that is known to be one.
Text text_of(const TomlValue& value);

/// Pieces between `separator`, less the blanks around each; a place each.
std::vector<Text> split(const Text& text, std::string_view separator);

class TableReader {
public:
    /// Reports unknown keys (with a suggestion) and keys of a later version at once. `what` fits after "in":
    /// "a link". The table, keys and diagnostics must outlive the reader.
    TableReader(const TomlTable& table, Span where, std::string what, Keys keys, Diagnostics& diagnostics);

    [[nodiscard]] bool has(std::string_view key) const;
    [[nodiscard]] const TomlValue* find(std::string_view key) const;
    [[nodiscard]] Span where() const { return where_; }
    [[nodiscard]] Diagnostics& diagnostics() const { return *diagnostics_; }

    std::optional<Text> text(std::string_view key);
    std::optional<bool> boolean(std::string_view key);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
    std::optional<Duration> duration(std::string_view key);
    std::optional<std::uint64_t> size(std::string_view key);
    std::optional<double> percent(std::string_view key);
    std::optional<BitsPerSecond> rate(std::string_view key);
    std::vector<Text> texts(std::string_view key); ///< one string, or an array of them
    const TomlTable* table(std::string_view key);
    const TomlArray* array(std::string_view key);

    /// Text that must be one of `allowed`; a suggestion otherwise.
    std::optional<std::string> choice(std::string_view key, std::span<const std::string_view> allowed);

    /// The same as the value of an enumeration that has them in this order.
    template <class Enum>
    std::optional<Enum> choice_of(std::string_view key, std::span<const std::string_view> allowed) {
        auto chosen = choice(key, allowed);
        if (!chosen)
            return std::nullopt;
        return static_cast<Enum>(std::find(allowed.begin(), allowed.end(), *chosen) - allowed.begin());
    }

    /// "the table lacks 'key'" when it does.
    void require(std::string_view key);

    void report(Span span, std::string message, std::string label = {}, std::string help = {}) const;

private:
    template <class T>
    const T* expect(std::string_view key, const char* wanted);
    template <class T>
    std::optional<T> quantity(std::string_view key, std::optional<T> (*parse)(std::string_view),
                              const char* what, std::string_view units);

    const TomlTable* table_;
    Span where_;
    std::string what_;
    Diagnostics* diagnostics_;
};

} // namespace netrig
