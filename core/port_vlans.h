// The VLANs of a bridge's port as bridge(8) and the kernel take them: ranges, one of them without a tag.
#pragma once

#include "core/kinds/bridge.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace netrig {

struct VlanRange {
    std::uint16_t first = 0, last = 0;
    bool untagged = false; ///< of frames without a tag, both ways
};

/// What follows each other without a gap is one range.
std::vector<VlanRange> vlan_ranges(const PortSettings& settings);

/// A port has its bridge's default VLAN from the start, which one with another of its own must leave.
std::optional<std::uint16_t> vlan_to_leave(const PortSettings& settings, const Bridge& bridge);

} // namespace netrig
