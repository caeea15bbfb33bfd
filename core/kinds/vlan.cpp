#include "core/kinds/vlan.h"

#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::array<std::string_view, 2> protocols{"802.1Q", "802.1ad"};

} // namespace

std::optional<Vlan> Vlan::load(TableReader& reader, KindContext&) {
    Vlan vlan;
    reader.require("id");
    auto id = reader.integer("id", 1, 4094);
    vlan.protocol = reader.choice_of<VlanProtocol>("protocol", protocols).value_or(VlanProtocol::dot1q);
    if (!id)
        return std::nullopt;
    vlan.id = static_cast<std::uint16_t>(*id);
    return vlan;
}

std::string Vlan::ip_words() const {
    return fmt::format(" protocol {} id {}", protocols[static_cast<std::size_t>(protocol)], id);
}

} // namespace netrig
