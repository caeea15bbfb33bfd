#include "core/load_interfaces.h"

#include "core/load_topology.h"
#include "core/names.h"
#include "core/ports.h"
#include "core/suggest.h"

#include <array>
#include <fmt/format.h>
#include <set>

namespace netrig {

namespace {

constexpr std::array<Key, 5> own_keys{{
    {"addresses", KeyType::texts, "with their prefix lengths"},
    {"mac", KeyType::text, "such as \"02:00:00:00:00:01\""},
    {"mtu", KeyType::integer, "bytes"},
    {"up", KeyType::boolean, "true"},
    {"kind", KeyType::text, "\"vlan\" and so on: an interface that is no end of a link"},
}};

const std::vector<Key>& common_keys() {
    static const std::vector<Key> keys = with_impairment_keys(own_keys);
    return keys;
}

constexpr Key parent_key{"parent", KeyType::text, "the interface of this node that it stands on"};
constexpr Key ports_key{"ports", KeyType::any, "interfaces of this node that it joins"};

/// All keys of an interface of kind K.
template <class K>
const std::vector<Key>& keys_of() {
    static const std::vector<Key> all = [] {
        std::vector<Key> keys = common_keys();
        if (K::parent != ParentUse::none)
            keys.push_back(parent_key);
        if (K::has_ports)
            keys.push_back(ports_key);
        keys.insert(keys.end(), K::keys.begin(), K::keys.end());
        return keys;
    }();
    return all;
}

std::vector<std::string> kind_names() {
    std::vector<std::string> names;
    WrittenKinds::for_each([&]<class K>() { names.emplace_back(K::name); });
    return names;
}

void load_common_keys(TableReader& reader, Interface& interface) {
    load_interface_settings(reader, interface);
    if (auto up = reader.boolean("up"))
        interface.up = *up;
    load_impairment(reader, interface.impairment);
}

void load_parent(TableReader& reader, KindContext& context) {
    auto text = reader.text("parent");
    auto parent = text ? find_own_interface(*text, context) : std::nullopt;
    if (!parent)
        return;
    Interface& own = context.topology.nodes[context.node].interfaces[context.interface];
    const Interface& below = context.topology.nodes[context.node].interfaces[*parent];
    own.parent = parent;
    // A circle could only be closed by what is below standing on this one in turn. Those over ports:
    // check_order.
    std::size_t steps = context.topology.nodes[context.node].interfaces.size();
    for (auto at = parent; at && steps > 0; at = context.topology.nodes[context.node].interfaces[*at].parent)
        if (*at == context.interface || --steps == 0) {
            reader.report(text->span, fmt::format("'{}' would stand on itself", own.name));
            own.parent.reset();
            return;
        }
    if (own.up && !below.up)
        reader.report(text->span,
                      fmt::format("'{}' can't be up on '{}', which is down", own.name, below.name), {},
                      "'up = false' leaves it down, too");
}

void load_own_ports(TableReader& reader, PortsOf kind, KindContext& context) {
    Node& node = context.topology.nodes[context.node];
    for (PortText& port : load_ports(reader, kind)) {
        auto found = find_own_interface(port.name, context);
        if (!found)
            continue;
        Interface& interface = node.interfaces[*found];
        if (*found == context.interface || is<Loopback>(interface))
            reader.report(port.name.span, fmt::format("'{}' can be no port here", port.name.value));
        else if (interface.master)
            reader.report(port.name.span, fmt::format("'{}' is a port of '{}' already", port.name.value,
                                                      node.interfaces[*interface.master].name));
        else {
            interface.master = context.interface;
            interface.port = std::move(port.settings);
        }
    }
}

/// One interface of a kind, whose name and default are there already.
template <class K>
void load_kind(const TomlTable& table, const TomlEntry& entry, KindContext& context) {
    TableReader reader(table, entry.key_span, fmt::format("{} '{}'", K::name, entry.key), keys_of<K>(),
                       context.diagnostics);
    Interface& interface = context.topology.nodes[context.node].interfaces[context.interface];
    load_common_keys(reader, interface);
    if constexpr (K::parent == ParentUse::required)
        reader.require("parent");
    if constexpr (K::parent != ParentUse::none)
        load_parent(reader, context);
    if constexpr (K::has_ports)
        load_own_ports(reader, std::is_same_v<K, Bridge> ? PortsOf::bridge_in_node : PortsOf::others,
                       context);
    if (!K::ethernet && interface.mac)
        reader.report(reader.find("mac")->span,
                      fmt::format("an interface of kind \"{}\" has no MAC address", K::name));
    if (auto kind = K::load(reader, context))
        interface.kind = std::move(*kind);
}

const std::string* kind_in(const TomlTable& table) {
    for (const TomlEntry& entry : table.entries)
        if (entry.key == "kind")
            return std::get_if<std::string>(&entry.value.data);
    return nullptr;
}

const TomlTable* table_of(const TomlEntry& entry, Diagnostics& diagnostics) {
    const auto* settings = std::get_if<TomlTable>(&entry.value.data);
    if (settings == nullptr)
        diagnostics.push_back(
            {fmt::format("an interface is a table, not {}", type_name(entry.value)), entry.value.span});
    return settings;
}

/// Gives the node what its table declares by a kind.
void declare(const InterfaceTable& of_node, Topology& topology, Diagnostics& diagnostics) {
    for (const TomlEntry& entry : of_node.table->entries) {
        const auto* settings = std::get_if<TomlTable>(&entry.value.data);
        const std::string* kind = settings == nullptr ? nullptr : kind_in(*settings);
        if (kind == nullptr || topology.find_interface(of_node.node, entry.key))
            continue;
        WrittenKinds::visit(*kind, [&]<class K>() {
            if (auto problem = interface_name_problem(entry.key))
                diagnostics.push_back(
                    {fmt::format("'{}' can't name an interface: {}", entry.key, *problem), entry.key_span});
            Interface interface;
            interface.kind = K{};
            interface.name = entry.key;
            interface.span = entry.key_span;
            topology.nodes[of_node.node].interfaces.push_back(std::move(interface));
        });
    }
}

/// An end of a link, or nothing that is known.
void load_known(const TomlTable& table, const TomlEntry& entry, NodeIndex node, Topology& topology,
                Diagnostics& diagnostics) {
    auto found = topology.find_interface(node, entry.key);
    TableReader reader(table, entry.key_span, fmt::format("interface '{}'", entry.key), common_keys(),
                       diagnostics);
    auto kind = reader.text("kind");
    if (kind && !WrittenKinds::visit(kind->value, []<class K>() {}))
        reader.report(kind->span, fmt::format("'{}' is no kind of interface", kind->value), {},
                      suggestion(kind->value, kind_names()));
    else if (kind)
        reader.report(kind->span, fmt::format("'{}' is there already, as an end of a link", entry.key));
    else if (found)
        load_common_keys(reader, topology.nodes[node].interfaces[*found]);
    else {
        std::string near = suggestion(entry.key, topology.interface_names(node));
        reader.report(entry.key_span,
                      fmt::format("no link or bridge gives node '{}' an interface '{}'",
                                  topology.nodes[node].name, entry.key),
                      {}, near.empty() ? "give it a 'kind' to make it" : near);
    }
}

bool is_of_written_kind(const Interface& interface) {
    return !is<Veth>(interface) && !is<Loopback>(interface);
}

void load_table(const InterfaceTable& of_node, Topology& topology, Diagnostics& diagnostics) {
    for (const TomlEntry& entry : of_node.table->entries) {
        const TomlTable* settings = table_of(entry, diagnostics);
        if (settings == nullptr)
            continue;
        auto found = topology.find_interface(of_node.node, entry.key);
        const std::string* kind = kind_in(*settings);
        if (found && kind != nullptr && is_of_written_kind(topology.nodes[of_node.node].interfaces[*found])) {
            KindContext context{topology, of_node.node, *found, diagnostics};
            if (WrittenKinds::visit(*kind, [&]<class K>() { load_kind<K>(*settings, entry, context); }))
                continue;
        }
        load_known(*settings, entry, of_node.node, topology, diagnostics);
    }
}

/// A bond sets its ports up itself, and takes none that is up (bond_enslave() in drivers/net/bonding).
void check_bond(const Node& node, std::size_t place, const Bond& bond, Diagnostics& diagnostics) {
    const std::string& name = node.interfaces[place].name;
    for (const Interface& port : node.interfaces)
        if (port.master == place && !port.up)
            diagnostics.push_back(
                {fmt::format("'{}' can't be left down: the bond '{}' sets its ports up", port.name, name),
                 port.span});
    if (bond.primary && bond.mode == BondMode::active_backup &&
        node.interfaces[*bond.primary].master != place)
        diagnostics.push_back(
            {fmt::format("'{}' is no port of '{}'", node.interfaces[*bond.primary].name, name),
             bond.primary_span});
}

/// Whether one rests on the other: stands on it, has it among its ports, or rests on what does.
bool rests_on(const Node& node, std::size_t one, std::size_t other, std::set<std::size_t>& seen) {
    auto leads_there = [&](std::size_t below) {
        return below == other || (seen.insert(below).second && rests_on(node, below, other, seen));
    };
    const auto& interfaces = node.interfaces;
    if (interfaces[one].parent && leads_there(*interfaces[one].parent))
        return true;
    for (std::size_t port = 0; traits(interfaces[one].kind).has_ports && port < interfaces.size(); ++port)
        if (interfaces[port].master == one && leads_there(port))
            return true;
    return false;
}

void check_order(const Node& node, Diagnostics& diagnostics) {
    for (std::size_t i = 0; i < node.interfaces.size(); ++i) {
        std::set<std::size_t> seen;
        if (!rests_on(node, i, i, seen))
            continue;
        diagnostics.push_back(
            {fmt::format("'{}' would stand on itself", node.interfaces[i].name), node.interfaces[i].span});
        return; // the others of the circle are no further mistake
    }
}

void check_nodes(const Topology& topology, Diagnostics& diagnostics) {
    for (const Node& node : topology.nodes) {
        check_order(node, diagnostics);
        for (std::size_t i = 0; i < node.interfaces.size(); ++i)
            if (const auto* bond = std::get_if<Bond>(&node.interfaces[i].kind))
                check_bond(node, i, *bond, diagnostics);
    }
}

} // namespace

void load_interface_settings(TableReader& reader, Interface& interface) {
    for (const Text& text : reader.texts("addresses"))
        if (auto address = load_interface_address(text, reader.diagnostics()))
            interface.addresses.push_back(*address);
    if (auto mac = reader.text("mac")) {
        interface.mac = parse_mac(mac->value);
        if (!interface.mac || (interface.mac->bytes[0] & 1) != 0 || *interface.mac == MacAddress{})
            reader.report(mac->span,
                          fmt::format("'{}' is no MAC address that an interface can have", mac->value), {},
                          "\"02:00:00:00:00:01\": six pairs of hexadecimal digits, the first even");
    }
    if (auto mtu = reader.integer("mtu", 68, 65'535))
        interface.mtu = static_cast<unsigned>(*mtu);
}

void load_interfaces(const std::vector<InterfaceTable>& tables, Topology& topology,
                     Diagnostics& diagnostics) {
    for (const InterfaceTable& of_node : tables)
        declare(of_node, topology, diagnostics);
    for (const InterfaceTable& of_node : tables)
        load_table(of_node, topology, diagnostics);
    check_nodes(topology, diagnostics);
}

} // namespace netrig
