#include "core/suggest.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netrig {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t swap = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, swap});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::optional<std::string> nearest(std::string_view wanted, const std::vector<std::string>& candidates) {
    // Long names are no slip of the keyboard, and the distance costs the product of the lengths.
    constexpr std::size_t longest = 64;
    if (wanted.size() > longest)
        return std::nullopt;
    std::size_t best = std::max<std::size_t>(1, wanted.size() / 3) + 1;
    std::optional<std::string> found;
    for (const std::string& candidate : candidates) {
        std::size_t difference =
            std::max(candidate.size(), wanted.size()) - std::min(candidate.size(), wanted.size());
        if (difference >= best || candidate == wanted)
            continue;
        std::size_t distance = edit_distance(wanted, candidate);
        if (distance < best) {
            best = distance;
            found = candidate;
        }
    }
    return found;
}

std::string suggestion(std::string_view wanted, const std::vector<std::string>& candidates) {
    constexpr std::size_t short_list = 12;
    if (auto near = nearest(wanted, candidates))
        return fmt::format("did you mean '{}'?", *near);
    if (!candidates.empty() && candidates.size() <= short_list)
        return fmt::format("known here: {}", fmt::join(candidates, ", "));
    return {};
}

} // namespace netrig
