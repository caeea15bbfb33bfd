#include "core/graph.h"

#include "core/equal_hosts.h"
#include "core/tunnel_pairs.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

namespace netrig {

namespace {

std::string name_of(const Interface& interface) {
    return interface.name.empty() ? "(kernel's choice)" : interface.name;
}

std::string vlan_list(const std::vector<std::uint16_t>& vlans) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < vlans.size();) {
        std::size_t last = i;
        while (last + 1 < vlans.size() && vlans[last + 1] == vlans[last] + 1)
            ++last;
        words.push_back(last == i ? fmt::format("{}", vlans[i])
                                  : fmt::format("{}-{}", vlans[i], vlans[last]));
        i = last + 1;
    }
    return fmt::format("{}", fmt::join(words, ","));
}

void add_words(const PortSettings& port, std::vector<std::string>& notes) {
    if (port.pvid)
        notes.push_back(*port.pvid == 0 ? "pvid none" : fmt::format("pvid {}", *port.pvid));
    if (!port.vlans.empty())
        notes.push_back("vlan " + vlan_list(port.vlans));
    if (port.isolated.value_or(false))
        notes.emplace_back("isolated");
    if (!port.learning.value_or(true))
        notes.emplace_back("no learning");
    if (!port.flooding.value_or(true))
        notes.emplace_back("no flooding");
    if (port.cost)
        notes.push_back(fmt::format("cost {}", *port.cost));
}

/// "vlan 10", "vxlan 100", "vrf table 5"
std::string kind_words(const Interface& interface) {
    std::string words(traits(interface.kind).name);
    if (const auto* vlan = std::get_if<Vlan>(&interface.kind))
        return fmt::format("{} {}{}", words, vlan->id,
                           vlan->protocol == VlanProtocol::dot1ad ? " (802.1ad)" : "");
    if (is<Vxlan>(interface) || is<Geneve>(interface))
        return fmt::format("{} {}", words, number(interface.kind));
    if (const auto* vrf = std::get_if<Vrf>(&interface.kind))
        return fmt::format("{} table {}", words, vrf->table);
    if (traits(interface.kind).overlay && number(interface.kind) != 0)
        return fmt::format("{} key {}", words, number(interface.kind));
    if (const auto* bond = std::get_if<Bond>(&interface.kind)) {
        constexpr std::array<std::string_view, 7> modes{"balance-rr", "active-backup", "balance-xor",
                                                        "broadcast",  "802.3ad",       "balance-tlb",
                                                        "balance-alb"};
        return fmt::format("{} {}", words, modes[static_cast<std::size_t>(bond->mode)]);
    }
    return words;
}

void add_bridge_words(const Bridge& bridge, std::vector<std::string>& notes) {
    if (bridge.stp)
        notes.emplace_back("stp");
    if (bridge.vlan_filtering)
        notes.emplace_back("vlan-filtering");
}

/// Where each interface of the topology went.
using Places = std::vector<std::vector<std::optional<std::size_t>>>;

class Drawing {
public:
    explicit Drawing(const Scenario& scenario) : topology_(scenario.topology) {
        graph_.title = scenario.name;
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            add_node(node);
    }

    Graph draw() {
        for (const Link& link : topology_.links)
            add_link(link);
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            add_subnets(node);
        add_tunnels();
        return std::move(graph_);
    }

private:
    [[nodiscard]] const Interface* own_bridge(NodeIndex node) const {
        if (topology_.nodes[node].kind != NodeKind::bridge)
            return nullptr;
        auto own = topology_.find_interface(node, topology_.nodes[node].name);
        return own ? &topology_.nodes[node].interfaces[*own] : nullptr;
    }

    void add_node(NodeIndex index) {
        const Node& node = topology_.nodes[index];
        GraphNode drawn{.name = node.name};
        if (node.kind == NodeKind::bridge)
            drawn.shape = GraphShape::bridge;
        else if (node.forwarding)
            drawn.shape = GraphShape::router;
        const Interface* own = own_bridge(index);
        places_.emplace_back(node.interfaces.size());
        for (std::size_t i = 0; i < node.interfaces.size(); ++i) {
            const Interface& interface = node.interfaces[i];
            bool said = !interface.addresses.empty() || !interface.up || interface.impairment.any();
            if ((is<Loopback>(interface) && !said) || is_named_after_its_other_end({index, i}))
                continue;
            if (&interface == own && interface.addresses.empty())
                continue;
            places_[index][i] = drawn.interfaces.size();
            drawn.interfaces.push_back(draw({index, i}));
        }
        if (own != nullptr) {
            add_bridge_words(std::get<Bridge>(own->kind), drawn.notes);
            if (own->mtu)
                drawn.notes.push_back(fmt::format("mtu {}", *own->mtu));
            if (!own->up)
                drawn.notes.emplace_back("down");
        }
        graph_.nodes.push_back(std::move(drawn));
    }

