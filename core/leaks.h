// What a run left behind, told apart from what changed on the machine meanwhile by others: a machine is busy,
// and a run must not be blamed for its neighbours. Pure; the runner looks.
#pragma once

#include "core/event.h"
#include "core/machine_state.h"

#include <string>
#include <vector>

namespace netrig {

enum class CheckLeaks {
    no,
    own, ///< what is the run's beyond doubt fails it; what else changed is told
    all, ///< any change fails it, for machines on which nothing else is at work
};

enum class Holding { is_in, has_open, is_mounted };

/// A lab's namespace that still lives, because of somebody outside the lab.
struct HeldNamespace {
    LabNamespace what;
    std::string file; ///< of its scenario
    Holding holding = Holding::is_in;
    std::string holder; ///< "process 77 (bash)", or the place of the mount
    bool sure = true;   ///< false where the kernel can't say whether it is not another one of the same number
    bool operator==(const HeldNamespace&) const = default;
};

struct Leaks {
    std::vector<std::string> left;    ///< by the run, a line each
    std::vector<std::string> changed; ///< meanwhile, not by the run as far as can be told
    bool operator==(const Leaks&) const = default;
};

/// What is the run's by its own account: a process that it started, a control group that it made.
struct OwnThings {
    std::vector<std::string> processes; ///< that are still there: "process 77 (sleep)"
    std::string group_prefix;           ///< with which the names of its groups begin
    bool operator==(const OwnThings&) const = default;
};

/// Everything else is in a namespace of a lab's own, or can't be told from what others do.
Leaks find_leaks(const MachineState& before, MachineState after, const std::vector<HeldNamespace>& held,
                 const OwnThings& own, CheckLeaks wanted);

} // namespace netrig
