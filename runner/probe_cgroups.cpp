#include "runner/cgroups.h"
#include "runner/probe.h"

#include <array>
#include <fmt/format.h>

namespace netrig {

namespace {

/// Whether groups may be made; none is.
Probed ask_controller(std::string_view controller) {
    auto place = find_controller(controller);
    if (!place)
        return {Answer::no, describe(place.error())};
    return {Answer::yes, fmt::format("version {}, at {}", place->version, place->folder)};
}

constexpr auto table = std::to_array<Probe>({
    {"cgroup:cpu", [] { return ask_controller("cpu"); }},
    {"cgroup:memory", [] { return ask_controller("memory"); }},
    {"cgroup:pids", [] { return ask_controller("pids"); }},
});

} // namespace

std::span<const Probe> cgroup_probes() {
    return table;
}

} // namespace netrig
