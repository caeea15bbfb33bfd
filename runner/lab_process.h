// The processes of a lab. `start_lab` makes the reaper, PID 1 of namespaces of its own, with the engine as
// its child. When the engine ends, the reaper ends; when the reaper dies, or the runner does, for whatever
// reason, the kernel ends every process of the lab, and with their last descriptors the namespaces, links and
// mounts go.
#pragma once

#include "core/result.h"
#include "runner/fd.h"

#include <cerrno>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>

namespace netrig {

struct LabProcess {
    pid_t pid = -1;
    Fd handle; ///< pidfd of the reaper; readable when the whole lab is gone
    Fd events; ///< read end of the pipe that the engine writes to
    Fd alive;  ///< closing it ends the lab at once; so does the death of the runner
};

struct LabOptions {
    bool several_ids = false; ///< if possible (ids.h); costs two small programs for an ordinary user
};

/// Runs `engine(events)` in a new lab, with SIGTERM blocked; what it returns is the engine's exit status. It
/// never returns into the caller's code: the lab's process ends by _exit. As root without a user namespace,
/// else with one.
Result<LabProcess> start_lab(const std::function<int(Fd events)>& engine, LabOptions options = {});

/// Tells a lab to end in order, by SIGTERM to its engine (stop_request.h); whether and when it does is the
/// engine's affair. Call with SIGPIPE ignored.
void ask_to_end(const Fd& alive);

/// Why the lab's first process could not make it ready, told by the pipe in place of events.
struct Refusal {
    std::string words, help;
};

/// Of a line without its new line; nothing when it is anything else.
std::optional<Refusal> read_refusal(const std::string& line);

/// What a person can do where namespaces, or mounts in them, are refused with `code`, an errno value.
std::string namespace_remedy(int code = EPERM);

} // namespace netrig
