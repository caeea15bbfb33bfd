// "Did you mean": the one edit-distance function behind every look-up of a name that a person wrote.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netrig {

/// Damerau-Levenshtein distance (optimal string alignment), in bytes.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `wanted`, if it is near enough to be a slip of the keyboard.
std::optional<std::string> nearest(std::string_view wanted, const std::vector<std::string>& candidates);

/// "did you mean 'x'?", or "known here: a, b, c" when nothing is near and the list is short, or nothing.
std::string suggestion(std::string_view wanted, const std::vector<std::string>& candidates);

} // namespace netrig
