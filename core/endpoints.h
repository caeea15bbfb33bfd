// The words by which steps name nodes, interfaces and addresses: "h[1-3]", "red:veth0", "*", "10.0.0.2",
// and the pairs of them: "red -> blue", "a, b <-> c", "* <-> *".
#pragma once

#include "core/toml_reader.h"
#include "core/topology.h"

#include <optional>
#include <string>
#include <vector>

namespace netrig {

struct LoadContext;

/// A node, one of its interfaces, or a bare address that belongs to no node of the file or to one.
struct Endpoint {
    std::optional<NodeIndex> node;
    std::optional<std::size_t> interface;
    std::optional<IpAddress> address;
};

/// One node as "on" names it, with the interface's name if one was given ("red:veth0").
struct Place {
    NodeIndex node = 0;
    std::string interface;
    Span span; ///< of the interface's name if there is one, else of the node's
};

struct Between {
    std::string text; ///< as written
    std::vector<Endpoint> from, to;
    bool both_ways = false;
};

/// One asked direction: a node, and the address that it asks.
struct Pair {
    NodeIndex from = 0;
    std::optional<NodeIndex> to_node; ///< nothing for an address that no node of the file has
    IpAddress to;
    std::optional<IpAddress> source;
};

enum class FamilyChoice { automatic, ipv4, ipv6, both };

/// Commas that stand outside of brackets separate; a piece may be a pattern.
std::vector<Text> split_list(const Text& text);

/// The names that `text` stands for, each a known node; mistakes are reported and left out. `*` is every
/// node that is no bridge.
std::vector<NodeIndex> find_nodes(const Text& text, LoadContext& context);

/// Like find_nodes, with ":interface" allowed or required on each, or refused.
enum class InterfacePart { optional, required, none };
std::vector<Place> find_places(const Text& text, LoadContext& context, InterfacePart part);

/// What one side of a pair stands for; only a target may be an address.
std::vector<Endpoint> load_endpoints(const Text& side, bool is_target, LoadContext& context);

std::optional<Between> load_between(const Text& text, LoadContext& context);

/// Every direction that is asked. Reports where a node asked for has no address of the family.
std::vector<Pair> pairs_of(const Between& between, FamilyChoice family, const Topology& topology);

/// Reports, at `span`, pairs that can't be asked because a node has no address of the family. True if none.
bool check_pairs(const Between& between, FamilyChoice family, Span span, LoadContext& context);

/// "red (10.0.0.1) -> blue (10.0.0.2)" with what is known of them.
std::string show(const Pair& pair, const Topology& topology);

} // namespace netrig
