// A sheet of characters, one a column, to draw boxes and lines on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace netrig {

/// Columns that text of UTF-8 takes, a code point each.
std::size_t columns_of(std::string_view text);

/// Fit for a line of a terminal, and where only ASCII is shown, with everything else as \u{...}.
std::string line_text(std::string_view text, bool ascii);

/// Box-drawing characters as '+', '-', '|' and '='.
std::string ascii_lines(std::string_view drawing);

class TextCanvas {
public:
    void put(std::size_t x, std::size_t y, std::string_view text);
    void across(std::size_t x, std::size_t y, std::size_t length, std::string_view stroke);
    /// With a row for each line of text, and a column of space beside it.
    void box(std::size_t x, std::size_t y, std::size_t width, const std::vector<std::string>& lines);

    /// Without spaces at the ends of lines.
    [[nodiscard]] std::string text() const;

private:
    std::vector<std::vector<std::string>> rows_; ///< a code point each
};

} // namespace netrig
