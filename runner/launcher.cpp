#include "runner/launcher.h"

#include "runner/program_folders.h"
#include "runner/system_error.h"

#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

extern char** environ;

namespace netrig {

namespace {

constexpr const char *at_exec = "", *at_directory = "enter the working directory ";

/// All that the child needs, made before vfork: the child shares our memory and may allocate nothing.
struct Prepared {
    std::vector<std::string> environment_text;
    std::vector<std::string> candidates; ///< paths of the program, in the order in which they are tried
    std::vector<char*> argv, environment;
    const Launch* launch = nullptr;
    sigset_t signals{}; ///< the mask that the program starts with
    /// Written by the child in our memory: what went wrong, and at which call.
    volatile int code = 0;
    const char* volatile failed_at = nullptr;
};

/// A name with a slash is a path; any other is looked for where the program's own environment says.
std::vector<std::string> candidates_for(const Launch& launch) {
    const std::string& name = launch.argv.front();
    if (name.find('/') != std::string::npos)
        return {name};
    auto own = launch.environment.find("PATH");
    const char* inherited = std::getenv("PATH");
    std::string path = own != launch.environment.end() ? own->second : inherited != nullptr ? inherited : "";
    std::vector<std::string> candidates;
    for (const std::string& folder : program_folders(path))
        candidates.push_back(folder + "/" + name);
    return candidates;
}

void prepare(const Launch& launch, Prepared& prepared) {
    prepared.launch = &launch;
    for (const std::string& argument : launch.argv)
        prepared.argv.push_back(const_cast<char*>(argument.c_str()));
    prepared.argv.push_back(nullptr);
    for (char** variable = environ; *variable != nullptr; ++variable) {
        std::string text(*variable);
        if (!launch.environment.contains(text.substr(0, text.find('='))))
            prepared.environment_text.push_back(std::move(text));
    }
    for (const auto& [name, value] : launch.environment)
        prepared.environment_text.push_back(name + "=" + value);
    for (std::string& text : prepared.environment_text)
        prepared.environment.push_back(text.data());
    prepared.environment.push_back(nullptr);
    prepared.candidates = candidates_for(launch);
    sigemptyset(&prepared.signals);
}

[[noreturn]] void give_up(Prepared& prepared, const char* at) {
    prepared.code = errno;
    prepared.failed_at = at;
    _exit(127);
}

void enter_node(Prepared& prepared) {
    const NodeNamespaces* node = prepared.launch->node;
    if (node == nullptr)
        return;
    if (setns(node->mounts.get(), CLONE_NEWNS) != 0 || setns(node->network.get(), CLONE_NEWNET) != 0 ||
        setns(node->uts.get(), CLONE_NEWUTS) != 0)
        give_up(prepared, "enter the node");
}

void join_groups(Prepared& prepared) {
    const NodeNamespaces* node = prepared.launch->node;
    if (node == nullptr)
        return;
    for (const Fd& group : node->groups)
        if (write(group.get(), "0", 1) != 1)
            give_up(prepared, "join the control group of the node for");
}

void reset_signals() {
    struct sigaction usual {};
    usual.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal)
        sigaction(signal, &usual, nullptr);
}

/// In the child, in the parent's memory: system calls only.
[[noreturn]] void become(Prepared& prepared) {
    const Launch& launch = *prepared.launch;
    reset_signals();
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    join_groups(prepared);
    enter_node(prepared);
    if (chdir(launch.directory.c_str()) != 0)
        give_up(prepared, at_directory);
    // The three may overlap 0, 1 and 2 only as themselves: our own descriptors are all above.
    if (dup2(launch.input, 0) < 0 || dup2(launch.output, 1) < 0 || dup2(launch.errors, 2) < 0)
        give_up(prepared, "set up its input and output");
    syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
    if (launch.node != nullptr && launch.node->filter && !set_filter(*launch.node->filter))
        give_up(prepared, "set the filter of id changes");
    sigprocmask(SIG_SETMASK, &prepared.signals, nullptr);
    int code = ENOENT;
    for (const std::string& path : prepared.candidates) {
        execve(path.c_str(), prepared.argv.data(), prepared.environment.data());
        if (errno == ENOENT || errno == ENOTDIR)
            continue;
        code = errno; // found and refused says more than not found further on
        if (errno != EACCES)
            break;
    }
    errno = code;
    give_up(prepared, at_exec);
}

pid_t start(Prepared& prepared) {
    sigset_t all, before;
    sigfillset(&all);
    // No handler of ours may run in the child while it shares our memory.
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t pid = vfork();
    if (pid == 0)
        become(prepared);
    int code = errno;
    sigprocmask(SIG_SETMASK, &before, nullptr);
    errno = code;
    return pid;
}

/// What the child met on its way to the program.
Error not_started(const Prepared& prepared) {
    const Launch& launch = *prepared.launch;
    const char* at = prepared.failed_at;
    std::string doing = fmt::format("start '{}'", launch.argv.front());
    if (at == at_directory)
        doing = fmt::format("{}'{}'", at, launch.directory);
    else if (at != at_exec)
        doing += fmt::format(": {}", at);
    bool not_found = at == at_exec && prepared.code == ENOENT;
    return {std::move(doing), prepared.code, {}, not_found ? "is it installed, and in PATH?" : ""};
}

/// A program whose end could not be seen is ended, with what it started by now.
Result<Process> watch(boost::asio::io_context& loop, const Launch& launch, pid_t pid) {
    Error error{fmt::format("watch '{}'", launch.argv.front()), 0, {}, {}};
    Fd handle(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    if (handle.valid()) {
        try {
            Process process(loop.get_executor(), pid, handle.get());
            [[maybe_unused]] int owned_by_the_process = handle.release();
            return process;
        } catch (const boost::system::system_error& refused) {
            error.code = refused.code().value();
        }
    } else {
        error.code = errno;
    }
    kill(-pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return failure(std::move(error));
}

} // namespace

Result<Process> launch(boost::asio::io_context& loop, const Launch& launch) {
    Prepared prepared;
    prepare(launch, prepared);
    pid_t pid = start(prepared);
    if (pid < 0)
        return system_failure(fmt::format("start '{}'", launch.argv.front()));
    if (prepared.failed_at != nullptr) {
        waitpid(pid, nullptr, 0);
        return failure(not_started(prepared));
    }
    return watch(loop, launch, pid);
}

} // namespace netrig
