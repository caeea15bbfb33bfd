#include "core/topology.h"

#include <algorithm>

namespace netrig {

std::optional<NodeIndex> Topology::find(const std::string& name) const {
    auto found = by_name.find(name);
    return found == by_name.end() ? std::nullopt : std::optional(found->second);
}

std::string Topology::show(InterfaceRef ref) const {
    const std::string& name = at(ref).name;
    return nodes[ref.node].name + ":" + (name.empty() ? "(kernel's choice)" : name);
}

std::optional<std::size_t> Topology::find_interface(NodeIndex node, const std::string& name) const {
    const auto& interfaces = nodes[node].interfaces;
    auto found = std::find_if(interfaces.begin(), interfaces.end(),
                              [&](const Interface& interface) { return interface.name == name; });
    if (name.empty() || found == interfaces.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - interfaces.begin());
}

const Link* Topology::link_of(InterfaceRef ref) const {
    auto found = std::find_if(links.begin(), links.end(),
                              [&](const Link& link) { return link.ends[0] == ref || link.ends[1] == ref; });
    return found == links.end() ? nullptr : &*found;
}

std::vector<std::string> Topology::node_names() const {
    std::vector<std::string> names;
    for (const Node& node : nodes)
        names.push_back(node.name);
    return names;
}

std::vector<std::string> Topology::interface_names(NodeIndex node) const {
    std::vector<std::string> names;
    for (const Interface& interface : nodes[node].interfaces)
        names.push_back(interface.name);
    return names;
}

const Interface* Topology::master_of(InterfaceRef ref) const {
    const auto& master = at(ref).master;
    return master ? &nodes[ref.node].interfaces[*master] : nullptr;
}

std::uint32_t Topology::table_of(InterfaceRef ref) const {
    const Interface* master = master_of(ref);
    const auto* vrf = std::get_if<Vrf>(master != nullptr ? &master->kind : &at(ref).kind);
    return vrf != nullptr ? vrf->table : main_table;
}

bool Topology::has_kernel_named_interface(NodeIndex node) const {
    const auto& interfaces = nodes[node].interfaces;
    return std::any_of(interfaces.begin(), interfaces.end(),
                       [](const Interface& interface) { return interface.name.empty(); });
}

std::function<std::string(Ifindex)> Topology::device_names(NodeIndex node) const {
    return [&interfaces = nodes[node].interfaces](Ifindex index) -> std::string {
        for (const Interface& interface : interfaces)
            if (interface.index == index)
                return interface.name.empty() ? "(kernel's choice)" : interface.name;
        return "?";
    };
}

void number_interfaces(Topology& topology) {
    Ifindex next = first_free_index;
    for (Node& node : topology.nodes)
        for (Interface& interface : node.interfaces)
            interface.index = is<Loopback>(interface) ? 1 : next++;
}

bool on_segment(const Node& node, std::size_t segment) {
    return std::any_of(node.interfaces.begin() + 1, node.interfaces.end(),
                       [&](const Interface& interface) { return interface.segment == segment; });
}

std::optional<IpAddress> address_of(const Topology& topology, NodeIndex from, NodeIndex to, Family family) {
    std::optional<IpAddress> first;
    for (const Interface& interface : topology.nodes[to].interfaces) {
        bool shared = !is<Loopback>(interface) && on_segment(topology.nodes[from], interface.segment);
        for (const InterfaceAddress& address : interface.addresses) {
            const IpAddress& ip = address.prefix.address;
            if (ip.family != family || (ip.is_link_local() && family == Family::ipv6))
                continue;
            if (shared)
                return ip;
            if (!first)
                first = ip;
        }
    }
    if (!first && from == to)
        return loopback(family);
    return first;
}

} // namespace netrig
