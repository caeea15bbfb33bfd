// One question to the kernel or the machine behind a feature's name, and its answer. The members of the table
// that runner/features puts together; each family of them is a unit probe_*.
#pragma once

#include "core/result.h"
#include "core/verdict.h"

#include <span>
#include <string>
#include <string_view>

namespace netrig {

struct Probed {
    Answer answer = Answer::yes;
    std::string words{};  ///< the kernel's; of a yes, what there is to say about it
    std::string remedy{}; ///< where the table's is not the right one
    bool operator==(const Probed&) const = default;
};

struct Probe {
    std::string_view feature;
    Probed (*ask)();
};

/// "Operation not supported (EOPNOTSUPP): Unknown device type": an Error less what was being done.
std::string kernel_words(const Error& error);

/// A refusal is a no, unless it was for want of memory, descriptors or the right to ask at all.
Probed probed(const Status& status);

/// `doing` could not be done, which the question needed.
Probed could_not_ask(const Error& error);

// Asked in a throw-away lab, each in a network namespace of its own.
std::span<const Probe> link_probes();
std::span<const Probe> qdisc_probes();
std::span<const Probe> nftables_probes();
std::span<const Probe> protocol_probes();
std::span<const Probe> sandbox_probes();
std::span<const Probe> namespace_probes();

// Asked where netrig runs, for a lab would not show it. None of them changes anything.
std::span<const Probe> right_probes();
std::span<const Probe> cgroup_probes();
Probed ask_command(const std::string& name);

/// The place of a program: in PATH, or where Debian keeps those that are not for everybody.
std::string find_program(const std::string& name);

} // namespace netrig
