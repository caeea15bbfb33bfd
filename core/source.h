// Where something was written: the text of scenario files, and positions and spans in them.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace netrig {

struct SourceFile {
    std::string path; ///< as a person would type it, for messages
    std::string text;
    std::vector<SourceFile> included{}; ///< all files that are merged into it, each before those that include
                                        ///< it; theirs are listed here too, so their own lists are empty
};

struct Position {
    std::uint32_t line = 0;   ///< from 1; 0 means that the place is the file as a whole
    std::uint32_t column = 0; ///< from 1, counted in code points as editors do
    auto operator<=>(const Position&) const = default;
};

struct Span {
    Position begin;
    Position end;           ///< one past the last code point
    std::uint16_t file = 0; ///< 0 is the scenario itself, N the Nth of its included files
    bool operator==(const Span&) const = default;

    /// What is included comes before what includes it, as though it stood at its head.
    auto operator<=>(const Span& other) const {
        auto turn = [](const Span& span) { return static_cast<std::uint16_t>(span.file - 1U); };
        return std::tuple(turn(*this), begin, end) <=> std::tuple(turn(other), other.begin, other.end);
    }

    /// Whether the other begins within this one.
    [[nodiscard]] bool holds(const Span& other) const {
        return file == other.file && begin <= other.begin && other.begin < end;
    }
};

/// The order in which people read: by file, and by where the spans begin.
inline bool stands_before(const Span& a, const Span& b) {
    return Span{a.begin, {}, a.file} < Span{b.begin, {}, b.file};
}

/// The file that the span is in.
inline const SourceFile& file_of(const SourceFile& scenario, const Span& span) {
    return span.file == 0 || span.file > scenario.included.size() ? scenario
                                                                  : scenario.included[span.file - 1U];
}

} // namespace netrig
