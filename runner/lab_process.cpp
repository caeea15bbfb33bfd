#include "runner/lab_process.h"

#include "runner/ids.h"
#include "runner/pipe.h"
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

/// In an unprivileged container a new /proc is refused while parts of the old one are masked; the old one
/// shows our namespaces as well, and does if the network's settings can be written in it.
Status own_proc() {
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0)
        return {};
    int refused = errno;
    if (refused == EPERM && Fd(open("/proc/sys/net/ipv4/ip_forward", O_WRONLY | O_CLOEXEC)).valid())
        return {};
    return failure({"mount the lab's own /proc",
                    refused,
                    {},
                    "this container's /proc is masked or read-only: run it with '--security-opt "
                    "systempaths=unconfined' (Docker) or '--security-opt unmask=ALL' (Podman)"});
}

Status own_mounts() {
    if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return system_failure("make the lab's mounts private");
    return own_proc();
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

/// Nothing of the runner's comes along but the three standard descriptors and the lab's two pipes. `events`
/// can be written to whatever comes of it.
Status keep_only(Fd& events, Fd& alive) {
    constexpr int events_at = 3, alive_at = 4;
    const char* doing = "keep the lab's pipes";
    // High copies first, so that neither is overwritten by the other.
    Fd high_events(fcntl(events.get(), F_DUPFD_CLOEXEC, 16)),
        high_alive(fcntl(alive.get(), F_DUPFD_CLOEXEC, 16));
    if (!high_events.valid() || !high_alive.valid())
        return system_failure(doing);
    [[maybe_unused]] std::array closed_below{events.release(), alive.release()};
    events = std::move(high_events);
    alive = std::move(high_alive);
    if (dup3(events.get(), events_at, O_CLOEXEC) < 0 || dup3(alive.get(), alive_at, O_CLOEXEC) < 0)
        return system_failure(doing);
    events = Fd(events_at);
    alive = Fd(alive_at);
    syscall(SYS_close_range, alive_at + 1, ~0U, 0);
    Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null.valid() || dup2(null.get(), 0) < 0)
        return system_failure("give the lab /dev/null to read from");
    return {};
}

enum class Wish { none, end_in_order, end_now };

/// What the runner says by its pipe: a byte, or the pipe's end.
Wish read_wish(const Fd& alive) {
    char byte = 0;
    ssize_t size = read(alive.get(), &byte, 1);
    if (size < 0 && errno == EINTR)
        return Wish::none;
    return size == 1 ? Wish::end_in_order : Wish::end_now;
}

/// PID 1: reaps whatever ends, and ends with the engine or with the runner.
[[noreturn]] void reap(pid_t engine, const Fd& alive, const Fd& children) {
    for (;;) {
        std::array<pollfd, 2> wait{{{children.get(), POLLIN, 0}, {alive.get(), POLLIN, 0}}};
        poll(wait.data(), wait.size(), -1);
        Wish wish = wait[1].revents != 0 ? read_wish(alive) : Wish::none;
        if (wish == Wish::end_now)
            _exit(128 + SIGKILL);
        if (wish == Wish::end_in_order)
            kill(engine, SIGTERM);
        signalfd_siginfo info{};
        if (read(children.get(), &info, sizeof info) < 0 && errno != EAGAIN && errno != EINTR)
            _exit(set_up_failed);
        int status = 0;
        for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
            if (pid == engine)
                _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }
}

enum class Mapping {
    none, ///< no user namespace
    one,  ///< the lab's first process maps one id itself
    several,
};

struct Caller {
    uid_t user;
    gid_t group;
};

/// With several ids it is the runner that maps them; end-of-file when it died.
bool await_ids(Pipe& mapped) {
    mapped.write.reset();
    char byte = 0;
    return read(mapped.read.get(), &byte, 1) == 1;
}

Status enter_lab(Mapping mapping, const Caller& caller) {
    setsid(); // a terminal's signals are for the runner, which ends us in order
    if (mapping == Mapping::one)
        if (Status mapped = map_one_id(caller.user, caller.group); !mapped)
            return mapped;
    // After the ids, which clear it. The pipe tells as well, should the runner have died by now.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return own_mounts();
}

/// Before there is an engine to tell events, the error goes out in a line that is none.
[[noreturn]] void refuse(const Fd& events, const Error& error) {
    bool refused = error.code == EPERM || error.code == EACCES;
    std::string help = error.help.empty() && refused ? namespace_remedy(error.code) : error.help;
    std::string words = fmt::format("!{}\t{}\n", describe(error), help);
    [[maybe_unused]] ssize_t written = write(events.get(), words.data(), words.size());
    _exit(set_up_failed);
}

/// What it throws must not go up into the runner's own frames, which are here twice now.
int run_to_its_end(const std::function<int(Fd)>& engine, Fd events) {
    try {
        return engine(std::move(events));
    } catch (...) {
        return set_up_failed;
    }
}

