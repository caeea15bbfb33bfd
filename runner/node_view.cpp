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

namespace fs = std::filesystem;

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

bool is_nothing_there(const std::error_code& error) {
    // What lies behind a locked folder is as good as missing.
    return error.value() == ENOENT || error.value() == ENOTDIR || error.value() == EACCES;
}

/// What is at a path; a symbolic link is not followed.
Result<fs::file_type> look_at(const std::string& path) {
    std::error_code error;
    fs::file_type type = fs::symlink_status(path, error).type();
    if (error && !is_nothing_there(error))
        return failure({"look at " + path, error.value(), {}, {}});
    return error ? fs::file_type::not_found : type;
}

/// Where a path that may be a symbolic link leads, whether something is there or not, as a normal path.
Result<std::string> follow_once(const std::string& path) {
    auto type = look_at(path);
    if (!type)
        return failure(type.error());
    if (*type != fs::file_type::symlink)
        return path;
    std::error_code error;
    fs::path target = fs::read_symlink(path, error);
    if (error)
        return failure({"follow " + path, error.value(), {}, {}});
    return (fs::path(path).parent_path() / target).lexically_normal().string();
}

/// Where a folder really is, as /var/run may be /run; empty where there is none.
Result<std::string> real_folder(const std::string& path) {
    std::error_code error;
    fs::path place = fs::canonical(path, error);
    if (error && !is_nothing_there(error) && error.value() != ELOOP)
        return failure({"look at " + path, error.value(), {}, {}});
    if (error)
        return std::string();
    auto type = look_at(place.string());
    if (!type)
        return failure(type.error());
    return *type == fs::file_type::directory ? place.string() : std::string();
}

/// Shows `source` at `file.path`, without a write to the machine's file system.
Status show_file(const Fd& source, const FileInNode& file, OwnFolders& own) {
    if (access(file.path.c_str(), F_OK) == 0)
        return mount_at(fmt::format("/proc/self/fd/{}", source.get()), file.path, nullptr, MS_BIND, nullptr);
    if (errno != ENOENT)
        return system_failure("look at " + file.path);
    // systemd has /etc/resolv.conf as a link into /run, which is empty now.
    auto place = follow_once(file.path);
    if (!place)
        return failure(place.error());
    FilesInNode wanted{{*place, file.text, file.mode}}, none;
    return put_files({.wanted = wanted, .kept = none}, own);
}

Result<Fd> open_path(const std::string& path) {
    Fd fd(open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!fd.valid())
        return system_failure("open " + path);
    return fd;
}

/// Some are links to others of them.
Status cover_private_folders(const std::string& scenario_folder, OwnFolders& own) {
    std::set<std::string> covered;
    for (const char* folder : private_folders) {
        auto place = real_folder(folder);
        if (!place)
            return failure(place.error());
        if (place->empty() || !covered.insert(*place).second)
            continue;
        if (Status done = cover_folder(*place, scenario_folder); !done)
            return done;
        if (Status added = own.add(*place); !added)
            return added;
    }
    return {};
}

/// Each in turn, by itself: the library's create_directories() tells the want of memory as the want of a
/// folder.
Status make_folders(const std::string& path) {
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        if (mkdir(path.substr(0, end).c_str(), 0755) != 0 && errno != EEXIST)
            return system_failure("show " + path + " in the node");
        if (end == std::string::npos)
            return {};
    }
}

/// A container with parts of /sys masked may not mount it anew. Better no interfaces to see than another's.
Status own_sys() {
    Status mounted = mount_at("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
    if (mounted || mounted.error().code != EPERM)
        return mounted;
    auto interfaces = look_at("/sys/class/net");
    if (!interfaces || *interfaces != fs::file_type::directory)
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
    if (Status made = make_folders(scenario_folder); !made)
        return made;
    if (syscall(SYS_move_mount, kept.get(), "", AT_FDCWD, scenario_folder.c_str(), MOVE_MOUNT_F_EMPTY_PATH) !=
        0)
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
    auto resolver_there = look_at(view.shared[1].path);
    if (!resolver_there)
        return failure(resolver_there.error());
    if (*resolver_there != fs::file_type::not_found) // without one, programs ask nobody but the node itself
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
