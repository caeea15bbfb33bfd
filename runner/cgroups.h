// Where control groups can be made on this machine: cgroups(7), both versions.
#pragma once

#include "core/result.h"

#include <set>
#include <string>
#include <string_view>

namespace netrig {

/// A group below which further ones with this controller can be made.
struct ControllerPlace {
    std::string folder;
    int version = 2;
};

/// A controller is in one hierarchy only: the second version's if that offers it, else the first's. In the
/// second, a group that has processes can't have groups with controllers below it (its "no internal
/// processes" rule), so it is the nearest one upwards that hands the controller on. An Error says why there
/// is none.
Result<ControllerPlace> find_controller(std::string_view controller);

/// The groups that the calling process is in, one of every hierarchy that is mounted.
std::set<std::string> own_cgroup_folders();

} // namespace netrig
