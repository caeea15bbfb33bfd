#include "runner/lab_process.h"

#include "runner/system_error.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace netrig {

namespace {

constexpr int set_up_failed = 70; // EX_SOFTWARE: the words go out by the pipe

struct Pipe {
    Fd read, write;
};

Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        return system_failure("make a pipe");
    return Pipe{Fd(ends[0]), Fd(ends[1])};
}

Status write_file(const char* path, const std::string& text) {
    Fd file(open(path, O_WRONLY | O_CLOEXEC));
    if (!file.valid() || write(file.get(), text.data(), text.size()) < 0)
        return system_failure(fmt::format("write {}", path));
    return {};
}

/// user_namespaces(7): one id, root inside and the caller outside.
Status map_ids(uid_t user, gid_t group) {
    if (Status denied = write_file("/proc/self/setgroups", "deny"); !denied)
        return denied;
    if (Status mapped = write_file("/proc/self/uid_map", fmt::format("0 {} 1", user)); !mapped)
        return mapped;
    return write_file("/proc/self/gid_map", fmt::format("0 {} 1", group));
}

Status own_mounts() {
    if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return system_failure("make the lab's mounts private");
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
        return system_failure("mount the lab's own /proc");
    return {};
}

/// The runner's handlers write to descriptors that are about to be something else.
void reset_signals() {
    for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD})
        ::signal(signal, SIG_DFL);
}

void unblock_all() {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Nothing of the runner's comes along but the three standard descriptors and the lab's two pipes.
void keep_only(Fd& events, Fd& alive) {
    constexpr int events_at = 3, alive_at = 4;
    // High copies first, so that neither is overwritten by the other.
    int high_events = fcntl(events.release(), F_DUPFD_CLOEXEC, 16);
    int high_alive = fcntl(alive.release(), F_DUPFD_CLOEXEC, 16);
    dup3(high_events, events_at, O_CLOEXEC);
    dup3(high_alive, alive_at, O_CLOEXEC);
    syscall(SYS_close_range, 5, ~0U, 0);
    events = Fd(events_at);
    alive = Fd(alive_at);
    Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
    if (null.valid())
        dup2(null.get(), 0);
}

/// PID 1: reaps whatever ends, and ends with the engine or with the runner.
[[noreturn]] void reap(pid_t engine, const Fd& alive, const Fd& children) {
    for (;;) {
        std::array<pollfd, 2> wait{{{children.get(), POLLIN, 0}, {alive.get(), POLLIN, 0}}};
        poll(wait.data(), wait.size(), -1);
        if ((wait[1].revents & (POLLHUP | POLLIN | POLLERR)) != 0)
            _exit(128 + SIGKILL);
        signalfd_siginfo info{};
        if (read(children.get(), &info, sizeof info) < 0 && errno != EAGAIN && errno != EINTR)
            _exit(set_up_failed);
        int status = 0;
        for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
            if (pid == engine)
                _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }
}

struct Ids {
    uid_t user;
    gid_t group;
    bool map; ///< the lab has a user namespace of its own
};

Status enter_lab(const Ids& ids) {
    setsid(); // a terminal's signals are for the runner, which ends us in order
    if (ids.map)
        if (Status mapped = map_ids(ids.user, ids.group); !mapped)
            return mapped;
    // After the ids, which clear it. The pipe tells as well, should the runner have died by now.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return own_mounts();
}

[[noreturn]] void be_reaper(const Ids& ids, Fd events, Fd alive, const std::function<int(Fd)>& engine) {
    reset_signals();
    keep_only(events, alive);
    unblock_all();
    if (Status entered = enter_lab(ids); !entered) {
        std::string words = "!" + describe(entered.error()) + "\n";
        [[maybe_unused]] ssize_t written = write(events.get(), words.data(), words.size());
        _exit(set_up_failed);
    }
    sigset_t child, before;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &before);
    Fd children(signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
    pid_t pid = fork();
    if (pid == 0) {
        sigprocmask(SIG_SETMASK, &before, nullptr);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        children.reset();
        alive.reset();
        _exit(engine(std::move(events)));
    }
    if (pid < 0 || !children.valid())
        _exit(set_up_failed);
    events.reset();
    reap(pid, alive, children);
}

/// A fork into new namespaces, which glibc has no wrapper for. 0 in the child, where all signals are blocked.
pid_t fork_into(std::uint64_t flags, int& handle) {
    clone_args arguments{};
    arguments.flags = flags | CLONE_PIDFD;
    arguments.pidfd = reinterpret_cast<std::uint64_t>(&handle);
    arguments.exit_signal = SIGCHLD;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    auto pid = static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
    int code = errno;
    if (pid != 0)
        sigprocmask(SIG_SETMASK, &before, nullptr);
    errno = code;
    return pid;
}

bool first_word_is(const char* path, const std::string& wanted) {
    std::ifstream file(path);
    std::string word;
    return file >> word && word == wanted;
}

} // namespace

std::string namespace_remedy() {
    if (first_word_is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"))
        return "AppArmor restricts user namespaces here: run as root, or "
               "'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'";
    if (first_word_is("/proc/sys/kernel/unprivileged_userns_clone", "0"))
        return "user namespaces are switched off here: run as root, or 'sysctl -w "
               "kernel.unprivileged_userns_clone=1'";
    if (first_word_is("/proc/sys/user/max_user_namespaces", "0"))
        return "user namespaces are switched off here: run as root, or 'sysctl -w "
               "user.max_user_namespaces=10000'";
    if (geteuid() != 0)
        return "run as root, or where user namespaces are permitted (a container's seccomp profile may "
               "forbid them)";
    return "root here lacks CAP_SYS_ADMIN, as in a container: run it with '--cap-add SYS_ADMIN --cap-add "
           "NET_ADMIN'";
}

Result<LabProcess> start_lab(const std::function<int(Fd events)>& engine) {
    auto events = make_pipe(), alive = make_pipe();
    for (const auto* made : {&events, &alive})
        if (!*made)
            return failure(made->error());
    constexpr std::uint64_t always = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
    Ids ids{geteuid(), getegid(), geteuid() != 0};
    int handle = -1;
    pid_t pid = fork_into(always | (ids.map ? CLONE_NEWUSER : 0), handle);
    if (pid < 0 && errno == EPERM && !ids.map) { // root without the rights of root, as in a container
        ids.map = true;
        pid = fork_into(always | CLONE_NEWUSER, handle);
    }
    if (pid == 0)
        be_reaper(ids, std::move(events->write), std::move(alive->read), engine);
    if (pid < 0) {
        bool refused = errno == EPERM || errno == ENOSPC || errno == EACCES;
        return failure({"make the lab's namespaces", errno, {}, refused ? namespace_remedy() : ""});
    }
    return LabProcess{pid, Fd(handle), std::move(events->read), std::move(alive->write)};
}

} // namespace netrig
