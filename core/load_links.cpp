#include "core/load_links.h"

#include "core/endpoints.h"
#include "core/load_interfaces.h"
#include "core/load_nodes.h"
#include "core/load_topology.h"
#include "core/names.h"
#include "core/ports.h"
#include "core/verbs/verb.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace netrig {

namespace {

constexpr std::array<Key, 7> own_link_keys{{
    {"ends", KeyType::texts, "two of \"node\" or \"node:interface\""},
    {"name", KeyType::text, "\"kernel\" leaves naming to the kernel"},
    {"addresses", KeyType::any, "one an end, or a list an end"},
    {"subnet", KeyType::text, "addresses given out to both ends in order"},
    {"subnets", KeyType::texts, "several of these, for dual stack; [] for none, of the pool either"},
    {"mtu", KeyType::integer, "bytes, of both ends"},
    {"up", KeyType::boolean, "both ends; true"},
}};

constexpr std::array<Key, 6> own_bridge_keys{{
    {"ports", KeyType::any, "nodes, \"node:interface\", other bridges, or tables with 'port' and settings"},
    {"addresses", KeyType::texts, "of the bridge itself"},
    {"subnet", KeyType::text, "addresses given out to the ports' nodes in order"},
    {"subnets", KeyType::texts, "several of these, for dual stack; [] for none, of the pool either"},
    {"mtu", KeyType::integer, "bytes, of the bridge and all its ports"},
    {"mac", KeyType::text, "of the bridge itself"},
}};

std::vector<Key> bridge_keys() {
    std::vector<Key> keys(own_bridge_keys.begin(), own_bridge_keys.end());
    keys.insert(keys.end(), Bridge::keys.begin(), Bridge::keys.end());
    return keys;
}

/// A veth pair before its interfaces are named.
struct Pending {
    struct End {
        NodeIndex node = 0;
        std::string interface; ///< empty: still to be named
        Span span;
        std::vector<InterfaceAddress> addresses;
    };
    std::array<End, 2> ends;
    std::array<bool, 2> is_port{}; ///< the end is a port of the bridge that lives in its node
    PortSettings port{};           ///< of the end that is one
    bool kernel_names = false;
    bool up = true;
    std::optional<unsigned> mtu;
    Impairment impairment{}; ///< of both directions
    Span span;
    std::optional<std::size_t> group; ///< of the addresses that its first end, or both, are given
};

struct Loading {
    LoadContext context;
    std::vector<Pending> pending;
    std::vector<AddressGroup> groups;
};

/// `subnets = []` says that there is to be none, from no pool either.
bool wants_no_subnet(const TableReader& reader, const std::vector<Subnet>& subnets) {
    return subnets.empty() && (reader.has("subnet") || reader.has("subnets"));
}

std::vector<Subnet> load_subnets(TableReader& reader) {
    std::vector<Text> texts = reader.texts("subnets");
    if (auto one = reader.text("subnet"))
        texts.insert(texts.begin(), *one);
    std::vector<Subnet> subnets;
    for (const Text& text : texts)
        if (auto subnet = load_subnet(text, reader.diagnostics()))
            subnets.push_back(*subnet);
    return subnets;
}

/// "node" or "node:interface", each a pattern, as ends of links.
std::vector<Pending::End> load_ends(const Text& text, LoadContext& context) {
    std::vector<Pending::End> ends;
    for (const Place& place : find_places(text, context, InterfacePart::optional)) {
        if (!place.interface.empty())
            if (auto problem = interface_name_problem(place.interface))
                context.diagnostics.push_back(
                    {fmt::format("'{}' can't name an interface: {}", place.interface, *problem), place.span});
        ends.push_back({place.node, place.interface, text.span, {}});
    }
    return ends;
}

bool check_no_self(const Pending& link, Loading& loading) {
    bool self = link.ends[0].node == link.ends[1].node;
    bool two_names = !link.ends[0].interface.empty() && !link.ends[1].interface.empty() &&
                     link.ends[0].interface != link.ends[1].interface;
    if (self && !two_names)
        loading.context.diagnostics.push_back(
            {fmt::format("this link joins '{}' to itself",
                         loading.context.topology.nodes[link.ends[0].node].name),
             link.ends[1].span});
    return !self || two_names;
}

/// One link for each pair of ends: n to n in order, or one to many.
void pair_ends(const std::vector<Pending::End>& a, const std::vector<Pending::End>& b, const Pending& model,
               Loading& loading) {
    if (a.empty() || b.empty())
        return;
    if (a.size() != b.size() && a.size() != 1 && b.size() != 1) {
        loading.context.diagnostics.push_back(
            {fmt::format("{} ends on the left can't be paired with {} on the right", a.size(), b.size()),
             model.span});
        return;
    }
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        Pending link = model;
        link.ends = {a[a.size() == 1 ? 0 : i], b[b.size() == 1 ? 0 : i]};
        for (std::size_t end = 0; end < 2; ++end) // a wire to a bridge is plugged into it
            link.is_port[end] = loading.context.topology.nodes[link.ends[end].node].kind == NodeKind::bridge;
        if (check_no_self(link, loading))
            loading.pending.push_back(std::move(link));
    }
}

