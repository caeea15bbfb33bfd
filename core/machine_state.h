// What a run could change on the machine that it runs on, or leave there, as it was found at one moment: a
// value, to be compared with that of another moment. Who changed it is not known here (leaks.h).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace netrig {

/// Of the machine's own namespaces.
enum class MachinePart { link, address, route, rule, nftables, sysctl, mount, cgroup, ipc, file };

std::string_view word(MachinePart part);

struct MachineState {
    /// By what a person would call it: "veth0", "10.0.0.1/24 on veth0". The value is all that is compared
    /// besides: "index 5, veth, up".
    std::map<std::pair<MachinePart, std::string>, std::string> found;

    /// A second one of the same name becomes "name (2)".
    void add(MachinePart part, const std::string& name, std::string value);
    bool operator==(const MachineState&) const = default;
};

/// A line each: "link veth9 is new: index 7, veth, down", "... is gone", "... is changed: 0, now 1". Files
/// and IPC objects that are gone or changed are no difference, for programs use them; nor are sysctls that
/// come or go, as they do with links and modules of the kernel.
std::vector<std::string> differences(const MachineState& before, const MachineState& after);

/// A line each.
std::string show(const MachineState& state);

} // namespace netrig
