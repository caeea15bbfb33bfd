// What every verb is: a value with a name, a key table, a loader, its question to a Lab and its judgement.
#pragma once

#include "core/key.h"
#include "core/lab.h"
#include "core/toml_reader.h"
#include "core/verdict.h"

#include <algorithm>
#include <concepts>
#include <optional>
#include <string>

namespace netrig {

/// What a verb's loader may look at: the checked topology, and where mistakes go.
struct LoadContext {
    const Topology& topology;
    Diagnostics& diagnostics;
    /// False when links or bridges had mistakes: what is missing because of them is no second mistake.
    bool topology_is_whole = true;
    bool nodes_are_whole = true; ///< the same of the names of nodes
};

/// How long a step may take.
struct StepLimits {
    std::optional<Duration> timeout; ///< the step's own; nothing: the verb's default
    bool repeated = false; ///< asked again if the answer is no, so one attempt need not wait for long
};

/// The wait of one attempt of a probe; `written`: `usual` stands in the file.
inline Duration attempt_timeout(const StepLimits& limits, Duration usual, bool written) {
    constexpr Duration short_wait = std::chrono::milliseconds(200);
    return limits.timeout.value_or(limits.repeated && !written ? std::min(usual, short_wait) : usual);
}

template <class T>
concept Verb = requires(const T verb, const TomlValue& value, LoadContext& context, Lab& lab,
                        const StepLimits& limits) {
    { T::name } -> std::convertible_to<std::string_view>;
    { T::meaning } -> std::convertible_to<std::string_view>;
    { T::keys } -> std::convertible_to<Keys>;
    /// An action changes the lab; a failed one ends its test, because the lab is no longer what the file
    /// says.
    { T::is_action } -> std::convertible_to<bool>;
    /// Nothing when a mistake was reported.
    { T::load(value, context) } -> std::same_as<std::optional<T>>;
    { verb.run(lab, limits) } -> std::same_as<Verdict>;
    /// "ping red -> blue": what stands for the step where it has no label.
    { verb.describe() } -> std::same_as<std::string>;
};

} // namespace netrig
