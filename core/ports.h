// The ports of a bridge, bond or VRF as a scenario names them, and what a bridge may be told of each
// (bridge(8), linux/if_link.h IFLA_BRPORT_*, linux/if_bridge.h).
#pragma once

#include "core/impairment.h"
#include "core/toml_reader.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace netrig {

/// What a bridge does with one of its ports. What is not set is as the kernel has it.
struct PortSettings {
    std::vector<std::uint16_t> vlans;  ///< whose frames pass with their tag
    std::optional<std::uint16_t> pvid; ///< the VLAN of frames without a tag; 0: of none, so they are dropped
    std::optional<bool> isolated;      ///< it hears only from ports that are not
    std::optional<bool> learning;      ///< addresses are learnt from what comes in
    std::optional<bool> flooding;      ///< what has no known place goes out here too
    std::optional<std::uint32_t> cost; ///< of the spanning tree's path
    std::optional<std::uint8_t> priority; ///< of the spanning tree, 0 to 63

    [[nodiscard]] bool any() const { return has_vlans() || has_flags(); }
    [[nodiscard]] bool has_vlans() const { return pvid.has_value() || !vlans.empty(); }
    [[nodiscard]] bool has_flags() const { return isolated || learning || flooding || cost || priority; }
};

struct PortText {
    Text name; ///< "eth0", or "node:eth0" where the ports are other nodes' links
    PortSettings settings;
    Impairment impairment{}; ///< of both directions of its link
};

/// `ports` of a table: strings, and tables where there is more to say. Only a bridge takes settings, and only
/// one with links for ports impairments.
enum class PortsOf { bridge, bridge_in_node, others };
std::vector<PortText> load_ports(TableReader& reader, PortsOf kind);

/// A VLAN list: one number or an array of numbers and of ranges such as "10-20".
std::vector<std::uint16_t> load_vlans(TableReader& reader, std::string_view key);

} // namespace netrig
