#include "reports/text_canvas.h"

#include "core/visible_text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace netrig {

namespace {

bool continues(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// The code point that begins at a byte of valid UTF-8.
std::string_view point_at(std::string_view text, std::size_t at) {
    std::size_t end = at + 1;
    while (end < text.size() && continues(text[end]))
        ++end;
    return text.substr(at, end - at);
}

unsigned number_of(std::string_view point) {
    auto lead = static_cast<unsigned char>(point.front());
    unsigned value = point.size() == 1 ? lead : lead & (0x7FU >> point.size());
    for (char c : point.substr(1))
        value = value << 6 | (static_cast<unsigned char>(c) & 0x3FU);
    return value;
}

} // namespace

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string line_text(std::string_view text, bool ascii) {
    std::string safe = terminal_line(text);
    if (!ascii)
        return safe;
    std::string result;
    for (std::size_t i = 0; i < safe.size();) {
        std::string_view point = point_at(safe, i);
        if (point.size() == 1)
            result += point;
        else
            result += fmt::format("\\u{{{:x}}}", number_of(point));
        i += point.size();
    }
    return result;
}

std::string ascii_lines(std::string_view drawing) {
    static constexpr std::array<std::pair<std::string_view, char>, 15> plain{{{"─", '-'},
                                                                              {"│", '|'},
                                                                              {"═", '='},
                                                                              {"┄", '-'},
                                                                              {"┌", '+'},
                                                                              {"┐", '+'},
                                                                              {"└", '+'},
                                                                              {"┘", '+'},
                                                                              {"├", '+'},
                                                                              {"┤", '+'},
                                                                              {"┬", '+'},
                                                                              {"┴", '+'},
                                                                              {"╧", '+'},
                                                                              {"╤", '+'},
                                                                              {"┼", '+'}}};
    std::string result;
    for (std::size_t i = 0; i < drawing.size();) {
        std::string_view point = point_at(drawing, i);
        auto known =
            std::find_if(plain.begin(), plain.end(), [&](const auto& each) { return each.first == point; });
        if (known == plain.end())
            result += point;
        else
            result += known->second;
        i += point.size();
    }
    return result;
}

void TextCanvas::put(std::size_t x, std::size_t y, std::string_view text) {
    if (rows_.size() <= y)
        rows_.resize(y + 1);
    auto& row = rows_[y];
    for (std::size_t i = 0; i < text.size(); ++x) {
        std::string_view point = point_at(text, i);
        if (row.size() <= x)
            row.resize(x + 1, " ");
        row[x] = point;
        i += point.size();
    }
}

void TextCanvas::across(std::size_t x, std::size_t y, std::size_t length, std::string_view stroke) {
    for (std::size_t i = 0; i < length; ++i)
        put(x + i, y, stroke);
}

void TextCanvas::box(std::size_t x, std::size_t y, std::size_t width, const std::vector<std::string>& lines) {
    std::size_t bottom = y + lines.size() + 1;
    for (std::size_t row : {y, bottom})
        across(x, row, width, "─");
    put(x, y, "┌");
    put(x + width - 1, y, "┐");
    for (std::size_t i = 0; i < lines.size(); ++i) {
        put(x, y + 1 + i, "│");
        put(x + 2, y + 1 + i, lines[i]);
        put(x + width - 1, y + 1 + i, "│");
    }
    put(x, bottom, "└");
    put(x + width - 1, bottom, "┘");
}

std::string TextCanvas::text() const {
    std::string result;
    for (const auto& row : rows_) {
        std::string line;
        for (const std::string& point : row)
            line += point;
        line.erase(line.find_last_not_of(' ') + 1);
        result += line + "\n";
    }
    return result;
}

} // namespace netrig
