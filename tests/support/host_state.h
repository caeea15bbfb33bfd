// What netrig could change on the machine it runs on, and what it could leave there, as text to compare.
#pragma once

#include "tests/support/machine.h"

#include <string>

namespace netrig {

/// Gives the machine a network of its own: links that are up, with addresses that scenarios use too, routes,
/// and a firewall rule where nft is.
void furnish(const Machine& machine);

/// Links, addresses, routes, rules, firewall, mounts, host name and all sysctls under net, as the system's
/// own programs show them, and all that netrig itself compares (runner/machine_survey.h): cgroups, temporary
/// files and IPC too.
std::string host_state(const Machine& machine);

/// Processes other than the machine's first, and namespaces other than its own that a process is in or holds
/// a descriptor of, a line each; empty when there are none.
std::string left_behind(const Machine& machine);

} // namespace netrig
