// Writes reports so that a reader never sees half of one.
#pragma once

#include "core/result.h"

#include <string>
#include <string_view>

namespace netrig {

/// All of it, also where the descriptor takes it in parts. `doing` is for the Error.
Status write_all(int fd, std::string_view text, const std::string& doing);

/// By a temporary file beside it and rename(2); "-" is standard output. An existing file keeps its place
/// until the new one is whole. What is no regular file (a pipe, /dev/stdout) is written to directly.
Status write_report(const std::string& path, const std::string& text);

} // namespace netrig
