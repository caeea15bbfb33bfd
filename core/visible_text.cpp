#include "core/visible_text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <vector>

namespace netrig {

namespace {

struct CodePoint {
    char32_t value = 0; ///< the byte itself when it is no UTF-8
    std::size_t length = 1;
    bool valid = false;
};

unsigned char byte(char c) {
    return static_cast<unsigned char>(c);
}

CodePoint decode_first(std::string_view text) {
    static constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = byte(text[0]);
    if (lead < 0x80)
        return {lead, 1, true};
    std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length)
        return {lead, 1, false};
    char32_t value = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(text[i]) & 0xC0) != 0x80)
            return {lead, 1, false};
        value = value << 6 | (byte(text[i]) & 0x3FU);
    }
    bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < least[length] || surrogate || value > 0x10FFFF)
        return {lead, 1, false};
    return {value, length, true};
}

std::string escaped_byte(char32_t value) {
    return fmt::format("\\x{:02x}", static_cast<unsigned>(value));
}
std::string escaped_code_point(char32_t value) {
    return fmt::format("\\u{{{:x}}}", static_cast<unsigned>(value));
}

/// `escape` gives the text that stands for a code point, empty for the code point itself.
template <class Escape>
std::string translate(std::string_view text, Escape escape) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        CodePoint point = decode_first(text.substr(i));
        std::string instead = point.valid ? escape(point.value) : escaped_byte(point.value);
        if (instead.empty())
            result.append(text, i, point.length);
        else
            result += instead;
        i += point.length;
    }
    return result;
}

/// Marks that reorder what stands around them on a screen (Unicode's bidirectional controls).
bool turns_direction(char32_t c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

std::string escape_for_terminal(char32_t c) {
    if (c < 0x20 || c == 0x7F)
        return escaped_byte(c);
    if ((c >= 0x80 && c < 0xA0) || turns_direction(c))
        return escaped_code_point(c);
    return {};
}

bool is_xml_character(char32_t c) {
    if (c < 0x20)
        return c == '\t' || c == '\n';
    return c != 0xFFFE && c != 0xFFFF; // surrogates do not get through UTF-8
}

bool between(char c, unsigned char least, unsigned char most) {
    return byte(c) >= least && byte(c) <= most;
}

/// How many bytes the escape sequence is long that starts at ESC; 0 when it is none of the two or not whole.
std::size_t sequence_length(std::string_view text) {
    if (text.size() < 2 || (text[1] != '[' && text[1] != ']'))
        return 0;
    std::size_t i = 2;
    if (text[1] == '[') {
        while (i < text.size() && between(text[i], 0x20, 0x3F))
            ++i;
        return i < text.size() && between(text[i], 0x40, 0x7E) ? i + 1 : 0;
    }
    while (i < text.size() && byte(text[i]) >= 0x20)
        ++i;
    if (i < text.size() && text[i] == '\a')
        return i + 1;
    return text.substr(i).starts_with("\x1b\\") ? i + 2 : 0;
}

std::string without_sequences(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        std::size_t length = text[i] == '\x1b' ? sequence_length(text.substr(i)) : 0;
        if (length == 0)
            result += text[i++];
        i += length;
    }
    return result;
}

std::string with_line_feeds(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool pair = text[i] == '\r' && text.substr(i + 1).starts_with('\n');
        if (!pair)
            result += text[i] == '\r' ? '\n' : text[i];
    }
    return result;
}

std::vector<std::size_t> code_point_starts(std::string_view text) {
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < text.size(); i += decode_first(text.substr(i)).length)
        starts.push_back(i);
    return starts;
}

bool continues(std::string_view text, std::size_t at) {
    return at < text.size() && (byte(text[at]) & 0xC0) == 0x80;
}

} // namespace

std::string valid_utf8(std::string_view text) {
    return translate(text, [](char32_t) { return std::string(); });
}

std::string terminal_text(std::string_view text) {
    return translate(
        text, [](char32_t c) { return c == '\n' || c == '\t' ? std::string() : escape_for_terminal(c); });
}

std::string terminal_line(std::string_view text) {
    return translate(text, escape_for_terminal);
}

std::string xml_text(std::string_view text) {
    return translate(with_line_feeds(without_sequences(text)),
                     [](char32_t c) { return is_xml_character(c) ? std::string() : escaped_code_point(c); });
}

std::string one_line(std::string_view text) {
    std::string line(text);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

std::string shorten(std::string_view text, std::size_t at_most) {
    std::vector<std::size_t> starts = code_point_starts(text);
    if (starts.size() <= at_most || at_most < 3)
        return std::string(text.substr(0, starts.size() <= at_most ? text.size() : starts[at_most]));
    return std::string(text.substr(0, starts[at_most - 3])) + "...";
}

std::string shorten_middle(std::string_view text, std::size_t at_most) {
    std::vector<std::size_t> starts = code_point_starts(text);
    if (starts.size() <= at_most || at_most < 5)
        return shorten(text, at_most);
    std::size_t tail = (at_most - 3) / 2, head = at_most - 3 - tail;
    return fmt::format("{}...{}", text.substr(0, starts[head]), text.substr(starts[starts.size() - tail]));
}

std::string head_and_tail(std::string_view text, std::size_t each) {
    if (text.size() <= 2 * each)
        return std::string(text);
    std::size_t head = each, tail = text.size() - each;
    while (head > 0 && continues(text, head))
        --head;
    while (continues(text, tail))
        ++tail;
    return fmt::format("{}\n... {} bytes omitted ...\n{}", text.substr(0, head), tail - head,
                       text.substr(tail));
}

} // namespace netrig
