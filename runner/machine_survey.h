// Looks at the machine: all that a run could change on it, or leave there, as the calling process sees it.
// Asks the kernel and reads files; starts nothing, changes nothing. What this user may not see is left out:
// it could not have changed it either.
#pragma once

#include "core/machine_state.h"
#include "core/result.h"

namespace netrig {

/// Takes a few milliseconds, most of them for sysctls; no more for a machine with many interfaces.
Result<MachineState> survey_machine();

// Its parts.

/// Links, addresses, routes, rules, and the settings that each link has of its own (net.ipv4.conf.eth0.*),
/// which the kernel tells with the links much faster than by its files.
Status survey_network(MachineState& state);
/// Tables, and the number of the last change to any of them.
Status survey_nftables(MachineState& state);
/// What can be set below /proc/sys/net, but for settings of single links.
Status survey_sysctls(MachineState& state);
Status survey_mounts(MachineState& state);
/// Those below the caller's own, and right in the groups where those for limits are made (cgroups.h).
Status survey_cgroups(MachineState& state);
/// System V's; POSIX's are files.
Status survey_ipc(MachineState& state);
/// What is right in the folders for temporary files, of root whosesoever, else of the user's own.
Status survey_files(MachineState& state);

} // namespace netrig
