#include "core/endpoints.h"

#include "core/names.h"
#include "core/suggest.h"
#include "core/verbs/verb.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

void report(LoadContext& context, Span span, std::string message, std::string help = {}) {
    context.diagnostics.push_back({std::move(message), span, {}, std::move(help), {}});
}

void report_unknown_node(LoadContext& context, Span span, const std::string& name) {
    std::vector<std::string> names = context.topology.node_names();
    // A list of names that could not be read is one mistake, not one for each name that it would have had.
    if (context.nodes_are_whole || nearest(name, names))
        report(context, span, fmt::format("unknown node '{}'", name), suggestion(name, names));
}

std::vector<NodeIndex> every_node_but_bridges(const Topology& topology) {
    std::vector<NodeIndex> nodes;
    for (NodeIndex i = 0; i < topology.nodes.size(); ++i)
        if (topology.nodes[i].kind != NodeKind::bridge)
            nodes.push_back(i);
    return nodes;
}

/// The nodes that one piece (a name, a pattern or `*`) stands for.
std::vector<NodeIndex> nodes_of_piece(const Text& piece, LoadContext& context) {
    if (piece.value == "*")
        return every_node_but_bridges(context.topology);
    std::vector<NodeIndex> nodes;
    auto names = expand_names(piece.value);
    if (!names) {
        report(context, piece.span,
               fmt::format("'{}' is not a pattern of names: {}", piece.value, names.error()));
        return nodes;
    }
    for (const std::string& name : *names) {
        if (auto node = context.topology.find(name))
            nodes.push_back(*node);
        else
            report_unknown_node(context, piece.span, name);
    }
    return nodes;
}

struct NodeAndInterface {
    Text node, interface;
    bool has_interface = false;
};

NodeAndInterface split_at_colon(const Text& piece) {
    std::size_t colon = piece.value.find(':');
    if (colon == std::string::npos)
        return {piece, {}, false};
    return {piece.sub(0, colon), piece.sub(colon + 1, piece.value.size() - colon - 1), true};
}

void append_endpoints(const Text& piece, bool is_target, std::vector<Endpoint>& out, LoadContext& context) {
    if (auto address = parse_ip(piece.value)) {
        if (is_target)
            out.push_back({std::nullopt, std::nullopt, address});
        else
            report(context, piece.span, "an address can't be where the question is asked from; name a node");
        return;
    }
    NodeAndInterface parts = split_at_colon(piece);
    for (NodeIndex node : nodes_of_piece(parts.node, context)) {
        Endpoint endpoint{node, std::nullopt, std::nullopt};
        if (parts.has_interface) {
            endpoint.interface = context.topology.find_interface(node, parts.interface.value);
            if (!endpoint.interface) {
                if (context.topology_is_whole)
                    report(context, parts.interface.span,
                           fmt::format("node '{}' has no interface '{}' in this file",
                                       context.topology.nodes[node].name, parts.interface.value),
                           suggestion(parts.interface.value, context.topology.interface_names(node)));
                continue;
            }
        }
        out.push_back(endpoint);
    }
}

std::optional<IpAddress> first_address(const Interface& interface, Family family) {
    for (const InterfaceAddress& address : interface.addresses)
        if (address.prefix.address.family == family)
            return address.prefix.address;
    return std::nullopt;
}

/// What is asked from an interface asks for the address on that interface's segment, if there is one.
std::optional<IpAddress> target_address(const Topology& topology, const Endpoint& from, const Endpoint& to,
                                        Family family) {
    if (to.address)
        return to.address->family == family ? to.address : std::nullopt;
    if (to.interface)
        return first_address(topology.nodes[*to.node].interfaces[*to.interface], family);
    if (from.interface) {
        std::size_t segment = topology.at({*from.node, *from.interface}).segment;
        for (const Interface& interface : topology.nodes[*to.node].interfaces)
            if (auto address = first_address(interface, family); address && interface.segment == segment)
                return address;
    }
    return address_of(topology, *from.node, *to.node, family);
}

