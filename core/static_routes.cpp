#include "core/static_routes.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <vector>

namespace netrig {

namespace {

/// One routing table of a node: the main one, or that of a VRF.
using VertexIndex = std::size_t;

struct Edge {
    VertexIndex to = 0;
    Ifindex index = 0; ///< of the interface that leads there
    IpAddress gateway;
};

struct Vertex {
    NodeIndex node = 0;
    std::uint32_t table = main_table;
    bool forwards = false;
    std::vector<std::size_t> interfaces;
    bool takes = false;             ///< packets from others: it forwards, or has networks of its own alone
    std::vector<Edge> edges;        ///< to vertices that take packets
    std::vector<VertexIndex> heard; ///< whose edges lead here
};

using Distance = std::size_t;
constexpr Distance unreached = std::numeric_limits<Distance>::max();

bool is_routed(const IpAddress& address) {
    return !address.is_link_local() && loopback(address.family) != address &&
           !(address.family == Family::ipv4 && address.bytes[0] == 127);
}

/// Frames can't pass where it or what it stands on is down.
bool is_up(const Node& node, std::size_t interface) {
    const Interface& each = node.interfaces[interface];
    return each.up && (!each.parent || is_up(node, *each.parent));
}

std::vector<Vertex> vertices_of(const Topology& topology) {
    std::vector<Vertex> vertices;
    for (NodeIndex node = 0; node < topology.nodes.size(); ++node) {
        std::map<std::uint32_t, VertexIndex> tables;
        for (std::size_t i = 0; i < topology.nodes[node].interfaces.size(); ++i) {
            if (!is_up(topology.nodes[node], i))
                continue;
            auto [place, is_new] = tables.try_emplace(topology.table_of({node, i}), vertices.size());
            if (is_new)
                vertices.push_back({node, place->first, topology.nodes[node].forwarding, {}, false, {}, {}});
            vertices[place->second].interfaces.push_back(i);
        }
    }
    return vertices;
}

/// The ways of one family.
class Solver {
public:
    Solver(Topology& topology, Family family, Span span)
        : topology_(topology), family_(family), span_(span), vertices_(vertices_of(topology)),
          distances_(vertices_.size()) {
        find_subnets();
        find_edges();
        find_written();
    }

    void solve() {
        for (const auto& [subnet, attached] : subnets_) {
            measure(attached);
            for (VertexIndex vertex = 0; vertex < vertices_.size(); ++vertex)
                add_route(vertex, subnet, attached);
        }
    }

private:
    using Attached = std::map<VertexIndex, bool>; ///< who is on a subnet, and whether it takes packets to it

    [[nodiscard]] const Interface& interface(const Vertex& vertex, std::size_t i) const {
        return topology_.nodes[vertex.node].interfaces[i];
    }

    void find_subnets() {
        for (VertexIndex vertex = 0; vertex < vertices_.size(); ++vertex)
            for (std::size_t i : vertices_[vertex].interfaces)
                for (const InterfaceAddress& given : interface(vertices_[vertex], i).addresses)
                    if (given.prefix.address.family == family_ && is_routed(given.prefix.address))
                        add_subnet(vertex, interface(vertices_[vertex], i), given.prefix);
    }

    /// What is a node's alone it takes itself, though it may forward nothing.
    void add_subnet(VertexIndex index, const Interface& on, const Prefix& prefix) {
        bool alone = is<Loopback>(on) || prefix.length == prefix.address.size() * 8;
        bool& takes = subnets_[prefix.network()][index];
        takes = takes || alone || vertices_[index].forwards;
        vertices_[index].takes = vertices_[index].takes || takes;
    }

    struct Place {
        VertexIndex vertex = 0;
        std::size_t interface = 0;
    };

