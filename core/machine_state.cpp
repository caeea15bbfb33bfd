#include "core/machine_state.h"

#include <array>
#include <fmt/format.h>

namespace netrig {

namespace {

struct PartRule {
    std::string_view word;
    bool comes = true, goes = true, changes = true; ///< what counts as a difference
};

constexpr std::array<PartRule, 10> rules{{
    {"link"},
    {"address"},
    {"route"},
    {"rule"},
    {"nftables"},
    {"sysctl", false, false, true},
    {"mount"},
    {"cgroup"},
    {"IPC", true, false, false},
    {"file", true, false, false},
}};
static_assert(rules.back().word == "file" && static_cast<std::size_t>(MachinePart::file) + 1 == rules.size());

const PartRule& rule_of(MachinePart part) {
    return rules[static_cast<std::size_t>(part)];
}

std::string with_value(std::string text, std::string_view before_value, const std::string& value) {
    return value.empty() ? text : fmt::format("{}{}{}", text, before_value, value);
}

std::string line(const std::pair<MachinePart, std::string>& key, std::string_view what,
                 const std::string& value) {
    return with_value(fmt::format("{} {} is {}", word(key.first), key.second, what), ": ", value);
}

} // namespace

std::string_view word(MachinePart part) {
    return rule_of(part).word;
}

void MachineState::add(MachinePart part, const std::string& name, std::string value) {
    auto [place, added] = found.try_emplace({part, name}, std::move(value));
    for (int number = 2; !added; ++number) // moved from only when it was added
        std::tie(place, added) =
            found.try_emplace({part, fmt::format("{} ({})", name, number)}, std::move(value));
}

std::vector<std::string> differences(const MachineState& before, const MachineState& after) {
    std::vector<std::string> lines;
    for (const auto& [key, value] : after.found) {
        auto earlier = before.found.find(key);
        if (earlier == before.found.end()) {
            if (rule_of(key.first).comes)
                lines.push_back(line(key, "new", value));
        } else if (earlier->second != value && rule_of(key.first).changes) {
            lines.push_back(line(key, "changed", fmt::format("{}, now {}", earlier->second, value)));
        }
    }
    for (const auto& [key, value] : before.found)
        if (rule_of(key.first).goes && !after.found.contains(key))
            lines.push_back(line(key, "gone", value));
    return lines;
}

std::string show(const MachineState& state) {
    std::string text;
    for (const auto& [key, value] : state.found)
        text += with_value(fmt::format("{} {}", word(key.first), key.second), ": ", value) + "\n";
    return text;
}

} // namespace netrig
