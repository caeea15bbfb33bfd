// A run of netrig under a supervisor that sees its system calls of some kinds, knows in which of the run's
// processes each was made, and makes exactly one of them fail, of all in the run, or kills a process of the
// run at it. Everything else goes on as without it.
#pragma once

#include "tests/support/child.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace netrig {

/// Which of a run's processes.
enum class Part {
    dispatcher, ///< the process that was started
    reaper,     ///< a lab's first process
    engine,     ///< the process that does a lab's work
    launched    ///< a command's process, in which netrig's own code runs until the exec
};

/// One call of netrig's own code. Those of the programs it runs, of the dynamic loader and of a sanitizer
/// don't count.
struct SeenCall {
    int number = 0; ///< SYS_openat and the like
    Part part = Part::dispatcher;
    std::size_t lab = 0;    ///< in the order of their starts, from 1; 0 in the dispatcher
    std::size_t nth = 0;    ///< of this kind in this lab, or in the dispatcher, from 1
    bool in_a_node = false; ///< the lab was at its nodes by then, not at its own set-up
    std::string path{};     ///< what it is about, if that is a path
    unsigned request = 0;   ///< RTM_NEWLINK and the like, which is sent or whose answer is awaited
};

/// The `nth` call `number` of lab `lab`, or of the dispatcher, fails with `code`, or is held until SIGKILL
/// was sent to `victim`: the dispatcher, or that lab's reaper. A lab's calls come in the same order in each
/// run, whatever the other labs do meanwhile.
struct Fault {
    int number = 0;
    std::size_t lab = 0, nth = 1;
    int code = 0;
    std::optional<Part> victim{};
};

struct SupervisedRun {
    Ended ended;
    std::vector<SeenCall> seen;     ///< in their order over all processes
    std::optional<SeenCall> failed; ///< what the fault hit, if it came to that
    std::size_t labs = 0;           ///< started, or tried to
    bool all_ended = false;         ///< no process of the run is left, netrig's or a program's
};

/// Runs the built netrig with `arguments`, of which paths of scenarios are to be relative. Nothing where
/// calls can't be held. Throws when the run does not end.
std::optional<SupervisedRun> run_supervised(const std::vector<std::string>& arguments,
                                            const ChildOptions& options, const std::vector<int>& numbers,
                                            std::optional<Fault> fault = {});

} // namespace netrig
