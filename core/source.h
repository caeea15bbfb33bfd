// Where something was written: the text of scenario files, and positions and spans in them.
#pragma once

#include <cstdint>
#include <string>

namespace netrig {

struct SourceFile {
    std::string path; ///< as a person would type it, for messages
    std::string text;
};

struct Position {
    std::uint32_t line = 0;   ///< from 1; 0 means that the place is the file as a whole
    std::uint32_t column = 0; ///< from 1, counted in code points as editors do
    auto operator<=>(const Position&) const = default;
};

struct Span {
    Position begin;
    Position end; ///< one past the last code point
    auto operator<=>(const Span&) const = default;
};

} // namespace netrig
