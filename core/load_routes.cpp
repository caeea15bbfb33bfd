#include "core/load_routes.h"

#include "core/suggest.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <map>

namespace netrig {

namespace {

struct Words {
    std::vector<Text> list;
    std::size_t next = 0;

    const Text* take() { return next < list.size() ? &list[next++] : nullptr; }
    [[nodiscard]] const Text* peek() const { return next < list.size() ? &list[next] : nullptr; }
};

/// A route while it is being read: the gateway may be a node, the destination may be "default" of any family.
struct Draft {
    RouteType type = RouteType::unicast;
    std::optional<Prefix> destination; ///< nothing: default
    std::optional<Text> gateway;
    std::string device;
    std::optional<std::uint32_t> metric;
};

struct Reading {
    NodeIndex node;
    const Text& text;
    const Topology& topology;
    Diagnostics& diagnostics;

    void report(Span span, std::string message, std::string help = {}) const {
        diagnostics.push_back({std::move(message), span, {}, std::move(help), {}});
    }
};

Words split_words(const Text& text) {
    Words words;
    for (std::size_t at = 0; at < text.value.size();) {
        std::size_t end = std::min(text.value.find_first_of(" \t\n", at), text.value.size());
        if (end > at)
            words.list.push_back(text.sub(at, end - at));
        at = end + 1;
    }
    return words;
}

std::optional<RouteType> route_type(const std::string& word) {
    if (word == "unreachable")
        return RouteType::unreachable;
    if (word == "blackhole")
        return RouteType::blackhole;
    if (word == "prohibit")
        return RouteType::prohibit;
    return std::nullopt;
}

bool read_destination(Words& words, Draft& draft, const Reading& reading) {
    const Text* word = words.take();
    if (word != nullptr && route_type(word->value)) {
        draft.type = *route_type(word->value);
        word = words.take();
    }
    if (word == nullptr) {
        reading.report(reading.text.span, "a destination is missing here", "\"default via 10.0.0.254\"");
        return false;
    }
    if (word->value == "default")
        return true;
    draft.destination = parse_prefix(word->value);
    if (auto host = parse_ip(word->value))
        draft.destination = Prefix{*host, static_cast<unsigned>(host->size()) * 8};
    if (!draft.destination) {
        reading.report(word->span, fmt::format("'{}' is no destination of a route", word->value),
                       "\"default\", \"10.2.0.0/16\", \"2001:db8::/32\" or an address");
        return false;
    }
    if (*draft.destination != draft.destination->network()) {
        reading.report(word->span, fmt::format("'{}' has bits set beyond its prefix length", word->value),
                       fmt::format("did you mean '{}'?", show(draft.destination->network())));
        return false;
    }
    return true;
}

bool read_device(const Text& word, Draft& draft, const Reading& reading) {
    draft.device = word.value;
    if (reading.topology.find_interface(reading.node, word.value) ||
        reading.topology.has_kernel_named_interface(reading.node))
        return true;
    std::vector<std::string> names;
    for (const Interface& interface : reading.topology.nodes[reading.node].interfaces)
        names.push_back(interface.name);
    reading.report(
        word.span,
        fmt::format("node '{}' has no interface '{}'", reading.topology.nodes[reading.node].name, word.value),
        suggestion(word.value, names));
    return false;
}

bool read_metric(const Text& word, Draft& draft, const Reading& reading) {
    std::uint32_t value = 0;
    const char* end = word.value.data() + word.value.size();
    auto [rest, error] = std::from_chars(word.value.data(), end, value);
    if (error == std::errc() && rest == end) {
        draft.metric = value;
        return true;
    }
    reading.report(word.span, fmt::format("'{}' is no metric", word.value));
    return false;
}

bool read_options(Words& words, Draft& draft, const Reading& reading) {
    while (const Text* word = words.take()) {
        const Text* value = words.take();
        bool known = word->value == "via" || word->value == "dev" || word->value == "metric";
        if (!known) {
            reading.report(word->span, fmt::format("unknown word '{}' in a route", word->value),
                           suggestion(word->value, {"via", "dev", "metric"}));
            return false;
        }
        if (value == nullptr) {
            reading.report(word->span, fmt::format("'{}' wants a word after it", word->value));
            return false;
        }
        if (word->value == "via" && draft.gateway) {
            reading.report(word->span, "several gateways are not supported yet by this version of netrig");
            return false;
        }
        if (word->value == "via")
            draft.gateway = *value;
        else if (!(word->value == "dev" ? read_device(*value, draft, reading)
                                        : read_metric(*value, draft, reading)))
            return false;
    }
    return true;
}

/// The address of `gateway` on a subnet that `node` is on too.
std::optional<IpAddress> shared_address(const Topology& topology, NodeIndex node, NodeIndex gateway,
                                        Family family) {
    for (const Interface& mine : topology.nodes[node].interfaces)
        for (const InterfaceAddress& given : mine.addresses)
            for (const Interface& theirs : topology.nodes[gateway].interfaces)
                for (const InterfaceAddress& candidate : theirs.addresses)
                    if (mine.segment == theirs.segment && given.prefix.address.family == family &&
                        given.prefix.contains(candidate.prefix.address))
                        return candidate.prefix.address;
    return std::nullopt;
}

/// Whether a host with the address can be on a network of the node's, and of `device` if one is named.
bool on_link(const Node& node, const IpAddress& address, const std::string& device) {
    for (const Interface& interface : node.interfaces)
        for (const InterfaceAddress& given : interface.addresses)
            if (!is<Loopback>(interface) && given.prefix.contains(address) &&
                (device.empty() || device == interface.name || interface.name.empty()))
                return Prefix{address, given.prefix.length}.is_host_address();
    return false;
}

bool has_address(const Node& node, const IpAddress& address) {
    for (const Interface& interface : node.interfaces)
        for (const InterfaceAddress& given : interface.addresses)
            if (given.prefix.address == address)
                return true;
    return false;
}

Route finish(const Draft& draft, Family family, std::optional<IpAddress> gateway, Span span) {
    Prefix everything{IpAddress{family, {}}, 0};
    return {draft.type, draft.destination.value_or(everything), gateway, draft.device, draft.metric, span};
}

/// A gateway that is a node: one route for each family in which both are on one subnet.
void add_by_node(const Draft& draft, NodeIndex gateway, const Reading& reading, std::vector<Route>& routes) {
    std::size_t before = routes.size();
    if (gateway == reading.node) {
        reading.report(draft.gateway->span,
                       fmt::format("'{}' can't be its own gateway", reading.topology.nodes[gateway].name));
        return;
    }
    for (Family family : {Family::ipv4, Family::ipv6}) {
        if (draft.destination && draft.destination->address.family != family)
            continue;
        if (auto address = shared_address(reading.topology, reading.node, gateway, family))
            routes.push_back(finish(draft, family, address, reading.text.span));
    }
    if (routes.size() == before)
        reading.report(draft.gateway->span, fmt::format("'{}' and '{}' have no subnet in common",
                                                        reading.topology.nodes[reading.node].name,
                                                        reading.topology.nodes[gateway].name));
}

void add_by_address(const Draft& draft, const IpAddress& gateway, const Reading& reading,
                    std::vector<Route>& routes) {
    const Node& node = reading.topology.nodes[reading.node];
    if (draft.destination && draft.destination->address.family != gateway.family)
        reading.report(draft.gateway->span, fmt::format("{} is no {} address", show(gateway),
                                                        show(draft.destination->address.family)));
    else if (has_address(node, gateway))
        reading.report(draft.gateway->span,
                       fmt::format("{} is an address of '{}' itself", show(gateway), node.name));
    else if (gateway.is_link_local() && gateway.family == Family::ipv6 && draft.device.empty())
        reading.report(draft.gateway->span, "a link-local gateway needs the interface: add \"dev eth0\"");
    else if (!gateway.is_link_local() && !on_link(node, gateway, draft.device))
        reading.report(draft.gateway->span,
                       fmt::format("'{}' has no address on a subnet with {}{}", node.name, show(gateway),
                                   draft.device.empty() ? "" : " on " + draft.device));
    else
        routes.push_back(finish(draft, gateway.family, gateway, reading.text.span));
}

void add_route(const Draft& draft, const Reading& reading, std::vector<Route>& routes) {
    if (draft.type != RouteType::unicast && (draft.gateway || !draft.device.empty())) {
        reading.report(reading.text.span, "a route that refuses packets has no gateway and no interface");
    } else if (!draft.gateway) {
        if (draft.type == RouteType::unicast && draft.device.empty())
            reading.report(reading.text.span, "this route leads nowhere",
                           "add \"via ADDRESS\" or \"dev INTERFACE\"");
        else
            routes.push_back(finish(draft,
                                    draft.destination ? draft.destination->address.family : Family::ipv4,
                                    std::nullopt, reading.text.span));
    } else if (auto address = parse_ip(draft.gateway->value)) {
        add_by_address(draft, *address, reading, routes);
    } else if (auto node = reading.topology.find(draft.gateway->value)) {
        add_by_node(draft, *node, reading, routes);
    } else {
        std::vector<std::string> names;
        for (const Node& known : reading.topology.nodes)
            names.push_back(known.name);
        reading.report(draft.gateway->span,
                       fmt::format("'{}' is neither an address nor a node", draft.gateway->value),
                       suggestion(draft.gateway->value, names));
    }
}

/// The kernel takes one route to a destination with one metric.
void check_differ(const Node& node, Diagnostics& diagnostics) {
    std::map<std::pair<Prefix, std::uint32_t>, Span> seen;
    for (const Route& route : node.routes) {
        auto [first, is_new] = seen.try_emplace({route.destination, route.metric.value_or(0)}, route.span);
        if (!is_new)
            diagnostics.push_back(
                {fmt::format("'{}' has two routes to {} with the same metric", node.name,
                             route.destination.length == 0 ? "default" : show(route.destination)),
                 route.span,
                 {},
                 "give one of them \"metric 10\"",
                 {{"the first is here", first->second}}});
    }
}

} // namespace

void load_routes(const std::vector<RouteText>& routes, Topology& topology, Diagnostics& diagnostics) {
    for (const RouteText& route : routes) {
        Reading reading{route.node, route.text, topology, diagnostics};
        Words words = split_words(route.text);
        Draft draft;
        if (read_destination(words, draft, reading) && read_options(words, draft, reading))
            add_route(draft, reading, topology.nodes[route.node].routes);
    }
    for (const Node& node : topology.nodes)
        check_differ(node, diagnostics);
}

} // namespace netrig
