#include "core/load_topology.h"

#include "core/load_links.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

/// The last say: a topology that the kernel would refuse for a reason that the file shows.
void check_bridges(const Topology& topology, Diagnostics& diagnostics) {
    constexpr std::ptrdiff_t most_ports =
        1023; // BR_PORT_BITS of net/bridge/br_private.h is 10, port 0 is none
    for (const Node& node : topology.nodes) {
        if (node.kind != NodeKind::bridge)
            continue;
        auto ports = std::count_if(node.interfaces.begin(), node.interfaces.end(),
                                   [](const Interface& interface) { return interface.master.has_value(); });
        if (ports > most_ports)
            diagnostics.push_back({fmt::format("bridge '{}' has {} ports; the kernel takes {} a bridge",
                                               node.name, ports, most_ports),
                                   node.span,
                                   {},
                                   "join two bridges: a bridge may stand among the ports of another",
                                   {}});
    }
}

} // namespace

std::optional<InterfaceAddress> load_interface_address(const Text& text, Diagnostics& diagnostics) {
    if (auto prefix = parse_prefix(text.value))
        return InterfaceAddress{*prefix, text.span};
    std::string help = parse_ip(text.value)
                           ? fmt::format("add the length of its network's prefix: \"{}/{}\"", text.value,
                                         parse_ip(text.value)->family == Family::ipv4 ? 24 : 64)
                           : "\"10.0.0.1/24\" or \"2001:db8::1/64\"";
    diagnostics.push_back({fmt::format("'{}' is no address with a prefix length", text.value),
                           text.span,
                           {},
                           std::move(help),
                           {}});
    return std::nullopt;
}

std::optional<Subnet> load_subnet(const Text& text, Diagnostics& diagnostics) {
    auto prefix = parse_prefix(text.value);
    if (prefix && *prefix == prefix->network())
        return Subnet{*prefix, text.span};
    if (prefix)
        diagnostics.push_back({fmt::format("'{}' has bits set beyond its prefix length", text.value),
                               text.span,
                               {},
                               fmt::format("did you mean '{}'?", show(prefix->network())),
                               {}});
    else
        diagnostics.push_back({fmt::format("'{}' is no subnet", text.value),
                               text.span,
                               {},
                               "\"10.0.0.0/24\" or \"2001:db8::/64\"",
                               {}});
    return std::nullopt;
}

TopologyRest load_topology(TableReader& scenario, Topology& topology) {
    TopologyRest rest;
    load_node_names(scenario, topology);
    rest.groups = load_links_and_bridges(scenario, topology);
    rest.texts = load_node_settings(scenario, topology);
    check_bridges(topology, scenario.diagnostics());
    return rest;
}

} // namespace netrig