/// The node that has the address, seen from the asking node: its own, one that it shares a segment with, then
/// any.
std::optional<NodeIndex> owner_of(const Topology& topology, NodeIndex from, const IpAddress& address) {
    if (address == loopback(address.family) || (address.family == Family::ipv4 && address.bytes[0] == 127))
        return from;
    auto hears = [&](const Interface& interface) {
        const auto& own = topology.nodes[from].interfaces;
        return !is<Loopback>(interface) && std::any_of(own.begin(), own.end(), [&](const Interface& mine) {
            return mine.segment == interface.segment;
        });
    };
    std::optional<NodeIndex> shared, any;
    for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
        for (const Interface& interface : topology.nodes[node].interfaces)
            for (const InterfaceAddress& given : interface.addresses) {
                if (given.prefix.address != address)
                    continue;
                if (node == from)
                    return node;
                if (!shared && hears(interface))
                    shared = node;
                if (!any)
                    any = node;
            }
    return shared ? shared : any;
}

std::vector<Family> families(FamilyChoice choice, const Topology& topology, const Endpoint& from,
                             const Endpoint& to) {
    if (choice == FamilyChoice::ipv4)
        return {Family::ipv4};
    if (choice == FamilyChoice::ipv6)
        return {Family::ipv6};
    if (to.address)
        return {to.address->family};
    if (choice == FamilyChoice::both)
        return {Family::ipv4, Family::ipv6};
    return {target_address(topology, from, to, Family::ipv4) ||
                    !target_address(topology, from, to, Family::ipv6)
                ? Family::ipv4
                : Family::ipv6};
}

/// Calls `visit(from, to, family, address or nothing)` for each direction that is asked.
template <class Visitor>
void for_each_direction(const Between& between, FamilyChoice choice, const Topology& topology,
                        Visitor&& visit) {
    auto one_way = [&](const std::vector<Endpoint>& sources, const std::vector<Endpoint>& targets) {
        bool alone = sources.size() == 1 && targets.size() == 1;
        for (const Endpoint& from : sources)
            for (const Endpoint& to : targets) {
                if (from.node == to.node && !alone)
                    continue;
                for (Family family : families(choice, topology, from, to))
                    visit(from, to, family, target_address(topology, from, to, family));
            }
    };
    one_way(between.from, between.to);
    if (between.both_ways)
        one_way(between.to, between.from);
}

bool same_nodes(const std::vector<Endpoint>& a, const std::vector<Endpoint>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Endpoint& x, const Endpoint& y) {
        return x.node == y.node && x.interface == y.interface && x.address == y.address;
    });
}

} // namespace

std::vector<Text> split_list(const Text& text) {
    std::vector<Text> pieces;
    int depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.value.size(); ++i) {
        char c = i < text.value.size() ? text.value[i] : ',';
        depth += c == '[' ? 1 : c == ']' ? -1 : 0;
        if (i == text.value.size() || (c == ',' && depth <= 0)) {
            pieces.push_back(text.sub(begin, i - begin));
            begin = i + 1;
        }
    }
    return pieces;
}

std::vector<NodeIndex> find_nodes(const Text& text, LoadContext& context) {
    std::vector<NodeIndex> nodes;
    for (const Text& piece : split_list(text))
        for (NodeIndex node : nodes_of_piece(piece, context))
            nodes.push_back(node);
    return nodes;
}

std::vector<Place> find_places(const Text& text, LoadContext& context, InterfacePart part) {
    std::vector<Place> places;
    for (const Text& piece : split_list(text)) {
        NodeAndInterface parts = split_at_colon(piece);
        if (part == InterfacePart::required && (!parts.has_interface || parts.interface.value.empty())) {
            report(context, piece.span, fmt::format("'{}' names no interface", piece.value),
                   fmt::format("write it as \"{}:eth0\"", piece.value.empty() ? "node" : parts.node.value));
            continue;
        }
        if (part == InterfacePart::none && parts.has_interface) {
            report(context, piece.span,
                   fmt::format("'{}' is an interface, and this is asked of a node", piece.value),
                   fmt::format("write it as \"{}\"", parts.node.value));
            continue;
        }
        if (parts.has_interface && parts.interface.value.empty()) {
            report(context, piece.span, fmt::format("'{}' names no interface after its colon", piece.value));
            continue;
        }
        for (NodeIndex node : nodes_of_piece(parts.node, context))
            places.push_back(
                {node, parts.interface.value, parts.has_interface ? parts.interface.span : piece.span});
    }
    return places;
}

