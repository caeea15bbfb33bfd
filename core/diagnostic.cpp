#include "core/diagnostic.h"

#include "core/visible_text.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::size_t widest_excerpt = 100;

std::string_view line_of(const std::string& text, std::uint32_t number) {
    std::size_t begin = 0;
    for (std::uint32_t line = 1; line < number; ++line) {
        begin = text.find('\n', begin);
        if (begin == std::string::npos)
            return {};
        ++begin;
    }
    std::string_view line(text);
    line = line.substr(begin, text.find('\n', begin) - begin);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

std::size_t code_point_length(unsigned char lead) {
    if (lead >= 0xF0)
        return 4;
    if (lead >= 0xE0)
        return 3;
    return lead >= 0xC0 ? 2 : 1;
}

/// The code points of a line, each in one column: what would act on a terminal stands as '?', tabs are kept
/// for alignment.
std::vector<std::string> shown_code_points(std::string_view line) {
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < line.size();) {
        auto lead = static_cast<unsigned char>(line[i]);
        std::size_t length = std::min(code_point_length(lead), line.size() - i);
        std::string point(line.substr(i, length));
        bool harmless = point == "\t" || terminal_line(point) == point;
        shown.push_back(harmless ? point : "?");
        i += harmless ? length : std::max<std::size_t>(1, valid_utf8(point) == point ? length : 1);
    }
    return shown;
}

/// The caret run belongs to one line; a span over several is marked to the end of its first.
std::uint32_t caret_end(const Span& span, std::size_t line_length) {
    if (span.end.line != span.begin.line)
        return static_cast<std::uint32_t>(line_length) + 1;
    return std::max(span.end.column, span.begin.column + 1);
}

std::string paint(bool colour, const char* code, const std::string& text) {
    return colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
}

} // namespace

std::string place(const SourceFile& source, const Span& span) {
    const std::string& path = file_of(source, span).path;
    if (span.begin.line == 0)
        return path;
    return fmt::format("{}:{}:{}", path, span.begin.line, span.begin.column);
}

std::string render_excerpt(const SourceFile& source, const Span& span, const std::string& label) {
    const std::string& text = file_of(source, span).text;
    std::vector<std::string> points = shown_code_points(line_of(text, span.begin.line));
    std::size_t caret = std::max<std::uint32_t>(span.begin.column, 1) - 1;
    std::size_t end = std::max<std::size_t>(caret_end(span, points.size()) - 1, caret + 1);
    // A long line shows the part around the caret.
    std::size_t from =
        caret > widest_excerpt / 2 && points.size() > widest_excerpt ? caret - widest_excerpt / 2 : 0;
    std::size_t to = std::min(points.size(), from + widest_excerpt);
    end = std::min(end, std::max(to, caret + 1));
    std::string line = from > 0 ? "..." : "", marks = from > 0 ? "   " : "";
    for (std::size_t i = from; i < to; ++i)
        line += points[i];
    if (to < points.size())
        line += "...";
    for (std::size_t i = from; i < caret; ++i)
        marks += i < points.size() && points[i] == "\t" ? "\t" : " ";
    marks.append(end - caret, '^');
    if (!label.empty())
        marks += " " + terminal_line(label);
    std::string number = std::to_string(span.begin.line);
    std::string margin(number.size(), ' ');
    return fmt::format(" {0} |\n {1} | {2}\n {0} | {3}\n", margin, number, line, marks);
}

static std::string render_one(const Diagnostic& diagnostic, const SourceFile& source, bool colour) {
    std::string text =
        paint(colour, "1;31", "error") + ": " + paint(colour, "1", terminal_line(diagnostic.message)) + "\n";
    text += fmt::format("  --> {}\n", place(source, diagnostic.span));
    if (diagnostic.span.begin.line != 0)
        text += render_excerpt(source, diagnostic.span, diagnostic.label);
    for (const DiagnosticNote& note : diagnostic.notes) {
        text += fmt::format("  note: {}\n  --> {}\n", terminal_line(note.text), place(source, note.span));
        if (note.span.begin.line != 0)
            text += render_excerpt(source, note.span, "");
    }
    if (!diagnostic.help.empty())
        text += fmt::format("  {}: {}\n", paint(colour, "1;36", "help"), terminal_line(diagnostic.help));
    return text;
}

std::string render(const Diagnostics& diagnostics, const SourceFile& source, DiagnosticStyle style) {
    Diagnostics sorted = diagnostics;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Diagnostic& a, const Diagnostic& b) { return stands_before(a.span, b.span); });
    std::string text;
    std::size_t shown = std::min(sorted.size(), style.at_most);
    for (std::size_t i = 0; i < shown; ++i)
        text += render_one(sorted[i], source, style.colour) + "\n";
    if (shown < sorted.size())
        text += fmt::format("and {} more in {}\n", sorted.size() - shown, source.path);
    return text;
}

} // namespace netrig
