// A scenario file and the files that it includes, each read and parsed once however many include it. Pure:
// how a file is read is the caller's.
#pragma once

#include "core/result.h"
#include "core/toml_document.h"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace netrig {

/// A scenario file is written by hand; a larger one is refused before it is parsed.
inline constexpr std::size_t largest_file = 4U << 20; // bytes

/// The whole text of a file by its path, or why it can't be had.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// One file. Its spans say which (Span::file).
struct Layer {
    TomlTable table;
    std::set<std::size_t> below; ///< the places in the list of all that it includes, and that they do
};

/// Parses the scenario and all that it includes, and lists the included ones in `scenario`. A path in
/// `include` is relative to the file that it stands in. The scenario is the last layer, and each comes after
/// those that it includes. Nothing when a mistake was reported: a file that can't be read, TOML that is none,
/// files that include one another in a circle.
std::optional<std::vector<Layer>> read_layers(SourceFile& scenario, const ReadFile& read,
                                              Diagnostics& diagnostics);

} // namespace netrig
