#include "core/static_neighbours.h"

#include <algorithm>
#include <map>

namespace netrig {

namespace {

bool has_family(const Interface& interface, Family family) {
    return std::any_of(interface.addresses.begin(), interface.addresses.end(),
                       [&](const InterfaceAddress& given) { return given.prefix.address.family == family; });
}

bool can_have_neighbours(const Interface& interface) {
    return !interface.addresses.empty() && traits(interface.kind).ethernet && !is<Loopback>(interface);
}

} // namespace

std::vector<PinNeighbours> static_neighbours(const Topology& topology, const MacOf& mac_of) {
    std::map<std::size_t, std::vector<InterfaceRef>> segments;
    for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
        for (std::size_t i = 0; i < topology.nodes[node].interfaces.size(); ++i)
            if (can_have_neighbours(topology.nodes[node].interfaces[i]))
                segments[topology.nodes[node].interfaces[i].segment].push_back({node, i});
    std::vector<PinNeighbours> pins;
    for (const auto& [segment, members] : segments)
        for (InterfaceRef asker : members) {
            PinNeighbours pin{asker, {}};
            for (InterfaceRef other : members) {
                auto mac = other.node == asker.node ? std::nullopt : mac_of(other);
                for (const InterfaceAddress& given : topology.at(other).addresses)
                    if (mac && has_family(topology.at(asker), given.prefix.address.family))
                        pin.neighbours.push_back({given.prefix.address, *mac});
            }
            if (!pin.neighbours.empty())
                pins.push_back(std::move(pin));
        }
    std::sort(pins.begin(), pins.end(),
              [](const PinNeighbours& a, const PinNeighbours& b) { return a.interface < b.interface; });
    return pins;
}

} // namespace netrig
