// impair: what links do to packets from now on, in the keys by which the file says it of links.
#pragma once

#include "core/impairment.h"
#include "core/verbs/directions.h"

#include <algorithm>
#include <array>

namespace netrig {

struct Impair {
    static constexpr std::string_view name = "impair";
    static constexpr std::string_view meaning = "replace what a link does to packets; without more, nothing";
    static constexpr bool is_action = true;
    static constexpr std::array<Key, direction_keys.size() + impairment_keys.size()> keys = [] {
        std::array<Key, direction_keys.size() + impairment_keys.size()> all{};
        auto rest = std::copy(direction_keys.begin(), direction_keys.end(), all.begin());
        std::copy(impairment_keys.begin(), impairment_keys.end(), rest);
        return all;
    }();

    Directions of;
    /// One each of the directions, since not all may be carried out by the same means.
    std::vector<Impairment> impairments;

    static std::optional<Impair> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const;
};

} // namespace netrig
