// The processes of a lab. `start_lab` makes the reaper, PID 1 of namespaces of its own, with the engine as
// its child. When the engine ends, the reaper ends; when the reaper dies, or the runner does, for whatever
// reason, the kernel ends every process of the lab, and with their last descriptors the namespaces, links and
// mounts go.
#pragma once

#include "core/result.h"
#include "runner/fd.h"

#include <functional>
#include <sys/types.h>

namespace netrig {

struct LabProcess {
    pid_t pid = -1;
    Fd handle; ///< pidfd of the reaper; readable when the whole lab is gone
    Fd events; ///< read end of the pipe that the engine writes to
    Fd alive;  ///< closing it ends the lab; so does the death of the runner
};

/// Runs `engine(events)` in a new lab; what it returns is the engine's exit status. It never returns into the
/// caller's code: the lab's process ends by _exit. As root without a user namespace, else with one.
Result<LabProcess> start_lab(const std::function<int(Fd events)>& engine);

/// What a person can do where namespaces are refused; empty when nothing is known to stand in the way.
std::string namespace_remedy();

} // namespace netrig
