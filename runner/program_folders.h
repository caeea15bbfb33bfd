// Where programs are looked for: in PATH, and then where system programs and FRR's daemons are, which an
// ordinary user's PATH leaves out. One rule for what a scenario requires and for what it runs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace netrig {

/// `path`: the value of PATH; empty pieces, which would mean the working directory, are left out.
std::vector<std::string> program_folders(std::string_view path);

} // namespace netrig
