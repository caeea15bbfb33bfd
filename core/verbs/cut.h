// cut, heal, partition: frames vanish on the way without a word, and the carrier stays.
#pragma once

#include "core/verbs/directions.h"

#include <array>

namespace netrig {

struct Cut {
    static constexpr std::string_view name = "cut";
    static constexpr std::string_view meaning =
        "let frames vanish: of \"red:eth0\", what it sends and receives";
    static constexpr bool is_action = true;
    static constexpr std::array<Key, 3> keys = direction_keys;
    Directions of;

    static std::optional<Cut> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const { return "cut " + of.text; }
};

struct Heal {
    static constexpr std::string_view name = "heal";
    static constexpr std::string_view meaning =
        "undo cuts of these links; with true all cuts and the partition";
    static constexpr bool is_action = true;
    static constexpr std::array<Key, 3> keys = direction_keys;
    std::optional<Directions> of; ///< nothing: all

    static std::optional<Heal> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const { return of ? "heal " + of->text : "heal all"; }
};

/// Groups of nodes that hear nothing of each other any more, neither by a link nor through bridges.
struct Partition {
    static constexpr std::string_view name = "partition";
    static constexpr std::string_view meaning = "keep groups of nodes apart: [[\"a\", \"b\"], [\"c\"]]";
    static constexpr bool is_action = true;
    static constexpr std::array<Key, 0> keys{};
    std::vector<std::vector<NodeIndex>> groups;
    std::string text; ///< "a, b | c", as written

    static std::optional<Partition> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const { return "partition " + text; }
};

} // namespace netrig
