#include "core/load_routes.h"

#include "core/gateway.h"
#include "core/route_draft.h"
#include "core/suggest.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <tuple>

namespace netrig {

namespace {

/// Makes routes of a draft: one for each family that it stands for. A mistake is kept until it is known that
/// no other family will do.
class Resolver {
public:
    Resolver(const DraftRoute& draft, const WordsContext& context, const std::vector<Route>& earlier)
        : draft_(draft), context_(context), earlier_(earlier) {}

    void add_to(std::vector<Route>& routes) {
        if (!check_shape())
            return;
        std::optional<Diagnostic> first_mistake;
        bool any = false;
        for (Family family : families()) {
            family_ = family;
            mistake_.reset();
            if (auto route = resolve()) {
                routes.push_back(std::move(*route));
                any = true;
            } else if (!first_mistake) {
                first_mistake = mistake_;
            }
        }
        if (!any && first_mistake)
            context_.diagnostics.push_back(std::move(*first_mistake));
    }

private:
    bool fail(Span span, std::string message, std::string help = {}) {
        if (!mistake_)
            mistake_ = Diagnostic{std::move(message), span, {}, std::move(help), {}};
        return false;
    }

    /// What is wrong whatever the addresses are; reported at once.
    [[nodiscard]] bool check_shape() const {
        bool refuses = draft_.type != RouteType::unicast && draft_.type != RouteType::local;
        if (refuses && !draft_.nexthops.empty()) {
            context_.report(draft_.nexthops.front().span,
                            "a route that refuses packets has no gateway and no interface");
            return false;
        }
        if (!refuses && draft_.nexthops.empty()) {
            context_.report(context_.text.span, "this route leads nowhere",
                            "add \"via ADDRESS\" or \"dev INTERFACE\"");
            return false;
        }
        if (draft_.nexthops.size() > most_nexthops) {
            context_.report(context_.text.span,
                            fmt::format("{} next hops are more than the {} that a route may have",
                                        draft_.nexthops.size(), most_nexthops));
            return false;
        }
        if (!fits_a_message())
            return false;
        return std::all_of(draft_.nexthops.begin(), draft_.nexthops.end(),
                           [&](const DraftNexthop& hop) { return check_shape(hop); });
    }

    /// A message of ours holds 4 KiB.
    [[nodiscard]] bool fits_a_message() const {
        constexpr std::size_t most = 3500, of_nexthop = 40, of_segment = 16, of_label = 4;
        std::size_t size = 0;
        for (const DraftNexthop& hop : draft_.nexthops) {
            size += of_nexthop + hop.labels.size() * of_label;
            if (!hop.encapsulation)
                continue;
            size += of_nexthop;
            if (const auto* mpls = std::get_if<MplsEncapsulation>(hop.encapsulation.get()))
                size += mpls->labels.size() * of_label;
            if (const auto* seg6 = std::get_if<Seg6Encapsulation>(hop.encapsulation.get()))
                size += (seg6->segments.size() + 1) * of_segment;
            if (const auto* local = std::get_if<Seg6Local>(hop.encapsulation.get()))
                size += (local->segments.size() + 1) * of_segment;
        }
        if (size > most)
            context_.report(context_.text.span, "this route is too long for one message to the kernel",
                            "fewer next hops, or shorter stacks of labels or segments");
        return size <= most;
    }

    [[nodiscard]] bool check_shape(const DraftNexthop& hop) const {
        bool wants_device = hop.onlink || !hop.gateway;
        if (!wants_device || hop.device)
            return draft_.type != RouteType::local || check_local(hop);
        if (hop.onlink && hop.gateway)
            context_.report(hop.gateway->span, "an 'onlink' gateway needs the interface: add \"dev eth0\"");
        else
            context_.report(hop.span == Span{} ? context_.text.span : hop.span, "this next hop leads nowhere",
                            "add \"via ADDRESS\" or \"dev INTERFACE\"");
        return false;
    }

    [[nodiscard]] bool check_local(const DraftNexthop& hop) const {
        if (!hop.gateway)
            return true;
        context_.report(hop.gateway->span, "a local route has no gateway", "\"dev lo\" alone");
        return false;
    }

    [[nodiscard]] static Family family_of(const DraftNexthop& hop, const IpAddress& gateway) {
        return hop.family == Family::ipv6 ? Family::ipv4
                                          : gateway.family; // "inet6" is said for IPv4 over IPv6
    }

