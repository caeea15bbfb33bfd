#include "core/kinds/macvlan.h"

#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::array<std::string_view, 4> macvlan_modes{"bridge", "private", "vepa", "passthru"};
constexpr std::array<std::string_view, 3> ipvlan_modes{"l2", "l3", "l3s"};

} // namespace

std::optional<Macvlan> Macvlan::load(TableReader& reader, KindContext&) {
    Macvlan macvlan;
    macvlan.mode = reader.choice_of<MacvlanMode>("mode", macvlan_modes).value_or(MacvlanMode::bridge);
    return macvlan;
}

std::string Macvlan::ip_words() const {
    return fmt::format(" mode {}", macvlan_modes[static_cast<std::size_t>(mode)]);
}

std::optional<Ipvlan> Ipvlan::load(TableReader& reader, KindContext&) {
    Ipvlan ipvlan;
    ipvlan.mode = reader.choice_of<IpvlanMode>("mode", ipvlan_modes).value_or(IpvlanMode::l2);
    return ipvlan;
}

std::string Ipvlan::ip_words() const {
    return fmt::format(" mode {}", ipvlan_modes[static_cast<std::size_t>(mode)]);
}

} // namespace netrig
