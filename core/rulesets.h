// `nftables` and `setup` of a node: a ruleset in the language of nft(8), and commands that are run once when
// the network stands.
#pragma once

#include "core/requirements.h"
#include "core/toml_reader.h"
#include "core/topology.h"

#include <vector>

namespace netrig {

/// Text, or { from } or { text }; nothing when there is none or a mistake was reported.
std::optional<NodeFile> load_ruleset(TableReader& node);

/// A string for `sh -c`, or an array of strings and of arrays of arguments.
std::vector<SetupCommand> load_setup(TableReader& node);

/// The features of the kernel that the words of a ruleset speak of.
std::vector<std::string_view> features_of_ruleset(std::string_view text);

/// Where line and column of a string's text stand in the file that it is written in: exact where the text is
/// written as it is read, that is, without escapes.
Position position_in_text(const SourceFile& source, const Span& value, std::uint32_t line,
                          std::uint32_t column);

} // namespace netrig
