// Processes as /proc shows them (proc(5)).
#pragma once

#include "core/result.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace netrig {

Result<std::vector<pid_t>> all_processes();

/// "process 77 (sleep)"
std::string show_process(pid_t pid);

/// Of the calling process, those that ended too as long as nobody waited for them. Costs one call when there
/// are none.
Result<std::vector<pid_t>> own_children();

} // namespace netrig
