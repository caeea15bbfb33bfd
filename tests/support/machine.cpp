#include "tests/support/machine.h"

#include "runner/system_error.h"
#include "tests/support/temporary_folder.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <vector>

namespace netrig {

namespace {

Status write_file(const std::string& path, const std::string& text) {
    Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.valid() || write(file.get(), text.data(), text.size()) < 0)
        return system_failure("write " + path);
    return {};
}

/// user_namespaces(7)
Status map_ids(uid_t inside, uid_t user, gid_t group) {
    if (Status denied = write_file("/proc/self/setgroups", "deny"); !denied)
        return denied;
    if (Status mapped = write_file("/proc/self/uid_map", fmt::format("{} {} 1", inside, user)); !mapped)
        return mapped;
    return write_file("/proc/self/gid_map", fmt::format("{} {} 1", inside, group));
}

/// What was at `path` before, and where it is to be seen again.
struct Kept {
    std::string path;
    Fd tree;
};

/// Clones of what lies below `folder` and is needed in the machine too, least deep first.
std::vector<Kept> keep_below(const std::string& folder) {
    std::error_code error;
    std::vector<Kept> kept;
    for (const std::filesystem::path& path :
         {place_of_temporary_folders(), std::filesystem::path(NETRIG_SOURCE_DIR),
          std::filesystem::path(NETRIG_BINARY).parent_path(), std::filesystem::current_path(error)})
        if (path.string().starts_with(folder + "/"))
            kept.push_back({path.string(), Fd(static_cast<int>(syscall(SYS_open_tree, AT_FDCWD, path.c_str(),
                                                                       OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
                                                                           AT_RECURSIVE)))});
    return kept;
}

Status own_temporary_folder(const std::string& folder) {
    std::vector<Kept> kept = keep_below(folder);
    if (mount("tmpfs", folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") != 0)
        return system_failure("mount " + folder);
    for (const Kept& each : kept) {
        std::error_code error;
        std::filesystem::create_directories(each.path, error);
        if (syscall(SYS_move_mount, each.tree.get(), "", AT_FDCWD, each.path.c_str(),
                    MOVE_MOUNT_F_EMPTY_PATH) != 0)
            return system_failure("show " + each.path);
    }
    return {};
}

Status set_up() {
    if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return system_failure("make the mounts private");
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
        return system_failure("mount /proc");
    for (const char* folder : {"/tmp", "/var/tmp", "/dev/shm"})
        if (std::filesystem::is_directory(folder))
            if (Status own = own_temporary_folder(folder); !own)
                return own;
    return {};
}

/// PID 1: whoever ends is forgotten at once.
[[noreturn]] void be_init(const Status& ready, const Fd& tell) {
    signal(SIGCHLD, SIG_IGN);
    std::string words = ready ? "ready" : describe(ready.error());
    if (write(tell.get(), words.data(), words.size()) < 0 || !ready)
        _exit(1);
    for (;;)
        pause();
}

[[noreturn]] void become_init(const MachineOptions& options, bool own_users, uid_t user, gid_t group,
                              const Fd& tell) {
    Status ready = own_users ? map_ids(options.test_is, user, group) : Status();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (ready)
        ready = set_up();
    if (ready && options.limit != nullptr)
        ready = write_file(std::string("/proc/sys/user/") + options.limit, options.limit_to);
    be_init(ready, tell);
}

} // namespace

Result<Machine> Machine::make(const MachineOptions& options) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        return system_failure("make a pipe");
    Fd told(ends[0]), tell(ends[1]);
    bool own_users = options.own_users || geteuid() != 0;
    uid_t user = geteuid();
    gid_t group = getegid();
    Machine machine;
    machine.namespaces_ = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
    machine.namespaces_ |= own_users ? CLONE_NEWUSER : 0;
    machine.init_ = static_cast<pid_t>(
        syscall(SYS_clone, machine.namespaces_ | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
    if (machine.init_ == 0)
        become_init(options, own_users, user, group, tell);
    if (machine.init_ < 0 && errno == EPERM &&
        !own_users) { // root without the rights of root, as in a container
        MachineOptions with_users = options;
        with_users.own_users = true;
        return make(with_users);
    }
    if (machine.init_ < 0)
        return system_failure("make namespaces");
    tell.reset();
    machine.handle_ = Fd(static_cast<int>(syscall(SYS_pidfd_open, machine.init_, 0)));
    std::array<char, 500> words{};
    ssize_t size = read(told.get(), words.data(), words.size());
    std::string said(words.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (said != "ready")
        return failure({"make a machine for the test", 0, said, {}});
    return machine;
}

Machine::Machine(Machine&& other) noexcept
    : init_(std::exchange(other.init_, -1)), handle_(std::move(other.handle_)),
      namespaces_(other.namespaces_) {}

Machine::~Machine() {
    if (init_ <= 0)
        return;
    kill(init_, SIGKILL);
    waitpid(init_, nullptr, 0);
}

void Machine::enter() const {
    if (setns(handle_.get(), static_cast<int>(namespaces_)) != 0)
        throw std::system_error(errno, std::generic_category(), "enter the machine");
}

} // namespace netrig
