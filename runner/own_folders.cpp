#include "runner/own_folders.h"

#include "runner/system_error.h"

#include <algorithm>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace netrig {

namespace {

struct stat status_of(const Fd& file) {
    struct stat status {};
    fstat(file.get(), &status); // of a descriptor that is open it does not fail
    return status;
}

std::string by_descriptor(const Fd& file) {
    return fmt::format("/proc/self/fd/{}", file.get());
}

using Options = std::vector<std::pair<std::string, std::string>>;

/// A file system that is mounted nowhere yet (fsopen(2)).
Result<Fd> make_file_system(const char* type, const Options& options) {
    std::string doing = fmt::format("make a file system ({})", type);
    Fd context(static_cast<int>(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC)));
    if (!context.valid())
        return system_failure(doing);
    for (const auto& [key, value] : options) {
        auto kind = value.empty() ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
        if (syscall(SYS_fsconfig, context.get(), kind, key.c_str(), value.empty() ? nullptr : value.c_str(),
                    0))
            return system_failure(doing);
    }
    if (syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
        return system_failure(doing);
    Fd made(static_cast<int>(syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, 0)));
    if (!made.valid())
        return system_failure(doing);
    return made;
}

Status attach(const Fd& tree, const Fd& where, const std::string& name) {
    unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | (name.empty() ? MOVE_MOUNT_T_EMPTY_PATH : 0U);
    if (syscall(SYS_move_mount, tree.get(), "", where.get(), name.c_str(), flags) != 0)
        return system_failure("mount it at " + (name.empty() ? "the folder" : name));
    return {};
}

/// Whether the caller may see what is in it; of an ordinary user's lab the machine's root is nobody.
Result<bool> can_be_listed(const Fd& folder) {
    Fd list(openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (list.valid() && syscall(SYS_faccessat2, folder.get(), ".", X_OK, AT_EACCESS) == 0)
        return true;
    if (errno == EACCES)
        return false;
    return system_failure("list it");
}

/// Owner and mode as the folder had them; where an owner has no number in this lab it stays ours.
void make_alike(const Fd& in, const char* name, const struct stat& model) {
    [[maybe_unused]] int owned = fchownat(in.get(), name, model.st_uid, model.st_gid, 0);
    fchmodat(in.get(), name, (model.st_mode & 07777) | S_IRWXU, 0);
}

/// A link (symbolic, or by a mount) in `space` to what is called so in `folder`.
Status link_entry(const Fd& folder, const Fd& space, const std::string& name) {
    struct stat found {};
    if (fstatat(folder.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
        return system_failure("look at " + name);
    if (S_ISLNK(found.st_mode)) {
        std::string target(static_cast<std::size_t>(found.st_size), '\0');
        ssize_t size = readlinkat(folder.get(), name.c_str(), target.data(), target.size());
        target.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        if (size < 0 || symlinkat(target.c_str(), space.get(), name.c_str()) != 0)
            return system_failure("make the link " + name);
        return {};
    }
    int made = S_ISDIR(found.st_mode) ? mkdirat(space.get(), name.c_str(), 0755)
                                      : mknodat(space.get(), name.c_str(), S_IFREG | 0644, 0);
    if (made != 0)
        return system_failure("make a place for " + name);
    Fd tree(
        static_cast<int>(syscall(SYS_open_tree, folder.get(), name.c_str(),
                                 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_SYMLINK_NOFOLLOW)));
    if (!tree.valid())
        return system_failure("copy the mount of " + name);
    return attach(tree, space, name);
}

Status link_entries(const Fd& folder, const Fd& space, const std::vector<std::string>& left_out) {
    int list = openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    std::unique_ptr<DIR, int (*)(DIR*)> entries(list < 0 ? nullptr : fdopendir(list), closedir);
    if (!entries)
        return system_failure("list it");
    for (;;) {
        errno = 0;
        const dirent* entry = readdir(entries.get());
        if (entry == nullptr)
            return errno == 0 ? Status{} : system_failure("list it");
        std::string name = entry->d_name;
        if (name == "." || name == ".." ||
            std::find(left_out.begin(), left_out.end(), name) != left_out.end())
            continue;
        if (Status linked = link_entry(folder, space, name); !linked)
            return linked;
    }
}

/// What was mounted over / is seen by those who enter anew.
Status enter_again() {
    Fd mounts(open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC));
    if (!mounts.valid() || setns(mounts.get(), CLONE_NEWNS) != 0)
        return system_failure("enter the node's new root");
    return {};
}

} // namespace

Status OwnFolders::add(const std::string& folder) {
    struct stat status {};
    if (stat(folder.c_str(), &status) != 0)
        return system_failure("look at " + folder);
    added_.push_back(status.st_dev);
    return {};
}

bool OwnFolders::was_made(const Fd& folder) const {
    return std::find(made_.begin(), made_.end(), status_of(folder).st_dev) != made_.end();
}

bool OwnFolders::has(const Fd& folder) const {
    return was_made(folder) ||
           std::find(added_.begin(), added_.end(), status_of(folder).st_dev) != added_.end();
}

Status OwnFolders::make(const Fd& folder, const std::vector<std::string>& left_out, OwnFolder how) {
    auto place = place_of(folder);
    if (!place)
        return failure(place.error());
    bool is_root = *place == "/";
    auto listed = can_be_listed(folder);
    if (!listed)
        return failure(listed.error());
    if (!*listed) { // nothing of it could be seen before
        auto space = make_space(folder);
        return space ? Status{} : failure(space.error());
    }
    // Over / it would hide /proc and all else that is mounted.
    if (how == OwnFolder::overlay && !is_root && lay_over(folder))
        return {};
    auto space = make_space(folder);
    if (!space)
        return failure(space.error());
    make_alike(*space, ".", status_of(folder));
    if (Status linked = link_entries(folder, *space, left_out); !linked)
        return linked;
    return is_root ? enter_again() : Status{};
}

Result<Fd> OwnFolders::make_space(const Fd& folder) {
    auto space = make_file_system("tmpfs", {{"mode", "0755"}});
    if (!space)
        return space;
    if (Status attached = attach(*space, folder, ""); !attached)
        return failure(attached.error());
    made_.push_back(status_of(*space).st_dev);
    return space;
}

Status OwnFolders::lay_over(const Fd& folder) {
    auto space = make_space(folder); // an overlay's own folders must be mounted here, so they are, below it
    if (!space)
        return failure(space.error());
    for (const char* name : {"upper", "work"})
        if (mkdirat(space->get(), name, 0755) != 0)
            return system_failure("make a folder for what is written");
    make_alike(*space, "upper", status_of(folder));
    auto overlay = make_file_system("overlay", {{"lowerdir", by_descriptor(folder)},
                                                {"upperdir", by_descriptor(*space) + "/upper"},
                                                {"workdir", by_descriptor(*space) + "/work"},
                                                {"userxattr", ""}});
    if (!overlay)
        return failure(overlay.error());
    if (Status attached = attach(*overlay, *space, ""); !attached)
        return attached;
    made_.push_back(status_of(*overlay).st_dev);
    return {};
}

Result<std::string> place_of(const Fd& file) {
    std::error_code error;
    std::filesystem::path place = std::filesystem::read_symlink(by_descriptor(file), error);
    if (error)
        return failure({"find where a folder is", error.value(), {}, {}});
    return place.string();
}

bool is_same_file(const Fd& a, const Fd& b) {
    struct stat of_a = status_of(a), of_b = status_of(b);
    return of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

} // namespace netrig