void load_sketch(const Text& text, Loading& loading) {
    std::vector<Text> sides = split(text, "--");
    if (sides.size() != 2 || sides[0].value.empty() || sides[1].value.empty()) {
        loading.context.diagnostics.push_back({fmt::format("'{}' is no link", text.value),
                                               text.span,
                                               {},
                                               "\"h1 -- r1\", \"h1:eth0 -- r1:eth2\"",
                                               {}});
        return;
    }
    Pending model;
    model.span = text.span;
    pair_ends(load_ends(sides[0], loading.context), load_ends(sides[1], loading.context), model, loading);
}

/// `addresses` of a link: one entry an end, each a string or a list.
void load_link_addresses(TableReader& reader, std::array<std::vector<InterfaceAddress>, 2>& addresses) {
    const TomlArray* array = reader.array("addresses");
    if (array == nullptr)
        return;
    if (array->size() != 2) {
        reader.report(reader.find("addresses")->span,
                      fmt::format("'addresses' has {} entries; a link has two ends", array->size()), {},
                      "[\"10.0.0.1/24\", \"10.0.0.2/24\"], or a list an end for dual stack");
        return;
    }
    for (std::size_t end = 0; end < 2; ++end) {
        const TomlValue& value = (*array)[end];
        const auto* list = std::get_if<TomlArray>(&value.data);
        for (const TomlValue& element : list != nullptr ? std::span(*list) : std::span(&value, 1)) {
            if (!std::holds_alternative<std::string>(element.data))
                reader.report(element.span,
                              fmt::format("an address is a string, not {}", type_name(element)));
            else if (auto address = load_interface_address(text_of(element), reader.diagnostics()))
                addresses[end].push_back(*address);
        }
    }
}

void check_on_subnet(const std::vector<Subnet>& subnets, const std::vector<InterfaceAddress>& addresses,
                     TableReader& reader) {
    for (const InterfaceAddress& address : addresses) {
        bool inside = std::any_of(subnets.begin(), subnets.end(), [&](const Subnet& subnet) {
            return subnet.prefix.contains(address.prefix.address);
        });
        bool comparable = std::any_of(subnets.begin(), subnets.end(), [&](const Subnet& subnet) {
            return subnet.prefix.address.family == address.prefix.address.family;
        });
        bool link_local =
            address.prefix.address.family == Family::ipv6 && address.prefix.address.is_link_local();
        if (comparable && !inside && !link_local)
            reader.report(address.span, fmt::format("{} is not on the subnet that is given beside it",
                                                    show(address.prefix)));
    }
}

