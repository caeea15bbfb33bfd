#include "core/port_vlans.h"

namespace netrig {

std::vector<VlanRange> vlan_ranges(const PortSettings& settings) {
    std::vector<VlanRange> ranges;
    if (settings.pvid && *settings.pvid != 0)
        ranges.push_back({*settings.pvid, *settings.pvid, true});
    std::vector<std::uint16_t> vlans = settings.vlans;
    std::erase(vlans, settings.pvid.value_or(0));
    for (std::size_t i = 0, end = 0; i < vlans.size(); i = end) {
        for (end = i + 1; end < vlans.size() && vlans[end] == vlans[end - 1] + 1;)
            ++end;
        ranges.push_back({vlans[i], vlans[end - 1], false});
    }
    return ranges;
}

std::optional<std::uint16_t> vlan_to_leave(const PortSettings& settings, const Bridge& bridge) {
    std::uint16_t usual = bridge.vlan_default.value_or(1);
    bool leaves = settings.pvid && *settings.pvid != usual && usual != 0;
    return leaves ? std::optional(usual) : std::nullopt;
}

} // namespace netrig