    /// The destination says it, then the source, then the first gateway that is an address; a node may do for
    /// both.
    [[nodiscard]] std::vector<Family> families() const {
        if (draft_.label)
            return {Family::ipv4};
        if (draft_.destination)
            return {draft_.destination->address.family};
        if (draft_.source)
            return {draft_.source->family};
        for (const DraftNexthop& hop : draft_.nexthops)
            if (auto gateway = hop.gateway ? parse_ip(hop.gateway->value) : std::nullopt)
                return {family_of(hop, *gateway)};
        for (const DraftNexthop& hop : draft_.nexthops)
            if (hop.gateway && !hop.family)
                return {Family::ipv4, Family::ipv6};
        return {Family::ipv4};
    }

    std::optional<Route> resolve() {
        Prefix everything{IpAddress{family_, {}}, 0};
        Route route{draft_.type, draft_.destination.value_or(everything)};
        route.label = draft_.label;
        route.table = draft_.table.value_or(draft_.type == RouteType::local ? local_table : main_table);
        route.metric = draft_.metric;
        route.source = draft_.source;
        route.mtu = draft_.mtu;
        route.mtu_is_locked = draft_.mtu_is_locked;
        route.scope = draft_.scope;
        route.span = context_.text.span;
        if (route.source && route.source->family != family_) {
            fail(context_.text.span,
                 fmt::format("{} can't be the source of an {} route", show(*route.source), show(family_)));
            return std::nullopt;
        }
        for (const DraftNexthop& hop : draft_.nexthops) {
            Nexthop nexthop;
            nexthop.weight = hop.weight.value_or(1);
            nexthop.onlink = hop.onlink;
            nexthop.labels = hop.labels;
            nexthop.encapsulation = hop.encapsulation;
            if (hop.device) {
                nexthop.device = hop.device->name;
                nexthop.index = hop.device->index(context_.owner());
            }
            if (hop.gateway && !resolve_gateway(hop, nexthop))
                return std::nullopt;
            route.nexthops.push_back(std::move(nexthop));
        }
        return route;
    }

    bool resolve_gateway(const DraftNexthop& hop, Nexthop& nexthop) {
        if (auto address = parse_ip(hop.gateway->value))
            return resolve_address(hop, *address, nexthop);
        if (auto node = context_.topology.find(hop.gateway->value))
            return resolve_node(hop, *node, nexthop);
        return fail(hop.gateway->span,
                    fmt::format("'{}' is neither an address nor a node", hop.gateway->value),
                    suggestion(hop.gateway->value, context_.topology.node_names()));
    }

    [[nodiscard]] std::optional<std::size_t> interface_of(const DraftNexthop& hop) const {
        return hop.device ? hop.device->interface : std::nullopt;
    }

    /// A device that the kernel is yet to name may be any.
    bool resolve_node(const DraftNexthop& hop, NodeIndex gateway, Nexthop& nexthop) {
        if (gateway == context_.node)
            return fail(hop.gateway->span, fmt::format("'{}' can't be its own gateway", hop.gateway->value));
        std::vector<Family> wanted{hop.family.value_or(family_)};
        if (draft_.label && !hop.family)
            wanted.push_back(Family::ipv6);
        for (Family family : wanted) {
            auto found =
                neighbour_address(context_.topology, context_.node, gateway, family, interface_of(hop));
            if (!found)
                continue;
            if (!may_be_gateway(family, hop))
                return false;
            nexthop.gateway = found->address;
            if (family == Family::ipv6 && found->address.is_link_local() && !hop.device) {
                nexthop.device = context_.owner().interfaces[found->interface].name;
                nexthop.index = context_.owner().interfaces[found->interface].index;
            }
            return true;
        }
        std::string behind = hop.device ? fmt::format(" on {}", hop.device->name) : "";
        return fail(
            hop.gateway->span,
            fmt::format(
                "'{}' and '{}' have no {}subnet in common{}", context_.owner().name, hop.gateway->value,
                hop.family || draft_.destination ? fmt::format("{} ", show(wanted.front())) : "", behind));
    }

    bool may_be_gateway(Family family, const DraftNexthop& hop) {
        if (draft_.label || family == family_ || (family == Family::ipv6 && hop.family == Family::ipv6))
            return true;
        return fail(hop.gateway->span, "an IPv6 route has no IPv4 gateway");
    }