    void find_edges() {
        std::map<std::size_t, std::vector<Place>> takers; // by segment
        for (VertexIndex vertex = 0; vertex < vertices_.size(); ++vertex)
            for (std::size_t i : vertices_[vertex].interfaces)
                if ((vertices_[vertex].forwards || vertices_[vertex].takes) &&
                    is_way(interface(vertices_[vertex], i)))
                    takers[interface(vertices_[vertex], i).segment].push_back({vertex, i});
        for (VertexIndex vertex = 0; vertex < vertices_.size(); ++vertex)
            for (std::size_t i : vertices_[vertex].interfaces)
                if (auto there = takers.find(interface(vertices_[vertex], i).segment);
                    there != takers.end() && is_way(interface(vertices_[vertex], i)))
                    for (const Place& taker : there->second)
                        add_edge({vertex, i}, taker);
    }

    static bool is_way(const Interface& interface) {
        return !is<Loopback>(interface) && !traits(interface.kind).overlay;
    }

    void add_edge(Place from, Place to) {
        if (from.vertex == to.vertex)
            return;
        const Interface& mine = interface(vertices_[from.vertex], from.interface);
        auto gateway = gateway_on(mine, interface(vertices_[to.vertex], to.interface));
        if (!gateway)
            return;
        vertices_[from.vertex].edges.push_back({to.vertex, mine.index, *gateway});
        vertices_[to.vertex].heard.push_back(from.vertex);
    }

    /// A link-local IPv6 address only where there is no other.
    [[nodiscard]] std::optional<IpAddress> gateway_on(const Interface& mine, const Interface& theirs) const {
        std::optional<IpAddress> link_local;
        for (const InterfaceAddress& candidate : theirs.addresses) {
            const IpAddress& address = candidate.prefix.address;
            bool shared =
                address.family == family_ &&
                std::any_of(mine.addresses.begin(), mine.addresses.end(), [&](const InterfaceAddress& own) {
                    return own.prefix.contains(address) && own.prefix.address != address;
                });
            if (shared && !address.is_link_local())
                return address;
            if (shared && !link_local)
                link_local = address;
        }
        return link_local;
    }

    void find_written() {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            for (const Route& route : topology_.nodes[node].routes)
                if (!route.label)
                    written_.insert({node, route.table, route.destination});
    }

    /// How many routers are between each router and the subnet, breadth first from those that are on it.
    void measure(const Attached& attached) {
        std::fill(distances_.begin(), distances_.end(), unreached);
        queue_.clear();
        for (auto [vertex, takes] : attached)
            if (takes) {
                distances_[vertex] = 0;
                queue_.push_back(vertex);
            }
        for (std::size_t at = 0; at < queue_.size(); ++at)
            for (VertexIndex asker : vertices_[queue_[at]].heard)
                if (vertices_[asker].forwards && distances_[asker] == unreached) {
                    distances_[asker] = distances_[queue_[at]] + 1;
                    queue_.push_back(asker);
                }
    }

    void add_route(VertexIndex index, const Prefix& subnet, const Attached& attached) {
        const Vertex& vertex = vertices_[index];
        Distance nearest = unreached;
        for (const Edge& edge : vertex.edges)
            nearest = std::min(nearest, distances_[edge.to]);
        if (nearest == unreached || attached.contains(index) ||
            written_.contains({vertex.node, vertex.table, subnet}))
            return;
        Route route;
        route.destination = subnet;
        route.table = vertex.table;
        route.span = span_;
        for (const Edge& edge : vertex.edges)
            if (distances_[edge.to] == nearest && route.nexthops.size() < most_nexthops)
                route.nexthops.push_back({edge.gateway, {}, edge.index});
        topology_.nodes[vertex.node].routes.push_back(std::move(route));
    }

    struct Written {
        NodeIndex node = 0;
        std::uint32_t table = 0;
        Prefix destination;
        auto operator<=>(const Written&) const = default;
    };

    Topology& topology_;
    Family family_;
    Span span_;
    std::vector<Vertex> vertices_;
    std::map<Prefix, Attached> subnets_;
    std::set<Written> written_;
    std::vector<Distance> distances_; ///< of routers from the subnet in question
    std::vector<VertexIndex> queue_;
};

} // namespace

void add_static_routes(Topology& topology, Span span) {
    for (Family family : {Family::ipv4, Family::ipv6})
        Solver(topology, family, span).solve();
}

} // namespace netrig