    [[nodiscard]] bool is_named_after_its_other_end(InterfaceRef ref) const {
        if (topology_.nodes[ref.node].kind != NodeKind::bridge)
            return false;
        const Link* link = topology_.link_of(ref);
        if (link == nullptr || !topology_.at(ref).addresses.empty())
            return false;
        const InterfaceRef& other = link->ends[link->ends[0] == ref ? 1 : 0];
        return topology_.nodes[other.node].name == topology_.at(ref).name;
    }

    [[nodiscard]] GraphInterface draw(InterfaceRef ref) const {
        const Interface& interface = topology_.at(ref);
        GraphInterface drawn{.name = name_of(interface)};
        for (const InterfaceAddress& given : interface.addresses)
            drawn.addresses.push_back({given.prefix});
        if (is<Veth>(interface))
            return drawn; // whether it is up and so on is said with its link
        if (!is<Loopback>(interface) && &interface != own_bridge(ref.node))
            drawn.what = kind_words(interface) + below(ref);
        if (const auto* bridge = std::get_if<Bridge>(&interface.kind);
            bridge != nullptr && &interface != own_bridge(ref.node))
            add_bridge_words(*bridge, drawn.notes);
        add_settings(ref, drawn.notes);
        add_words(interface.port, drawn.notes);
        if (interface.mtu && &interface != own_bridge(ref.node))
            drawn.notes.push_back(fmt::format("mtu {}", *interface.mtu));
        return drawn;
    }

    /// " on eth0", " of eth0, eth1"
    [[nodiscard]] std::string below(InterfaceRef ref) const {
        const auto& interfaces = topology_.nodes[ref.node].interfaces;
        std::string words;
        if (interfaces[ref.interface].parent)
            words = " on " + name_of(interfaces[*interfaces[ref.interface].parent]);
        std::vector<std::string> ports;
        for (const Interface& port : interfaces)
            if (port.master == ref.interface)
                ports.push_back(name_of(port));
        return ports.empty() ? words : fmt::format("{} of {}", words, fmt::join(ports, ", "));
    }

    void add_settings(InterfaceRef ref, std::vector<std::string>& notes) const {
        const Interface& interface = topology_.at(ref);
        if (!interface.up)
            notes.emplace_back("down");
        if (interface.impairment.any())
            notes.push_back("sends " + words(interface.impairment));
    }

    [[nodiscard]] GraphEnd end_of(InterfaceRef ref) const {
        return {ref.node, places_[ref.node][ref.interface]};
    }

    /// At the end of a line, which for a bridge's port without a box of its own is the line.
    std::vector<std::string>& notes_of(InterfaceRef ref, GraphLine& line) {
        auto place = places_[ref.node][ref.interface];
        return place ? graph_.nodes[ref.node].interfaces[*place].notes : line.notes;
    }

    void add_link(const Link& link) {
        GraphLine line{.ends = {end_of(link.ends[0]), end_of(link.ends[1])}};
        const Interface &one = topology_.at(link.ends[0]), &other = topology_.at(link.ends[1]);
        bool same_mtu = one.mtu == other.mtu, bridge_says_it = false;
        for (InterfaceRef end : link.ends) {
            const Interface* bridge = own_bridge(end.node);
            bridge_says_it |= bridge != nullptr && bridge->mtu == one.mtu;
        }
        if (same_mtu && one.mtu && !bridge_says_it)
            line.notes.push_back(fmt::format("mtu {}", *one.mtu));
        if (!one.up && !other.up)
            line.notes.emplace_back("down");
        std::string of_one = words(one.impairment), of_other = words(other.impairment);
        bool same_impairment = of_one == of_other;
        if (same_impairment && one.impairment.any())
            line.notes.push_back(of_one);
        for (InterfaceRef end : link.ends) {
            const Interface& interface = topology_.at(end);
            auto& notes = notes_of(end, line);
            if (!same_mtu && interface.mtu)
                notes.push_back(fmt::format("mtu {}", *interface.mtu));
            if (one.up != other.up && !interface.up)
                notes.push_back(&notes == &line.notes ? topology_.nodes[end.node].name + " down" : "down");
            if (!same_impairment && interface.impairment.any())
                notes.push_back(fmt::format(
                    "{} {}", &notes == &line.notes ? topology_.nodes[end.node].name + " sends" : "sends",
                    words(interface.impairment)));
            add_words(interface.port, notes);
        }
        lines_.push_back(&link);
        graph_.lines.push_back(std::move(line));
    }

    /// Of what is heard on the segment of the interface, but for link-local ones: nobody plans those.
    void add_networks(InterfaceRef ref, std::vector<Prefix>& subnets) {
        const Interface& interface = topology_.at(ref);
        for (const InterfaceAddress& given : interface.addresses) {
            Prefix network = given.prefix.network();
            bool is_here = std::find(subnets.begin(), subnets.end(), network) != subnets.end();
            if (!network.address.is_link_local() && said_.insert({interface.segment, network}).second &&
                !is_here)
                subnets.push_back(network);
        }
    }

