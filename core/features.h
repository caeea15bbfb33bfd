// The one table of what a machine may offer, by the names that `requires` and `netrig doctor` use. Pure: how
// each is asked of the kernel is in runner/features, one probe for every name here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace netrig {

enum class FeatureGroup {
    rights,
    namespaces,
    links,
    qdiscs,
    nftables,
    protocols,
    cgroups,
    sandbox,
    programs
};

struct Feature {
    std::string_view name; ///< "kernel:netem"
    FeatureGroup group;
    std::string_view meaning;
    std::string_view module{}; ///< of the kernel, by which a person can bring it
    std::string_view option{}; ///< of the kernel's configuration: "NET_SCH_NETEM" for CONFIG_NET_SCH_NETEM
    std::string_view remedy{}; ///< where no module is the answer
};

std::span<const Feature> known_features();
const Feature* find_feature(std::string_view name);

/// "command:bgpd" names the program bgpd; nothing for a name of another kind or without a program's name.
std::optional<std::string> command_of(std::string_view feature);

/// In the table, or a command.
bool is_feature(std::string_view name);

/// How to mend a name that is_feature() refuses.
std::string feature_suggestion(std::string_view name);

/// A program that scenarios commonly call, and the Debian package that it comes in.
struct Program {
    std::string_view name, package;
};

std::span<const Program> common_programs();

/// What a person can do where the feature is missing, in one line.
std::string remedy_for(std::string_view feature, bool kernel_loads_modules);

/// "links"
std::string_view word(FeatureGroup group);

} // namespace netrig
