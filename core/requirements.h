// What a scenario needs of the machine, and what becomes of it where that is missing: skipped with the
// reason, never failed and never silently passed. Pure: the answers are the runner's.
#pragma once

#include "core/event.h"
#include "core/topology.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace netrig {

struct Requirement {
    std::string feature; ///< a name that is_feature() knows
    Span span;
    bool derived = false; ///< follows from the topology; nobody wrote it
    bool operator==(const Requirement&) const = default;
};

/// What the machine says to one feature.
struct FeatureAnswer {
    std::string feature;
    Answer answer = Answer::could_not_ask;
    std::string words;  ///< the kernel's where it has any; of a yes too, where there is more to say
    std::string remedy; ///< what a person can do about anything but a yes
    bool operator==(const FeatureAnswer&) const = default;
};

using FeatureAnswers = std::map<std::string, FeatureAnswer>;

/// What the topology needs without being told, each once, at the place where the need first arises.
std::vector<Requirement> requirements_of(const Topology& topology);

/// Why a scenario or a test is not run.
struct Obstacle {
    Outcome outcome = Outcome::skipped;
    FailureKind kind = FailureKind::requirement;
    std::string reason; ///< "kernel:netem is missing: <the kernel's words>; <remedy>", all that are missing
    bool operator==(const Obstacle&) const = default;
};

enum class Missing { skips, is_an_error };

/// Nothing when all is there. What could not be asked is an error if it was written down; if it was derived,
/// the lab is left to find out, whose words are better.
std::optional<Obstacle> find_obstacle(std::span<const Requirement> wanted, const FeatureAnswers& found,
                                      Missing missing);

} // namespace netrig
