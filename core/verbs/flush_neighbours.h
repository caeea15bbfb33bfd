// flush-neighbours: forgets what nodes learnt of who is next to them, as `ip neighbour flush`.
#pragma once

#include "core/verbs/link_actions.h"

namespace netrig {

struct FlushNeighbours {
    static constexpr std::string_view name = "flush-neighbours";
    static constexpr std::string_view meaning =
        "forget the neighbours that were learnt, on nodes or interfaces";
    static constexpr bool is_action = true;
    static constexpr std::array<Key, 0> keys{};
    ActionTargets targets;

    static std::optional<FlushNeighbours> load(const TomlValue& value, LoadContext& context) {
        auto targets = load_targets(value, name, context, InterfacePart::optional);
        return targets ? std::optional(FlushNeighbours{std::move(*targets)}) : std::nullopt;
    }
    Verdict run(Lab& lab, const StepLimits&) const {
        return act_on(
            targets, lab,
            [](Lab& in, const Place& place) { return in.flush_neighbours(place.node, place.interface); },
            "without learnt neighbours");
    }
    [[nodiscard]] std::string describe() const { return std::string(name) + " " + targets.text; }
};

} // namespace netrig