[[noreturn]] void be_reaper(Mapping mapping, const Caller& caller, Fd events, Fd alive,
                            const std::function<int(Fd)>& engine) {
    reset_signals();
    if (Status kept = keep_only(events, alive); !kept)
        refuse(events, kept.error());
    unblock_all();
    if (Status entered = enter_lab(mapping, caller); !entered)
        refuse(events, entered.error());
    sigset_t child, terminate;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, nullptr);
    sigemptyset(&terminate);
    sigaddset(&terminate, SIGTERM);
    Fd children(signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!children.valid())
        refuse(events, system_failure("watch the lab's processes").value());
    pid_t pid = fork();
    if (pid == 0) {
        sigprocmask(SIG_SETMASK, &terminate, nullptr); // kept until the engine looks for it
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        children.reset();
        alive.reset();
        _exit(run_to_its_end(engine, std::move(events)));
    }
    if (pid < 0)
        refuse(events, system_failure("start the lab's engine").value());
    events.reset();
    reap(pid, alive, children);
}

/// clone3(2) without glibc, which has no wrapper for it. Profiles from before it answer ENOSYS or EPERM, and
/// may permit the same by clone(2).
pid_t clone_into(std::uint64_t flags, int& handle) {
    clone_args arguments{};
    arguments.flags = flags | CLONE_PIDFD;
    arguments.pidfd = reinterpret_cast<std::uint64_t>(&handle);
    arguments.exit_signal = SIGCHLD;
    long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid < 0 && (errno == ENOSYS || errno == EPERM))
        pid = syscall(SYS_clone, flags | CLONE_PIDFD | SIGCHLD, nullptr, &handle, nullptr, nullptr);
    return static_cast<pid_t>(pid);
}

/// A fork into new namespaces. 0 in the child, where all signals are blocked.
pid_t fork_into(std::uint64_t flags, int& handle) {
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t pid = clone_into(flags, handle);
    int code = errno;
    if (pid != 0)
        sigprocmask(SIG_SETMASK, &before, nullptr);
    errno = code;
    return pid;
}

/// Ends a lab whose ids could not be mapped; its first process waits for them yet.
void give_up(pid_t pid, int handle) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    close(handle);
}

Result<LabProcess> start_mapped(const std::function<int(Fd events)>& engine, Mapping mapping,
                                const IdMap& map) {
    auto events = make_pipe("make the lab's pipes"), alive = make_pipe("make the lab's pipes"),
         mapped = make_pipe("make the lab's pipes");
    for (const auto* made : {&events, &alive, &mapped})
        if (!*made)
            return failure(made->error());
    constexpr std::uint64_t always = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
    Caller caller{geteuid(), getegid()};
    int handle = -1;
    pid_t pid = fork_into(always | (mapping == Mapping::none ? 0 : CLONE_NEWUSER), handle);
    if (pid == 0) {
        if (mapping == Mapping::several && !await_ids(*mapped))
            _exit(set_up_failed);
        be_reaper(mapping, caller, std::move(events->write), std::move(alive->read), engine);
    }
    if (pid < 0) {
        bool refused = errno == EPERM || errno == ENOSPC || errno == EACCES || errno == ENOSYS;
        return failure({"make the lab's namespaces", errno, {}, refused ? namespace_remedy(errno) : ""});
    }
    if (mapping == Mapping::several) {
        if (Status done = map_several_ids(pid, map); !done) {
            give_up(pid, handle);
            return failure(done.error());
        }
        [[maybe_unused]] ssize_t told = write(mapped->write.get(), "m", 1);
    }
    return LabProcess{pid, Fd(handle), std::move(events->read), std::move(alive->write)};
}

bool first_word_is(const char* path, const std::string& wanted) {
    std::ifstream file(path);
    std::string word;
    return file >> word && word == wanted;
}

} // namespace

void ask_to_end(const Fd& alive) {
    [[maybe_unused]] ssize_t told = write(alive.get(), "e", 1); // EPIPE: it has ended by now
}

std::optional<Refusal> read_refusal(const std::string& line) {
    std::size_t tab = line.find('\t');
    if (!line.starts_with('!') || tab == std::string::npos)
        return std::nullopt;
    return Refusal{line.substr(1, tab - 1), line.substr(tab + 1)};
}

std::string namespace_remedy(int code) {
    if (first_word_is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"))
        return "AppArmor restricts user namespaces here: run as root, or "
               "'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'";
    if (first_word_is("/proc/sys/kernel/unprivileged_userns_clone", "0"))
        return "user namespaces are switched off here: run as root, or 'sysctl -w "
               "kernel.unprivileged_userns_clone=1'";
    if (first_word_is("/proc/sys/user/max_user_namespaces", "0"))
        return "user namespaces are switched off here: run as root, or 'sysctl -w "
               "user.max_user_namespaces=10000'";
    if (code == ENOSPC)
        return "a limit of namespaces is reached: raise user.max_net_namespaces and its like (sysctl), or "
               "run "
               "fewer labs at once (-j)";
    if (is_ordinary_user())
        return "run as root, or where user namespaces with mounts of their own are permitted (a container's "
               "seccomp profile, or a security module, may forbid them)";
    return "root here lacks CAP_SYS_ADMIN, as in a container: run it with '--cap-add SYS_ADMIN --cap-add "
           "NET_ADMIN'";
}

Result<LabProcess> start_lab(const std::function<int(Fd events)>& engine, LabOptions options) {
    if (geteuid() == 0) {
        auto lab = start_mapped(engine, Mapping::none, {});
        if (lab || lab.error().code != EPERM) // root without the rights of root, as in a container
            return lab;
    }
    if (options.several_ids)
        if (auto map = plan_several_ids())
            if (auto lab = start_mapped(engine, Mapping::several, *map); lab)
                return lab;
    return start_mapped(engine, Mapping::one, {});
}

} // namespace netrig
