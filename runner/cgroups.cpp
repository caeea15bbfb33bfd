#include "runner/cgroups.h"

#include "runner/mounts.h"
#include "runner/system_error.h"

#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <unistd.h>
#include <vector>

namespace netrig {

namespace {

/// A line of /proc/self/cgroup (cgroups(7)): controllers is empty for version 2.
struct OwnGroup {
    std::string controllers, path;
};

/// One that is mounted here.
struct Hierarchy {
    std::string root, mounted_at, options;
    bool version_2 = false;
};

bool has_word(const std::string& list, char separator, std::string_view word) {
    std::istringstream words(list);
    for (std::string each; std::getline(words, each, separator);)
        if (each == word)
            return true;
    return false;
}

std::vector<OwnGroup> own_groups() {
    std::vector<OwnGroup> groups;
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);) {
        std::size_t first = line.find(':'), second = line.find(':', first + 1);
        if (second != std::string::npos)
            groups.push_back({line.substr(first + 1, second - first - 1), line.substr(second + 1)});
    }
    return groups;
}

std::vector<Hierarchy> hierarchies() {
    std::vector<Hierarchy> found;
    auto mounts = own_mounts();
    if (!mounts)
        return found;
    for (const Mount& each : *mounts)
        if (each.kind == "cgroup" || each.kind == "cgroup2")
            found.push_back({each.root, each.mounted_at, each.system_options, each.kind == "cgroup2"});
    return found;
}

/// The own group's folder in a hierarchy, as far as it is to be seen there.
std::string own_folder(const Hierarchy& hierarchy, const std::string& path) {
    std::string below = path;
    if (hierarchy.root != "/" && below.starts_with(hierarchy.root))
        below = below.substr(hierarchy.root.size());
    std::string folder = hierarchy.mounted_at + (below == "/" ? "" : below);
    return access(folder.c_str(), F_OK) == 0 ? folder : hierarchy.mounted_at;
}

std::string path_of(std::string_view controller) {
    for (const OwnGroup& group : own_groups())
        if (controller.empty() ? group.controllers.empty() : has_word(group.controllers, ',', controller))
            return group.path;
    return "/";
}

bool lists(const std::string& file, std::string_view controller) {
    std::ifstream opened(file);
    std::string line;
    return std::getline(opened, line) && has_word(line, ' ', controller);
}

/// The nearest group upwards that hands the controller on to its children; nothing when none does.
std::string handing_on(const Hierarchy& hierarchy, std::string folder, std::string_view controller) {
    while (folder.size() >= hierarchy.mounted_at.size()) {
        if (lists(folder + "/cgroup.subtree_control", controller))
            return folder;
        folder = std::filesystem::path(folder).parent_path().string();
    }
    return {};
}

Result<ControllerPlace> usable(ControllerPlace place) {
    if (faccessat(AT_FDCWD, place.folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
        return system_failure("make a group in " + place.folder);
    return place;
}

} // namespace

Result<ControllerPlace> find_controller(std::string_view controller) {
    bool offered = false;
    for (const Hierarchy& each : hierarchies()) {
        std::string folder = own_folder(each, path_of(each.version_2 ? "" : controller));
        if (!each.version_2 && has_word(each.options, ',', controller))
            return usable({folder, 1});
        if (!each.version_2 || !lists(folder + "/cgroup.controllers", controller))
            continue;
        offered = true;
        if (std::string place = handing_on(each, folder, controller); !place.empty())
            return usable({place, 2});
    }
    if (offered)
        return failure({fmt::format("use the controller {}", controller),
                        0,
                        "no group hands it on to groups below (cgroup.subtree_control)",
                        {}});
    return failure({fmt::format("use the controller {}", controller),
                    0,
                    "no cgroup hierarchy that is mounted here has it",
                    {}});
}

std::set<std::string> own_cgroup_folders() {
    std::set<std::string> folders;
    std::vector<OwnGroup> own = own_groups();
    for (const Hierarchy& each : hierarchies())
        for (const OwnGroup& group : own) { // of version 1 by its first controller, or its name
            std::string first = group.controllers.substr(0, group.controllers.find(','));
            if (each.version_2 ? first.empty() : !first.empty() && has_word(each.options, ',', first))
                folders.insert(own_folder(each, group.path));
        }
    return folders;
}

} // namespace netrig
