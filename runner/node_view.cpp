#include "runner/node_view.h"

#include "runner/fd.h"
#include "runner/system_error.h"

#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace netrig {

namespace {

constexpr const char *lab_hosts = "/run/hosts", *lab_resolver = "/run/resolv.conf";

Status mount_at(const std::string& what, const std::string& where, const char* type, unsigned long flags,
                const char* options) {
    if (mount(what.c_str(), where.c_str(), type, flags, options) != 0)
        return system_failure(fmt::format("mount {} at {}", what, where));
    return {};
}

bool lies_under(const std::string& path, const std::string& folder) {
    return path == folder || path.starts_with(folder + "/");
}

/// Where a symbolic link leads, as a normal path; nothing for anything else.
std::optional<std::string> link_target(const std::string& path) {
    std::error_code error;
    std::filesystem::path target = std::filesystem::read_symlink(path, error);
    if (error)
        return std::nullopt;
    return (std::filesystem::path(path).parent_path() / target).lexically_normal().string();
}

bool is_folder(const char* path) {
    struct stat found {};
    return lstat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/// Shows `source` at `file.path`, without a write to the machine's file system.
Status show_file(const Fd& source, const FileInNode& file, OwnFolders& own) {
    if (access(file.path.c_str(), F_OK) == 0)
        return mount_at(fmt::format("/proc/self/fd/{}", source.get()), file.path, nullptr, MS_BIND, nullptr);
    // systemd has /etc/resolv.conf as a link into /run, which is empty now.
    FileInNode placed = file;
    if (auto target = link_target(file.path))
        placed.path = *target;
    FilesInNode wanted{std::move(placed)}, none;
    return put_files({.wanted = wanted, .kept = none}, own);
}

Result<Fd> open_path(const std::string& path) {
    Fd fd(open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!fd.valid())
        return system_failure("open " + path);
    return fd;
}

/// Some are links to others of them, as /var/run to /run.
Status cover_private_folders(const std::string& scenario_folder, OwnFolders& own) {
    std::set<std::string> covered;
    for (const char* folder : private_folders) {
        struct stat found {};
        if (lstat(folder, &found) != 0)
            continue;
        std::error_code error;
        std::string place =
            S_ISLNK(found.st_mode) ? std::filesystem::canonical(folder, error).string() : folder;
        if (error || !is_folder(place.c_str()) || !covered.insert(place).second)
            continue;
        if (Status done = cover_folder(place, scenario_folder); !done)
            return done;
        if (Status added = own.add(place); !added)
            return added;
    }
    return {};
}

/// A container with parts of /sys masked may not mount it anew. Better no interfaces to see than another's.
Status own_sys() {
    Status mounted = mount_at("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
    if (mounted || mounted.error().code != EPERM || !is_folder("/sys/class/net"))
        return mounted;
    return mount_at("tmpfs", "/sys/class/net", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
}

Status write_text(const std::string& path, const std::string& text) {
    Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (!file.valid() || write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        fchmod(file.get(), 0644) != 0) // whatever the umask
        return system_failure("write the nodes' " + path);
    return {};
}

} // namespace

Status cover_folder(const std::string& where, const std::string& scenario_folder) {
    Fd kept;
    if (lies_under(scenario_folder, where)) {
        kept = Fd(static_cast<int>(syscall(SYS_open_tree, AT_FDCWD, scenario_folder.c_str(),
                                           OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE)));
        if (!kept.valid())
            return system_failure("keep " + scenario_folder + " visible");
    }
    if (Status mounted = mount_at("tmpfs", where, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777"); !mounted)
        return mounted;
    if (!kept.valid())
        return {};
    std::error_code error;
    std::filesystem::create_directories(scenario_folder, error);
    if (error || syscall(SYS_move_mount, kept.get(), "", AT_FDCWD, scenario_folder.c_str(),
                         MOVE_MOUNT_F_EMPTY_PATH) != 0)
        return system_failure("show " + scenario_folder + " in the node");
    return {};
}

Result<OwnFolders> set_up_view(const NodeView& view) {
    // Opened while the lab's /run can be seen.
    auto hosts = open_path(view.hosts_file), resolver = open_path(view.resolver_file);
    for (const auto* opened : {&hosts, &resolver})
        if (!*opened)
            return failure(opened->error());
    OwnFolders own;
    if (Status covered = cover_private_folders(view.scenario_folder, own); !covered)
        return failure(covered.error());
    if (Status shown = show_file(*hosts, view.shared[0], own); !shown)
        return failure(shown.error());
    struct stat resolver_there {}; // without one, programs ask nobody but the node itself
    if (lstat(view.shared[1].path.c_str(), &resolver_there) == 0)
        if (Status shown = show_file(*resolver, view.shared[1], own); !shown)
            return failure(shown.error());
    if (Status shown = own_sys(); !shown)
        return failure(shown.error());
    return own;
}

Result<NodeView> make_view(std::string hosts, const std::string& scenario_folder) {
    if (Status covered = cover_folder("/run", scenario_folder); !covered)
        return failure(covered.error());
    std::string resolver =
        "# This node has no name server. A file '/etc/resolv.conf' of the node can name one.\n";
    for (const auto& [path, text] : {std::pair(lab_hosts, &hosts), std::pair(lab_resolver, &resolver)})
        if (Status written = write_text(path, *text); !written)
            return failure(written.error());
    return NodeView{lab_hosts,
                    lab_resolver,
                    scenario_folder,
                    {{"/etc/hosts", std::move(hosts)}, {"/etc/resolv.conf", std::move(resolver)}}};
}

} // namespace netrig
