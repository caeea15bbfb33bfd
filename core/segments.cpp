#include "core/segments.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

namespace netrig {

namespace {

constexpr std::uint16_t untagged = 0;

/// Union-find over places that frames pass: an interface, or a filtering bridge's inside, each once for every
/// VLAN that the topology speaks of.
class Places {
public:
    Places(const Topology& topology, std::set<std::uint16_t> vlans) : vlans_(vlans.begin(), vlans.end()) {
        std::size_t count = 0;
        for (const Node& node : topology.nodes) {
            first_.push_back(count);
            count += node.interfaces.size();
        }
        inside_ = count;
        parent_.resize(2 * count * vlans_.size());
        std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    }

    [[nodiscard]] const std::vector<std::uint16_t>& vlans() const { return vlans_; }

    std::size_t at(InterfaceRef ref, std::uint16_t vlan = untagged) const {
        auto found = std::lower_bound(vlans_.begin(), vlans_.end(), vlan);
        return (first_[ref.node] + ref.interface) * vlans_.size() +
               static_cast<std::size_t>(found - vlans_.begin());
    }
    /// Within the bridge, behind its ports.
    std::size_t inside(InterfaceRef bridge, std::uint16_t vlan) const {
        return inside_ * vlans_.size() + at(bridge, vlan);
    }

    std::size_t find(std::size_t i) {
        while (parent_[i] != i)
            i = parent_[i] = parent_[parent_[i]];
        return i;
    }
    void join(std::size_t a, std::size_t b) { parent_[find(a)] = find(b); }

    /// As a wire does: with every tag.
    void join_all(InterfaceRef a, InterfaceRef b) {
        for (std::uint16_t vlan : vlans_)
            join(at(a, vlan), at(b, vlan));
    }

private:
    std::vector<std::uint16_t> vlans_;
    std::vector<std::size_t> first_, parent_;
    std::size_t inside_ = 0;
};

template <class Visit>
void for_each_interface(Topology& topology, Visit&& visit) {
    for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
        for (std::size_t i = 0; i < topology.nodes[node].interfaces.size(); ++i)
            visit(InterfaceRef{node, i}, topology.nodes[node].interfaces[i]);
}

const Bridge* filtering(const Interface& interface) {
    const auto* bridge = std::get_if<Bridge>(&interface.kind);
    return bridge != nullptr && bridge->vlan_filtering ? bridge : nullptr;
}

/// The VLAN of a port's frames without a tag; 0 where they are dropped.
std::uint16_t untagged_vlan(const Bridge& bridge, const PortSettings& port) {
    return port.pvid.value_or(bridge.vlan_default.value_or(1));
}

std::set<std::uint16_t> vlans_of(Topology& topology) {
    std::set<std::uint16_t> vlans{untagged};
    auto add_port = [&](const PortSettings& port) {
        vlans.insert(port.vlans.begin(), port.vlans.end());
        vlans.insert(port.pvid.value_or(untagged));
    };
    for_each_interface(topology, [&](InterfaceRef, const Interface& interface) {
        if (const auto* vlan = std::get_if<Vlan>(&interface.kind))
            vlans.insert(vlan->id);
        add_port(interface.port);
        if (const Bridge* bridge = filtering(interface)) {
            add_port(bridge->own);
            vlans.insert(bridge->vlan_default.value_or(1));
        }
    });
    return vlans;
}

void join_port(InterfaceRef port, InterfaceRef bridge, const Bridge& settings, const PortSettings& of_port,
               Places& places) {
    std::uint16_t pvid = untagged_vlan(settings, of_port);
    if (pvid != untagged)
        places.join(places.at(port), places.inside(bridge, pvid));
    for (std::uint16_t vlan : of_port.vlans)
        if (vlan != pvid)
            places.join(places.at(port, vlan), places.inside(bridge, vlan));
}

void join_master(InterfaceRef ref, const Interface& interface, const Topology& topology, Places& places) {
    InterfaceRef master{ref.node, *interface.master};
    if (const Bridge* bridge = filtering(topology.at(master)))
        join_port(ref, master, *bridge, interface.port, places);
    else if (!is<Vrf>(topology.at(master)))
        places.join_all(ref, master);
}

} // namespace

void find_segments(Topology& topology) {
    Places places(topology, vlans_of(topology));
    for (const Link& link : topology.links)
        places.join_all(link.ends[0], link.ends[1]);
    for_each_interface(topology, [&](InterfaceRef ref, const Interface& interface) {
        if (interface.master)
            join_master(ref, interface, topology, places);
        if (const Bridge* bridge = filtering(interface))
            join_port(ref, ref, *bridge, bridge->own, places);
        if (!interface.parent)
            return;
        InterfaceRef parent{ref.node, *interface.parent};
        if (const auto* vlan = std::get_if<Vlan>(&interface.kind))
            places.join(places.at(ref), places.at(parent, vlan->id));
        else if (!traits(interface.kind).overlay)
            places.join_all(ref, parent);
    });
    for_each_interface(topology, [&](InterfaceRef ref, Interface& interface) {
        interface.segment = places.find(places.at(ref));
    });
}

void join_overlays(Topology& topology) {
    std::map<std::tuple<std::string_view, std::uint32_t, IpAddress, unsigned>, std::size_t> joined;
    for_each_interface(topology, [&](InterfaceRef, Interface& interface) {
        KindTraits kind = traits(interface.kind);
        if (!kind.overlay)
            return;
        for (const InterfaceAddress& given : interface.addresses) {
            Prefix network = given.prefix.network();
            auto [first, is_new] = joined.try_emplace(
                {kind.name, number(interface.kind), network.address, network.length}, interface.segment);
            if (!is_new)
                interface.segment = first->second;
        }
    });
}

} // namespace netrig