void load_link_table(const TomlTable& table, Span span, Loading& loading) {
    static const std::vector<Key> keys = with_impairment_keys(own_link_keys);
    TableReader reader(table, span, "a link", keys, loading.context.diagnostics);
    Pending model;
    model.span = span;
    load_impairment(reader, model.impairment);
    reader.require("ends");
    std::vector<Text> ends = reader.texts("ends");
    if (reader.has("ends") && ends.size() != 2)
        reader.report(reader.find("ends")->span,
                      fmt::format("'ends' has {} entries; a link has two", ends.size()));
    if (auto name = reader.text("name")) {
        model.kernel_names = name->value == "kernel";
        if (!model.kernel_names)
            reader.report(name->span, "'name' of a link can only be \"kernel\"", {},
                          "name the interfaces in 'ends': \"red:veth0\"");
    }
    if (auto mtu = reader.integer("mtu", 68, 65'535))
        model.mtu = static_cast<unsigned>(*mtu);
    model.up = reader.boolean("up").value_or(true);
    std::array<std::vector<InterfaceAddress>, 2> addresses;
    load_link_addresses(reader, addresses);
    std::vector<Subnet> subnets = load_subnets(reader);
    for (const auto& of_end : addresses)
        check_on_subnet(subnets, of_end, reader);
    if (ends.size() != 2)
        return;
    std::size_t before = loading.pending.size();
    pair_ends(load_ends(ends[0], loading.context), load_ends(ends[1], loading.context), model, loading);
    bool addressed = !subnets.empty() || reader.has("addresses");
    if (loading.pending.size() > before + 1 && addressed)
        reader.report(span, "addresses can't be given to many links at once");
    if (loading.pending.size() != before + 1)
        return;
    Pending& link = loading.pending.back();
    for (std::size_t end = 0; end < 2; ++end) {
        link.ends[end].addresses = addresses[end];
        if (model.kernel_names && !link.ends[end].interface.empty())
            reader.report(link.ends[end].span,
                          "the kernel names this link's interfaces, so none can be named here");
    }
    bool none = wants_no_subnet(reader, subnets) || (subnets.empty() && reader.has("addresses"));
    if (!subnets.empty() || none) {
        link.group = loading.groups.size();
        loading.groups.push_back({std::move(subnets), {}, "the link's two ends", none});
    }
}

void load_links(TableReader& scenario, Loading& loading) {
    const TomlArray* links = scenario.array("links");
    if (links == nullptr)
        return;
    for (const TomlValue& value : *links) {
        if (std::holds_alternative<std::string>(value.data))
            load_sketch(text_of(value), loading);
        else if (const auto* table = std::get_if<TomlTable>(&value.data))
            load_link_table(*table, value.span, loading);
        else
            scenario.report(value.span,
                            fmt::format("a link is a table or \"a -- b\", not {}", type_name(value)));
    }
}

void load_bridge_ports(TableReader& reader, NodeIndex bridge, std::size_t group, std::optional<unsigned> mtu,
                       Loading& loading) {
    const Topology& topology = loading.context.topology;
    for (const PortText& port : load_ports(reader, PortsOf::bridge))
        for (Pending::End& end : load_ends(port.name, loading.context)) {
            Pending link;
            link.span = port.name.span;
            link.port = port.settings;
            link.impairment = port.impairment;
            link.mtu = mtu;
            link.group = group;
            link.ends = {end, Pending::End{bridge, {}, port.name.span, {}}};
            link.is_port = {topology.nodes[end.node].kind == NodeKind::bridge, true};
            if (check_no_self(link, loading))
                loading.pending.push_back(std::move(link));
        }
}

void load_bridge(const TomlEntry& entry, Topology& topology, Loading& loading) {
    auto bridge = topology.find(entry.key);
    const auto* table = std::get_if<TomlTable>(&entry.value.data);
    if (table == nullptr)
        loading.context.diagnostics.push_back(
            {fmt::format("a bridge is a table, not {}", type_name(entry.value)), entry.value.span});
    if (table == nullptr || !bridge || topology.nodes[*bridge].kind != NodeKind::bridge)
        return;
    static const std::vector<Key> keys = bridge_keys();
    TableReader reader(*table, entry.key_span, fmt::format("bridge '{}'", entry.key), keys,
                       loading.context.diagnostics);
    Interface& own = topology.nodes[*bridge].interfaces[1];
    load_interface_settings(reader, own);
    KindContext context{topology, *bridge, 1, loading.context.diagnostics};
    if (auto kind = Bridge::load(reader, context))
        own.kind = std::move(*kind);
    std::vector<Subnet> subnets = load_subnets(reader);
    check_on_subnet(subnets, own.addresses, reader);
    std::size_t group = loading.groups.size();
    bool none = wants_no_subnet(reader, subnets);
    loading.groups.push_back({std::move(subnets), {}, fmt::format("bridge '{}'", entry.key), none});
    load_bridge_ports(reader, *bridge, group, own.mtu, loading);
}

/// The base, cut and numbered until no interface of the node has it.
std::string free_name(const std::string& base, const std::set<std::string>& taken) {
    std::string name = base.substr(0, longest_interface_name);
    for (int i = 2; taken.contains(name) || interface_name_problem(name); ++i) {
        std::string suffix = fmt::format("-{}", i);
        name = base.substr(0, longest_interface_name - suffix.size()) + suffix;
    }
    return name;
}

std::string next_eth(const std::set<std::string>& taken, std::size_t& next) {
    std::string name;
    do
        name = fmt::format("eth{}", next++);
    while (taken.contains(name));
    return name;
}

/// Names that stand in the file come first, so that no chosen name can take one of them.
std::vector<std::set<std::string>> names_in_file(const Topology& topology, Loading& loading) {
    std::vector<std::set<std::string>> taken(topology.nodes.size());
    for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
        for (const Interface& interface : topology.nodes[node].interfaces)
            taken[node].insert(interface.name);
    for (const Pending& link : loading.pending)
        for (const Pending::End& end : link.ends)
            if (!end.interface.empty() && !taken[end.node].insert(end.interface).second)
                loading.context.diagnostics.push_back(
                    {fmt::format("node '{}' has two interfaces called '{}'", topology.nodes[end.node].name,
                                 end.interface),
                     end.span});
    return taken;
}

void make_interfaces(Loading& loading, Topology& topology) {
    std::vector<std::set<std::string>> taken = names_in_file(topology, loading);
    std::vector<std::size_t> next(topology.nodes.size(), 0);
    for (Pending& pending : loading.pending) {
        Link link{{}, pending.span};
        for (std::size_t i = 0; i < 2; ++i) {
            Pending::End& end = pending.ends[i];
            std::string name = end.interface;
            if (name.empty() && pending.is_port[i])
                name = free_name(topology.nodes[pending.ends[1 - i].node].name, taken[end.node]);
            else if (name.empty() && !pending.kernel_names)
                name = next_eth(taken[end.node], next[end.node]);
            taken[end.node].insert(name);
            Node& node = topology.nodes[end.node];
            link.ends[i] = {end.node, node.interfaces.size()};
            auto master = pending.is_port[i] ? std::optional<std::size_t>(1) : std::nullopt;
            node.interfaces.push_back(
                {Veth{}, name, std::move(end.addresses), {}, pending.mtu, pending.up, master, 0, end.span});
            node.interfaces.back().impairment = pending.impairment;
            if (master)
                node.interfaces.back().port = pending.port;
        }
        topology.links.push_back(link);
        for (std::size_t i = 0; pending.group && i < 2; ++i)
            if (!pending.is_port[i])
                loading.groups[*pending.group].members.push_back(link.ends[i]);
    }
}

} // namespace

std::vector<AddressGroup> load_links_and_bridges(TableReader& scenario, Topology& topology) {
    Loading loading{{topology, scenario.diagnostics(), true, nodes_are_whole(scenario)}, {}, {}};
    load_links(scenario, loading);
    if (const TomlTable* bridges = scenario.table("bridges"))
        for (const TomlEntry& entry : bridges->entries)
            load_bridge(entry, topology, loading);
    std::stable_sort(loading.pending.begin(), loading.pending.end(),
                     [](const Pending& a, const Pending& b) { return stands_before(a.span, b.span); });
    make_interfaces(loading, topology);
    return std::move(loading.groups);
}

} // namespace netrig