    bool resolve_address(const DraftNexthop& hop, const IpAddress& gateway, Nexthop& nexthop) {
        Span span = hop.gateway->span;
        bool link_local_ipv6 = gateway.is_link_local() && gateway.family == Family::ipv6;
        if (hop.family && gateway.family != *hop.family)
            return fail(span, fmt::format("{} is no {} address", show(gateway), show(*hop.family)));
        if (!draft_.label && gateway.family != family_ && !hop.family)
            return fail(span, fmt::format("{} is no {} address", show(gateway), show(family_)),
                        gateway.family == Family::ipv6
                            ? fmt::format("\"via inet6 {}\" for IPv4 over IPv6", show(gateway))
                            : "");
        if (!may_be_gateway(gateway.family, hop))
            return false;
        if (has_address(context_.owner(), gateway))
            return fail(span,
                        fmt::format("{} is an address of '{}' itself", show(gateway), context_.owner().name));
        if (link_local_ipv6 && !hop.device)
            return fail(span, "a link-local gateway needs the interface: add \"dev eth0\"");
        if (!link_local_ipv6 && !hop.onlink && !context_.later && !is_reached(hop, gateway))
            return fail(span,
                        fmt::format("'{}' has no address on a subnet with {}{}", context_.owner().name,
                                    show(gateway), hop.device ? " on " + hop.device->name : ""),
                        hop.device ? "\"onlink\" behind it takes the gateway to be there all the same" : "");
        nexthop.gateway = gateway;
        return true;
    }

    /// By an address of the node's, or by an earlier route that has no gateway itself.
    [[nodiscard]] bool is_reached(const DraftNexthop& hop, const IpAddress& gateway) const {
        bool named_later = hop.device && !hop.device->interface;
        if (on_link_interface(context_.owner(), gateway, interface_of(hop)) ||
            (named_later && on_link_interface(context_.owner(), gateway)))
            return true;
        return std::any_of(earlier_.begin(), earlier_.end(), [&](const Route& route) {
            return route.type == RouteType::unicast && !route.label && route.destination.contains(gateway) &&
                   std::any_of(route.nexthops.begin(), route.nexthops.end(), [&](const Nexthop& nexthop) {
                       return !nexthop.gateway && (!hop.device || hop.device->name == nexthop.device);
                   });
        });
    }

    const DraftRoute& draft_;
    const WordsContext& context_;
    const std::vector<Route>& earlier_;
    Family family_ = Family::ipv4;
    std::optional<Diagnostic> mistake_;
};

std::string destination_text(const Route& route) {
    if (route.label)
        return fmt::format("mpls {}", *route.label);
    return route.destination.length == 0 ? "default" : show(route.destination);
}

/// The kernel takes one route to a destination with one metric in a table.
void check_differ(const Node& node, Diagnostics& diagnostics) {
    using Key = std::tuple<std::uint32_t, std::optional<std::uint32_t>, Prefix, std::uint32_t>;
    std::map<Key, Span> seen;
    for (const Route& route : node.routes) {
        auto [first, is_new] = seen.try_emplace(
            {route.table, route.label, route.destination, effective_metric(route)}, route.span);
        if (!is_new)
            diagnostics.push_back(
                {fmt::format("'{}' has two routes to {} with the same metric", node.name,
                             destination_text(route)),
                 route.span,
                 {},
                 route.label ? "several \"via\" in one route share the packets"
                             : "give one of them \"metric 10\", or write several \"via\" in one route",
                 {{"the first is here", first->second}}});
    }
}

/// An address on an interface that is up makes a route to its network, which in IPv4 has the metric 0.
void check_connected(const Topology& topology, NodeIndex index, Diagnostics& diagnostics) {
    const Node& node = topology.nodes[index];
    for (const Route& route : node.routes)
        for (std::size_t i = 0; i < node.interfaces.size(); ++i)
            for (const InterfaceAddress& given : node.interfaces[i].addresses)
                if (!route.label && route.table == topology.table_of({index, i}) &&
                    effective_metric(route) == 0 && node.interfaces[i].up && given.prefix.length < 32 &&
                    given.prefix.network() == route.destination)
                    diagnostics.push_back(
                        {fmt::format("'{}' has a route to {} already, by its address {}", node.name,
                                     show(route.destination), show(given.prefix.address)),
                         route.span,
                         {},
                         "\"metric 10\" makes it a second one",
                         {{"the address is from here", given.span}}});
}

} // namespace

std::vector<Route> read_routes(const WordsContext& context) {
    const std::vector<Route> none;
    std::vector<Route> routes;
    if (auto draft = read_route(context))
        Resolver(*draft, context, none).add_to(routes);
    return routes;
}

void load_routes(const std::vector<NodeText>& routes, Topology& topology, Diagnostics& diagnostics) {
    for (const NodeText& route : routes) {
        WordsContext context{route.node, route.text, topology, diagnostics};
        std::vector<Route>& of_node = topology.nodes[route.node].routes;
        if (auto draft = read_route(context))
            Resolver(*draft, context, of_node).add_to(of_node);
    }
    for (NodeIndex node = 0; node < topology.nodes.size(); ++node) {
        check_differ(topology.nodes[node], diagnostics);
        check_connected(topology, node, diagnostics);
    }
}

} // namespace netrig
