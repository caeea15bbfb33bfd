// Writes reports so that a reader never sees half of one.
#pragma once

#include "core/result.h"

#include <string>

namespace netrig {

/// By a temporary file beside it and rename(2); "-" is standard output. An existing file keeps its place
/// until the new one is whole. What is no regular file (a pipe, /dev/stdout) is written to directly.
Status write_report(const std::string& path, const std::string& text);

} // namespace netrig