std::vector<Endpoint> load_endpoints(const Text& side, bool is_target, LoadContext& context) {
    std::vector<Endpoint> endpoints;
    for (const Text& piece : split_list(side)) {
        if (piece.value.empty())
            report(context, side.span, "a name is missing here",
                   "\"red -> blue\", \"a, b <-> c\", \"* <-> *\"");
        else
            append_endpoints(piece, is_target, endpoints, context);
    }
    return endpoints;
}

std::optional<Between> load_between(const Text& text, LoadContext& context) {
    Between between{text.value, {}, {}, text.value.find("<->") != std::string::npos};
    const std::string arrow = between.both_ways ? "<->" : "->";
    std::vector<Text> sides = split(text, arrow);
    if (sides.size() != 2) {
        report(context, text.span, fmt::format("'{}' is no pair", text.value),
               "\"red -> blue\" or \"red <-> blue\"");
        return std::nullopt;
    }
    std::size_t mistakes = context.diagnostics.size();
    between.from = load_endpoints(sides[0], between.both_ways, context);
    between.to = load_endpoints(sides[1], true, context);
    for (const Endpoint& endpoint : between.both_ways ? between.to : std::vector<Endpoint>{})
        if (!endpoint.node)
            report(context, text.span, "an address can't be where the question is asked from; name a node");
    for (const Endpoint& endpoint : between.from)
        if (!endpoint.node)
            report(context, text.span, "an address can't be where the question is asked from; name a node");
    if (context.diagnostics.size() > mistakes)
        return std::nullopt;
    // "* <-> *" asks each direction once: the second pass over the same names would only repeat the first.
    if (between.both_ways && same_nodes(between.from, between.to))
        between.both_ways = false;
    return between;
}

std::vector<Pair> pairs_of(const Between& between, FamilyChoice choice, const Topology& topology) {
    std::vector<Pair> pairs;
    for_each_direction(
        between, choice, topology,
        [&](const Endpoint& from, const Endpoint& to, Family family, std::optional<IpAddress> address) {
            if (!address)
                return;
            std::optional<NodeIndex> node = to.node;
            if (!node)
                node = owner_of(topology, *from.node, *address);
            Pair pair{*from.node, node, *address, std::nullopt};
            if (from.interface)
                pair.source = first_address(topology.nodes[*from.node].interfaces[*from.interface], family);
            pairs.push_back(pair);
        });
    return pairs;
}

bool check_pairs(const Between& between, FamilyChoice choice, Span span, LoadContext& context) {
    std::vector<std::string> lacking;
    std::size_t asked = 0;
    for_each_direction(
        between, choice, context.topology,
        [&](const Endpoint&, const Endpoint& to, Family family, std::optional<IpAddress> address) {
            ++asked;
            if (address)
                return;
            std::string who = to.node ? fmt::format("node '{}'", context.topology.nodes[*to.node].name)
                                      : fmt::format("'{}'", show(*to.address));
            lacking.push_back(fmt::format("{} has no {} address to ask", who, show(family)));
        });
    std::sort(lacking.begin(), lacking.end());
    lacking.erase(std::unique(lacking.begin(), lacking.end()), lacking.end());
    if (!context.topology_is_whole)
        return lacking.empty();
    for (const std::string& message : lacking)
        report(context, span, message, "give its link or bridge a subnet, or the interface an address");
    if (asked == 0)
        report(context, span, "this pair stands for no two nodes, so nothing would be asked");
    return lacking.empty() && asked > 0;
}

std::string show(const Pair& pair, const Topology& topology) {
    std::string from = topology.nodes[pair.from].name;
    if (pair.source)
        from += fmt::format(" ({})", show(*pair.source));
    if (!pair.to_node)
        return fmt::format("{} -> {}", from, show(pair.to));
    return fmt::format("{} -> {} ({})", from, topology.nodes[*pair.to_node].name, show(pair.to));
}

} // namespace netrig
