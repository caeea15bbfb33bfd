// `files` of a node: what only this node sees, and at which path. Loads them and says all that the text alone
// shows to be wrong; whether a file that is taken `from` elsewhere is there, only the run can tell.
#pragma once

#include "core/toml_reader.h"
#include "core/topology.h"

#include <vector>

namespace netrig {

/// A table of paths, each with its text or with { from, text, mode }.
std::vector<NodeFile> load_files(const TomlTable& table, Diagnostics& diagnostics);

/// Reads `from` or `text` of a table that stands for a text, as files and rulesets do; `what` it is goes into
/// messages. False when a mistake was reported.
bool load_file_content(const TomlTable& table, const std::string& what, NodeFile& file,
                       Diagnostics& diagnostics);

/// Gives a node files beside those that it has; reports a path that is taken, or a folder of another's.
void add_files(const std::vector<NodeFile>& files, Node& node, Diagnostics& diagnostics);

/// /etc/hosts of all nodes: every node's name with each of its addresses.
std::string hosts_text(const Topology& topology);

} // namespace netrig
