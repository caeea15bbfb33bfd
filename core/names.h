// Names of nodes and interfaces, and the patterns that stand for many: h[1-3,7], leaf[01-16].
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace netrig {

/// IFNAMSIZ less the closing zero byte (linux/if.h).
inline constexpr std::size_t longest_interface_name = 15;

/// HOST_NAME_MAX is 64; a node's name is its host name too.
inline constexpr std::size_t longest_node_name = 63;

/// Why the text can't be a node's name (letters, digits, '-', '_', '.', not first '-' or '.'), or nothing.
std::optional<std::string> node_name_problem(std::string_view name);

/// Why the text can't be an interface's name by dev_valid_name() of the kernel, or nothing.
std::optional<std::string> interface_name_problem(std::string_view name);

/// The names that a pattern stands for, in order; a plain name stands for itself. The unexpected is the
/// reason.
tl::expected<std::vector<std::string>, std::string> expand_names(std::string_view pattern);

/// The other way round: one pattern for names that differ in nothing but the number at their end, whatever
/// their order; "h[1-3,7]".
std::string name_pattern(const std::vector<std::string>& names);

/// "leaf" of "leaf07".
std::string_view without_number(std::string_view name);

} // namespace netrig
