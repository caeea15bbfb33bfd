// Loads [nodes.NAME.interfaces.NAME]: what there is to say of links' ends, and interfaces that are no end of
// a link, each of a kind.
#pragma once

#include "core/toml_reader.h"
#include "core/topology.h"

#include <vector>

namespace netrig {

/// Interfaces of a node as its table writes them.
struct InterfaceTable {
    NodeIndex node = 0;
    const TomlTable* table = nullptr; ///< of the document, which must outlive this
};

/// `addresses`, `mac` and `mtu`, which every interface may have.
void load_interface_settings(TableReader& reader, Interface& interface);

/// Adds what the tables declare by a kind and then reads them all: a kind may name any interface of any node.
void load_interfaces(const std::vector<InterfaceTable>& tables, Topology& topology, Diagnostics& diagnostics);

} // namespace netrig
