// A scenario's topology as it is drawn: boxes, what stands in them, and lines between them, all in words.
// What is said once on paper is said once here: a subnet at its link or bridge, a setting of both ends at the
// line.
#pragma once

#include "core/scenario.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace netrig {

enum class GraphShape {
    host,
    router,
    bridge,
    overlay, ///< a network of tunnels between three nodes or more; no node of the topology
};

std::string_view word(GraphShape shape);

struct GraphAddress {
    Prefix prefix;
    std::optional<IpAddress> last{}; ///< of the addresses of several nodes that are drawn as one
    bool operator==(const GraphAddress&) const = default;
};

/// "10.0.0.1/24", "10.0.0.1-10.0.0.100/24"
std::string show(const GraphAddress& address);

struct GraphInterface {
    std::string name;
    std::vector<GraphAddress> addresses;
    std::string what;               ///< "vlan 10 on eth0"; empty for an end of a link and `lo`
    std::vector<std::string> notes; ///< "down", "mtu 1400", "sends delay 10ms"
    bool operator==(const GraphInterface&) const = default;
};

struct GraphNode {
    GraphShape shape = GraphShape::host;
    std::string name;                       ///< "h[1-100]" where it stands for several
    std::size_t count = 1;                  ///< nodes that it stands for
    std::vector<GraphInterface> interfaces; ///< `lo` only where there is something to say of it
    std::vector<Prefix> subnets;            ///< of a bridge
    std::vector<std::string> notes;         ///< "stp", "mtu 1400"
    bool operator==(const GraphNode&) const = default;
};

struct GraphEnd {
    std::size_t node = 0;
    std::optional<std::size_t> interface; ///< nothing: the node as a whole (an overlay, or a bridge by a
                                          ///< port that is called after the node at its other end)
    bool operator==(const GraphEnd&) const = default;
};

struct GraphLine {
    std::array<GraphEnd, 2> ends;
    bool tunnel = false;
    std::vector<Prefix> subnets; ///< of a link that no bridge is at
    std::vector<std::string> notes;
    bool operator==(const GraphLine&) const = default;
};

struct Graph {
    std::string title;
    std::vector<GraphNode> nodes;
    std::vector<GraphLine> lines;
    bool operator==(const Graph&) const = default;
};

/// Hosts of one bridge that differ in nothing but number and address are one node where they are more than a
/// drawing can show.
Graph make_graph(const Scenario& scenario);

inline constexpr std::size_t most_equal_hosts = 8;

/// For each node how far down it is drawn, the top being 0. Those in the middle of the network are at the
/// top; a chain begins at one of its ends, and goes to and fro if it is long. A line is between two levels
/// beside each other or, at such a turn or in a circle of odd length, on one.
std::vector<std::size_t> levels_of(const Graph& graph);

} // namespace netrig
