#include "runner/machine_survey.h"

#include "runner/cgroups.h"
#include "runner/folder.h"
#include "runner/ids.h"
#include "runner/mounts.h"
#include "runner/system_error.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace netrig {

namespace {

/// Settings of links are told by survey_network; those that new links get are here.
bool is_of_one_link(const std::string& folder, std::string_view name) {
    bool has_links = folder.ends_with(".conf.") || folder.ends_with(".neigh.");
    return has_links && name != "all" && name != "default";
}

/// What only tells something, such as a counter, can't be written by anybody.
bool is_setting(const Entry& entry) {
    struct stat status {};
    return fstatat(entry.folder, entry.name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           (status.st_mode & 0222) != 0;
}

Status survey_sysctls_in(int folder, const std::string& name, const std::string& prefix,
                         MachineState& state) {
    Status problem;
    Status listed = for_each_entry(folder, name, [&](const Entry& entry) {
        if (!problem)
            return;
        if (entry.type == DT_DIR) {
            if (!is_of_one_link(prefix, entry.name))
                problem = survey_sysctls_in(entry.folder, entry.name, prefix + entry.name + ".", state);
        } else if (is_setting(entry)) {
            auto value = read_file_at(entry.folder, entry.name);
            if (!value)
                problem = failure(value.error());
            else if (*value)
                state.add(MachinePart::sysctl, prefix + entry.name, std::move(**value));
        }
    });
    return listed ? problem : listed;
}

/// By the number of links a folder of a cgroup file system has (2, and one more a folder in it), most need
/// not be read.
Status survey_cgroups_in(int folder, const std::string& name, const std::string& path, MachineState& state) {
    struct stat status {};
    if (fstatat(folder, name.c_str(), &status, 0) != 0 || status.st_nlink == 2)
        return {};
    Status problem;
    Status listed = for_each_entry(folder, name, [&](const Entry& entry) {
        if (entry.type != DT_DIR || !problem)
            return;
        std::string below = path + "/" + entry.name;
        state.add(MachinePart::cgroup, below, {});
        problem = survey_cgroups_in(entry.folder, entry.name, below, state);
    });
    return listed ? problem : listed;
}

struct IpcTable {
    const char *file, *what, *number, *creator;
};

/// sysvipc(7): the first line names the columns.
void survey_ipc_table(const IpcTable& table, MachineState& state) {
    std::ifstream file(std::string("/proc/sysvipc/") + table.file);
    std::string line;
    std::getline(file, line);
    std::istringstream header(line);
    std::vector<std::string> columns;
    for (std::string word; header >> word;)
        columns.push_back(word);
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::map<std::string, std::string> values;
        for (const std::string& column : columns)
            words >> values[column];
        std::string value = fmt::format("key {}, of user {}", values["key"], values["uid"]);
        if (values.contains(table.creator))
            value += fmt::format(", by process {}", values[table.creator]);
        state.add(MachinePart::ipc, fmt::format("{} {}", table.what, values[table.number]), std::move(value));
    }
}

/// For temporary files (hier(7)), and POSIX's shared memory, semaphores and message queues.
std::set<std::string> temporary_folders() {
    std::set<std::string> folders{"/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue"};
    for (const char* variable : {"TMPDIR", "XDG_RUNTIME_DIR"})
        if (const char* folder = std::getenv(variable); folder != nullptr && *folder == '/')
            folders.insert(folder);
    return folders;
}

/// Whether a file's owner may be one of the users that there are in our labs.
class Owners {
public:
    [[nodiscard]] bool has(uid_t user) const {
        auto in = [user](const IdRange& range) {
            return user >= range.outside && user - range.outside < range.count;
        };
        return own_ == 0 || user == own_ ||
               (several_ && std::any_of(several_->users.begin(), several_->users.end(), in));
    }

private:
    uid_t own_ = geteuid();
    std::optional<IdMap> several_ = own_ == 0 ? std::nullopt : plan_several_ids();
};

} // namespace

Status survey_sysctls(MachineState& state) {
    return survey_sysctls_in(AT_FDCWD, "/proc/sys/net", "net.", state);
}

Status survey_mounts(MachineState& state) {
    auto mounts = own_mounts();
    if (!mounts)
        return failure(mounts.error());
    for (const Mount& mount : *mounts) {
        std::string value =
            fmt::format("{} {}, device {}, {}", mount.kind, mount.source, mount.device, mount.options);
        if (mount.root != "/")
            value += ", of " + mount.root;
        if (!mount.propagation.empty())
            value += ", " + mount.propagation;
        state.add(MachinePart::mount, mount.mounted_at, std::move(value));
    }
    return {};
}

Status survey_cgroups(MachineState& state) {
    std::set<std::string> own = own_cgroup_folders();
    for (const std::string& folder : own)
        if (Status listed = survey_cgroups_in(AT_FDCWD, folder, folder, state); !listed)
            return listed;
    std::set<std::string> places;
    for (const char* controller : {"cpu", "memory", "pids"})
        if (auto place = find_controller(controller); place && !own.contains(place->folder))
            places.insert(place->folder);
    for (const std::string& folder :
         places) { // above our own, where others have theirs: only what is right there
        Status listed = for_each_entry(AT_FDCWD, folder, [&](const Entry& entry) {
            if (entry.type == DT_DIR)
                state.add(MachinePart::cgroup, folder + "/" + entry.name, {});
        });
        if (!listed)
            return listed;
    }
    return {};
}

Status survey_ipc(MachineState& state) {
    for (const IpcTable& table : {IpcTable{"shm", "shared memory", "shmid", "cpid"},
                                  {"sem", "semaphores", "semid", ""},
                                  {"msg", "message queue", "msqid", ""}})
        survey_ipc_table(table, state);
    return {};
}

Status survey_files(MachineState& state) {
    Owners owners;
    for (const std::string& folder : temporary_folders()) {
        Status listed = for_each_entry(AT_FDCWD, folder, [&](const Entry& entry) {
            struct stat status {};
            if (fstatat(entry.folder, entry.name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                owners.has(status.st_uid))
                state.add(MachinePart::file, folder + "/" + entry.name,
                          fmt::format("of user {}", status.st_uid));
        });
        if (!listed)
            return listed;
    }
    return {};
}

Result<MachineState> survey_machine() {
    MachineState state;
    for (auto* part : {survey_network, survey_nftables, survey_sysctls, survey_mounts, survey_cgroups,
                       survey_ipc, survey_files})
        if (Status surveyed = part(state); !surveyed)
            return failure(surveyed.error());
    return state;
}

} // namespace netrig
