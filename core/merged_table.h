// Files that include one another as one table, by rules that are the same for everybody:
// - What makes a file a scenario of its own (name, description, tags, tests) is only the scenario's.
// - Tables are merged key by key, and lists at the top level are joined, the included ones first. What is
//   joined names things (hosts, routers, pool, requires), so that one of them said by two files is said once;
//   each of the links is one, though.
// - Of a single value at the top level, of a variable and of a list of the matrix that of the including file
//   holds.
// - All else has one value. Files that give it two are a mistake, as are two values of files neither of which
//   includes the other.
#pragma once

#include "core/included_files.h"

namespace netrig {

TomlTable merge_layers(std::vector<Layer> layers, Diagnostics& diagnostics);

} // namespace netrig
