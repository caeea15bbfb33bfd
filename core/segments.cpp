#include "core/segments.h"

#include "core/tunnel_pairs.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace netrig {

namespace {

/// A VLAN's number, and above it whether the tag is of 802.1ad.
using Tag = std::uint32_t;
/// That a frame carries, the outermost last.
using Tags = std::vector<Tag>;

constexpr Tag dot1ad = 1U << 16;

/// More tags are on no frame of a sensible network. Where a loop puts on one tag after the other, this ends
/// it.
constexpr std::size_t most_tags = 4;

Tag tag_of(const Vlan& vlan) {
    return vlan.id | (vlan.protocol == VlanProtocol::dot1ad ? dot1ad : 0);
}

/// To a bridge that filters by 802.1Q, which looks at no other tags.
bool is_untagged(const Tags& tags) {
    return tags.empty() || (tags.back() & dot1ad) != 0;
}

Tags without_outermost(Tags tags) {
    tags.pop_back();
    return tags;
}

/// A frame at an interface, or inside a bridge that filters, behind its ports.
struct Place {
    InterfaceRef at;
    bool inside = false;
    Tags tags{};
    auto operator<=>(const Place&) const = default;
};

const Bridge* filtering(const Interface& interface) {
    const auto* bridge = std::get_if<Bridge>(&interface.kind);
    return bridge != nullptr && bridge->vlan_filtering ? bridge : nullptr;
}

/// The VLAN of a port's frames without a tag; 0 where they are dropped.
std::uint16_t untagged_vlan(const Bridge& bridge, const PortSettings& port) {
    return port.pvid.value_or(bridge.vlan_default.value_or(1));
}

bool takes(const PortSettings& port, Tag vlan) {
    return std::find(port.vlans.begin(), port.vlans.end(), vlan) != port.vlans.end();
}

/// Sends a frame from each interface and sees who hears it.
class Broadcasts {
public:
    Broadcasts(Topology& topology, const InterfacePairs& tunnels) : topology_(topology) {
        for (const Node& node : topology.nodes)
            beside_.emplace_back(node.interfaces.size());
        for (const Link& link : topology.links)
            wire(link.ends[0], link.ends[1]);
        for (const auto& [one, other] : tunnels)
            wire(one, other);
        for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
            add_order(node);
    }

    void number_segments() {
        std::size_t segment = 0;
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            for (std::size_t i = 0; i < topology_.nodes[node].interfaces.size(); ++i)
                if (!seen_.contains({{node, i}})) {
                    send({{node, i}}, segment);
                    ++segment;
                }
    }

private:
    /// What an interface has to do with others: those at the other ends of wires, and of its own node those
    /// that stand on it and its ports.
    struct Beside {
        std::vector<InterfaceRef> wires;
        std::vector<std::size_t> above, ports;
    };

    Beside& beside(InterfaceRef ref) { return beside_[ref.node][ref.interface]; }

    void wire(InterfaceRef one, InterfaceRef other) {
        beside(one).wires.push_back(other);
        beside(other).wires.push_back(one);
    }

    void add_order(NodeIndex node) {
        const auto& interfaces = topology_.nodes[node].interfaces;
        for (std::size_t i = 0; i < interfaces.size(); ++i) {
            if (interfaces[i].parent)
                beside_[node][*interfaces[i].parent].above.push_back(i);
            if (interfaces[i].master)
                beside_[node][*interfaces[i].master].ports.push_back(i);
        }
    }

    void send(Place from, std::size_t segment) {
        reach(std::move(from));
        while (!open_.empty()) {
            Place place = std::move(open_.back());
            open_.pop_back();
            if (place.inside) {
                leave_bridge(place);
                continue;
            }
            if (place.tags.empty())
                topology_.at(place.at).segment = segment;
            for (InterfaceRef other : beside(place.at).wires)
                reach({other, false, place.tags});
            go_up(place);
            go_down(place);
        }
    }

    void reach(Place place) {
        if (place.tags.size() <= most_tags && seen_.insert(place).second)
            open_.push_back(std::move(place));
    }

    /// To what stands on it, and to what it is a port of.
    void go_up(const Place& place) {
        for (std::size_t i : beside(place.at).above) {
            const Interface& above = topology_.nodes[place.at.node].interfaces[i];
            const auto* vlan = std::get_if<Vlan>(&above.kind);
            if (vlan == nullptr && !traits(above.kind).overlay)
                reach({{place.at.node, i}, false, place.tags});
            else if (vlan != nullptr && !place.tags.empty() && place.tags.back() == tag_of(*vlan))
                reach({{place.at.node, i}, false, without_outermost(place.tags)});
        }
        const Interface& interface = topology_.at(place.at);
        if (interface.master) {
            InterfaceRef master{place.at.node, *interface.master};
            if (const Bridge* bridge = filtering(topology_.at(master)))
                enter_bridge(place, master, *bridge, interface.port);
            else if (!is<Vrf>(topology_.at(master)))
                reach({master, false, place.tags});
        }
    }

    /// To what it stands on, and to its ports.
    void go_down(const Place& place) {
        const Interface& interface = topology_.at(place.at);
        if (interface.parent) {
            Tags tags = place.tags;
            if (const auto* vlan = std::get_if<Vlan>(&interface.kind))
                tags.push_back(tag_of(*vlan));
            if (!traits(interface.kind).overlay)
                reach({{place.at.node, *interface.parent}, false, std::move(tags)});
        }
        if (const Bridge* bridge = filtering(interface))
            enter_bridge(place, place.at, *bridge, bridge->own);
        else if (!is<Vrf>(interface))
            for (std::size_t port : beside(place.at).ports)
                reach({{place.at.node, port}, false, place.tags});
    }

    void enter_bridge(const Place& from, InterfaceRef bridge, const Bridge& settings,
                      const PortSettings& port) {
        Tags tags = from.tags;
        std::uint16_t pvid = untagged_vlan(settings, port);
        if (is_untagged(tags) && pvid != 0)
            tags.push_back(pvid);
        else if (is_untagged(tags) || tags.back() == pvid || !takes(port, tags.back()))
            return;
        reach({bridge, true, std::move(tags)});
    }

    void leave_bridge(const Place& from) {
        const Bridge& settings = *filtering(topology_.at(from.at));
        leave_by(from, from.at, settings, settings.own);
        for (std::size_t i : beside(from.at).ports) {
            InterfaceRef port{from.at.node, i};
            leave_by(from, port, settings, topology_.at(port).port);
        }
    }

    void leave_by(const Place& from, InterfaceRef port, const Bridge& bridge, const PortSettings& settings) {
        if (from.tags.back() == untagged_vlan(bridge, settings)) {
            Tags tags = without_outermost(from.tags);
            if (is_untagged(tags)) // else it would not come back by this port
                reach({port, false, std::move(tags)});
        } else if (takes(settings, from.tags.back()))
            reach({port, false, from.tags});
    }

    Topology& topology_;
    std::vector<std::vector<Beside>> beside_;
    std::set<Place> seen_;
    std::vector<Place> open_;
};

} // namespace

void find_segments(Topology& topology) {
    Broadcasts(topology, {}).number_segments();
}

void join_overlays(Topology& topology) {
    if (auto pairs = tunnel_pairs(topology); !pairs.empty())
        Broadcasts(topology, pairs).number_segments();
}

} // namespace netrig