    /// At the first bridge of a segment, else at its first link.
    void add_subnets(NodeIndex node) {
        GraphNode& drawn = graph_.nodes[node];
        if (drawn.shape == GraphShape::bridge)
            for (std::size_t i = 0; i < topology_.nodes[node].interfaces.size(); ++i) {
                add_networks({node, i}, drawn.subnets);
                if (const Link* link = topology_.link_of({node, i}))
                    for (InterfaceRef end : link->ends)
                        add_networks(end, drawn.subnets);
            }
        if (node + 1 < topology_.nodes.size())
            return;
        for (std::size_t i = 0; i < lines_.size(); ++i)
            for (InterfaceRef end : lines_[i]->ends)
                add_networks(end, graph_.lines[i].subnets);
    }

    /// The interfaces of one network of tunnels, and the lines between them.
    struct Overlay {
        std::set<InterfaceRef> ends;
        InterfacePairs pairs;
        bool by_group = false; ///< what lines there are between them is not known
    };

    void add_tunnels() {
        std::vector<Overlay> overlays;
        for (const auto& pair : tunnel_pairs(topology_)) {
            Overlay joined{{pair.first, pair.second}, {pair}};
            for (Overlay& overlay : overlays)
                if (overlay.ends.contains(pair.first) || overlay.ends.contains(pair.second)) {
                    joined.ends.merge(overlay.ends);
                    joined.pairs.insert(joined.pairs.begin(), overlay.pairs.begin(), overlay.pairs.end());
                    overlay.ends.clear();
                }
            std::erase_if(overlays, [](const Overlay& overlay) { return overlay.ends.empty(); });
            overlays.push_back(std::move(joined));
        }
        for (Overlay& overlay : overlays) {
            std::sort(overlay.pairs.begin(), overlay.pairs.end());
            add_overlay(overlay);
        }
        note_far_ends(overlays);
    }

    [[nodiscard]] bool is_mesh(const Overlay& overlay) const {
        const auto* vxlan = std::get_if<Vxlan>(&topology_.at(*overlay.ends.begin()).kind);
        bool no_known_ends = vxlan != nullptr && vxlan->flood.empty() &&
                             (!vxlan->remote.address || vxlan->remote.address->is_multicast());
        return overlay.ends.size() > 2 && (no_known_ends || overlay.pairs.size() >= overlay.ends.size());
    }

    void add_overlay(const Overlay& overlay) {
        std::string what = kind_words(topology_.at(*overlay.ends.begin()));
        if (!is_mesh(overlay)) {
            for (const auto& [one, other] : overlay.pairs)
                graph_.lines.push_back(
                    {.ends = {end_of(one), end_of(other)}, .tunnel = true, .notes = {what}});
            return;
        }
        graph_.nodes.push_back({.shape = GraphShape::overlay, .name = what});
        for (InterfaceRef end : overlay.ends)
            graph_.lines.push_back(
                {.ends = {end_of(end), GraphEnd{graph_.nodes.size() - 1, {}}}, .tunnel = true});
    }

    /// Where no line says where a tunnel leads.
    void note_far_ends(const std::vector<Overlay>& overlays) {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            for (std::size_t i = 0; i < topology_.nodes[node].interfaces.size(); ++i) {
                bool drawn = std::any_of(overlays.begin(), overlays.end(), [&](const Overlay& overlay) {
                    return overlay.ends.contains({node, i});
                });
                Interface interface = topology_.at({node, i});
                if (!traits(interface.kind).overlay || drawn)
                    continue;
                for (const AddressText* far : remotes(interface.kind))
                    graph_.nodes[node].interfaces[*places_[node][i]].what += " to " + show(*far->address);
            }
    }

    static std::vector<const AddressText*> remotes(const AnyKind& kind) {
        std::vector<const AddressText*> found;
        auto add = [&](const AddressText& text) {
            if (text.address)
                found.push_back(&text);
        };
        std::visit(
            [&](const auto& each) {
                if constexpr (requires { each.ends.remote; })
                    add(each.ends.remote);
                if constexpr (requires { each.remote; })
                    add(each.remote);
                if constexpr (requires { each.flood; })
                    for (const AddressText& end : each.flood)
                        add(end);
            },
            kind);
        return found;
    }

    const Topology& topology_;
    Graph graph_;
    Places places_;
    std::vector<const Link*> lines_; ///< of the first lines of the graph
    std::set<std::pair<std::size_t, Prefix>> said_;
};

} // namespace

std::string_view word(GraphShape shape) {
    constexpr std::array<std::string_view, 4> words{"host", "router", "bridge", "overlay"};
    return words[static_cast<std::size_t>(shape)];
}

std::string show(const GraphAddress& address) {
    if (!address.last)
        return show(address.prefix);
    return fmt::format("{}-{}/{}", show(address.prefix.address), show(*address.last), address.prefix.length);
}

Graph make_graph(const Scenario& scenario) {
    return join_equal_hosts(Drawing(scenario).draw());
}

} // namespace netrig
