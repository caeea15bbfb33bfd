// Settings below /proc/sys, whose part of the network is that of the calling thread's namespace.
#pragma once

#include "core/result.h"

#include <optional>
#include <string>

namespace netrig {

/// Dots separate, as sysctl(8) takes them.
std::string sysctl_path(const std::string& name);

/// On one line, blanks between several values. Nothing where there is none of that name.
Result<std::optional<std::string>> read_sysctl(const std::string& name);

} // namespace netrig
