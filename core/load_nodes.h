// Loads hosts, routers, the names of bridges, and the tables of [nodes].
#pragma once

#include "core/toml_reader.h"
#include "core/topology.h"

#include <vector>

namespace netrig {

/// Adds a node with its `lo`. Reports a bad name, and one that is taken, which it does not add again.
void add_node(const Text& name, NodeKind kind, Topology& topology, Diagnostics& diagnostics);

/// hosts, routers, bridges and [nodes.*]: all names that a scenario declares, in this order.
void load_node_names(TableReader& scenario, Topology& topology);

/// False when what would have declared nodes could not be read: a key misspelt, or a mistake in a list of
/// names.
bool nodes_are_whole(const TableReader& scenario);

/// A node's words that can only be read when every address is known.
struct NodeText {
    NodeIndex node = 0;
    Text text;
};

struct NodeTexts {
    std::vector<NodeText> routes, rules;
};

/// Reports a name that is no setting of a network namespace, with dots as sysctl(8) writes them.
void check_sysctl_name(const std::string& name, Span span, Diagnostics& diagnostics);

/// What [nodes.*] says of nodes and of interfaces that links and bridges have made; routes and rules are
/// handed back.
NodeTexts load_node_settings(TableReader& scenario, Topology& topology);

} // namespace netrig
