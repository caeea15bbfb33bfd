#include "core/kinds/macvlan.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::array<std::string_view, 4> macvlan_modes{"bridge", "private", "vepa", "passthru"};
constexpr std::array<std::string_view, 3> ipvlan_modes{"l2", "l3", "l3s"};

/// The place of the mode in the list; 0 where none is written.
template <class Mode>
Mode load_mode(TableReader& reader, std::span<const std::string_view> modes) {
    auto mode = reader.choice("mode", modes);
    return mode ? static_cast<Mode>(std::find(modes.begin(), modes.end(), *mode) - modes.begin()) : Mode{};
}

} // namespace

std::optional<Macvlan> Macvlan::load(TableReader& reader, KindContext&) {
    Macvlan macvlan;
    macvlan.mode = load_mode<MacvlanMode>(reader, macvlan_modes);
    return macvlan;
}

std::string Macvlan::ip_words() const {
    return fmt::format(" mode {}", macvlan_modes[static_cast<std::size_t>(mode)]);
}

std::optional<Ipvlan> Ipvlan::load(TableReader& reader, KindContext&) {
    Ipvlan ipvlan;
    ipvlan.mode = load_mode<IpvlanMode>(reader, ipvlan_modes);
    return ipvlan;
}

std::string Ipvlan::ip_words() const {
    return fmt::format(" mode {}", ipvlan_modes[static_cast<std::size_t>(mode)]);
}

} // namespace netrig
