#include "core/shell.h"

#include "core/visible_text.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";

/// Unchanged by what makes text fit for a terminal.
bool is_printable(std::string_view text) {
    return terminal_text(text) == text;
}

/// $'...' of bash(1): every byte that is not plain as \xNN or \n.
std::string ansi_quoted(std::string_view text) {
    std::string word = "$'";
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        if (c == '\n')
            word += "\\n";
        else if (c == '\'' || c == '\\')
            word += fmt::format("\\{}", c);
        else if (byte < 0x20 || byte >= 0x7F)
            word += fmt::format("\\{:03o}", byte);
        else
            word += c;
    }
    return word + "'";
}

std::string base64(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    constexpr std::size_t bytes_a_line = 57; // 76 digits, as RFC 2045 has it
    std::string encoded;
    for (std::size_t at = 0; at < text.size(); at += 3) {
        std::uint32_t bits = 0;
        std::size_t count = std::min<std::size_t>(3, text.size() - at);
        for (std::size_t i = 0; i < 3; ++i)
            bits = bits << 8 | (i < count ? static_cast<unsigned char>(text[at + i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            encoded += i <= count ? digits[bits >> (18 - 6 * i) & 0x3F] : '=';
        if ((at + 3) % bytes_a_line == 0 || at + 3 >= text.size())
            encoded += '\n';
    }
    return encoded;
}

/// A word that no line of the text is.
std::string delimiter_for(std::string_view text) {
    std::string lines = fmt::format("\n{}", text);
    std::string word = "END";
    for (int n = 2; lines.find("\n" + word + "\n") != std::string::npos; ++n)
        word = fmt::format("END{}", n);
    return word;
}

} // namespace

std::string shell_word(std::string_view text) {
    if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos)
        return std::string(text);
    if (!is_printable(text))
        return ansi_quoted(text);
    std::string word = "'";
    for (char c : text)
        word += c == '\'' ? "'\\''" : std::string(1, c);
    return word + "'";
}

std::string shell_words(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + shell_word(word);
    return text;
}

std::string with_input(const std::string& command, std::string_view text) {
    bool whole_lines = text.empty() || text.back() == '\n';
    if (is_printable(text) && whole_lines) {
        std::string end = delimiter_for(text);
        return fmt::format("{} <<'{}'\n{}{}\n", command, end, text, end);
    }
    if (is_printable(text) && text.find('\n') == std::string_view::npos)
        return fmt::format("printf %s {} | {}\n", shell_word(text), command);
    return fmt::format("base64 -d <<'END' | {}\n{}END\n", command, base64(text));
}

std::string shell_comment(std::string_view text) {
    return "# " + terminal_line(text);
}

} // namespace netrig
