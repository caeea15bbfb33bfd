// flap: the carrier of links goes and comes again, some times, as if a cable were pulled and plugged in: both
// ends stay up and keep their addresses and routes.
#pragma once

#include "core/verbs/directions.h"

#include <array>

namespace netrig {

struct Flap {
    static constexpr std::string_view name = "flap";
    static constexpr std::string_view meaning =
        "take the carrier of \"red:eth0\" and of its link's other end, and give it back, several times";
    static constexpr bool is_action = true;
    static constexpr std::array<Key, 5> keys{{
        direction_keys[0],
        direction_keys[1],
        {"times", KeyType::integer, "how often; 1"},
        {"down", KeyType::duration, "how long there is none, each time; 100ms"},
        {"up", KeyType::duration, "how long there is one between two times; 100ms"},
    }};
    std::string text;               ///< as written
    std::vector<InterfaceRef> ends; ///< one of each link
    unsigned times = 1;
    Duration down = std::chrono::milliseconds(100), up = std::chrono::milliseconds(100);

    static std::optional<Flap> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const;

private:
    [[nodiscard]] Status set_carriers(Lab& lab, bool on) const;
};

} // namespace netrig
