#include "tests/support/child.h"

#include <array>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>

namespace netrig {

namespace {

[[noreturn]] void fail(const char* doing) {
    throw std::system_error(errno, std::generic_category(), doing);
}

void must(bool done, const char* doing) {
    if (!done)
        fail(doing);
}

void write_all(int where, std::string_view text) {
    while (!text.empty()) {
        ssize_t size = write(where, text.data(), text.size());
        if (size <= 0)
            return;
        text.remove_prefix(static_cast<std::size_t>(size));
    }
}

std::string read_whole(const Fd& file) {
    std::string text;
    std::array<char, 65536> data;
    for (ssize_t size = 0;
         (size = pread(file.get(), data.data(), data.size(), static_cast<off_t>(text.size()))) > 0;)
        text.append(data.data(), static_cast<std::size_t>(size));
    return text;
}

/// In a user namespace that maps no groups they can't be set, and need not be.
void become(uid_t user) {
    if (geteuid() == user)
        return;
    must(setgroups(0, nullptr) == 0, "drop the groups");
    must(setresgid(user, user, user) == 0, "become another group");
    must(setresuid(user, user, user) == 0, "become another user");
}

void prepare(const ChildOptions& options, const std::string& directory) {
    if (options.user)
        become(*options.user);
    prctl(PR_SET_PDEATHSIG, SIGKILL); // after the change of users, which clears it
    must(chdir(directory.c_str()) == 0, "enter the working directory");
    for (const char* name :
         {"NO_COLOR", "CLICOLOR_FORCE", "CI", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "TF_BUILD"})
        unsetenv(name);
    for (const auto& [name, value] : options.environment)
        setenv(name.c_str(), value.c_str(), 1);
    if (options.before)
        options.before();
}

[[noreturn]] void run_body(const std::function<std::string()>& body, const ChildOptions& options,
                           const std::string& directory) {
    try {
        prepare(options, directory);
        write_all(STDOUT_FILENO, body());
    } catch (const std::exception& error) {
        write_all(STDERR_FILENO, error.what());
        _exit(99);
    }
    _exit(0);
}

pid_t plain_fork(unsigned long flags) {
    return static_cast<pid_t>(syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

/// Enters the machine and forks once more, since a PID namespace is only for who comes after; the second
/// child is the test's own, not the first one's.
[[noreturn]] void run_in_machine(const std::function<std::string()>& body, const ChildOptions& options,
                                 const std::string& directory, const Fd& tell_pid) {
    try {
        options.machine->enter();
    } catch (const std::exception& error) {
        write_all(STDERR_FILENO, error.what());
        _exit(99);
    }
    pid_t pid = plain_fork(CLONE_PARENT);
    if (pid == 0)
        run_body(body, options, directory);
    write_all(tell_pid.get(), {reinterpret_cast<const char*>(&pid), sizeof pid});
    _exit(pid > 0 ? 0 : 99);
}

void set_streams(int output, int errors) {
    Fd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
    dup2(null.get(), STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    signal(SIGPIPE, SIG_DFL);
}

Fd memory_file(const char* name) {
    Fd file(memfd_create(name, MFD_CLOEXEC));
    must(file.valid(), "make a file in memory");
    // As another user the child may open it again by /dev/stdout.
    must(fchmod(file.get(), 0666) == 0, "let everybody use a file in memory");
    return file;
}

pid_t read_pid(const Fd& pipe) {
    pid_t pid = -1;
    return read(pipe.get(), &pid, sizeof pid) == sizeof pid ? pid : -1;
}

bool ends_within(const Fd& handle, std::chrono::milliseconds at_most) {
    pollfd wait{handle.get(), POLLIN, 0};
    return poll(&wait, 1, static_cast<int>(at_most.count())) == 1;
}

} // namespace

Child start_child(const std::function<std::string()>& body, const ChildOptions& options) {
    Child child;
    child.output_ = memory_file("output");
    child.errors_ = memory_file("errors");
    std::array<char, 4096> here{};
    must(getcwd(here.data(), here.size()) != nullptr, "find the working directory");
    std::string directory = options.directory.empty() ? here.data() : options.directory;
    std::array<int, 2> ends{};
    must(pipe2(ends.data(), O_CLOEXEC) == 0, "make a pipe");
    Fd told(ends[0]), tell(ends[1]);
    pid_t pid = plain_fork(0);
    if (pid == 0) {
        set_streams(child.output_.get(), options.errors >= 0 ? options.errors : child.errors_.get());
        if (options.machine != nullptr)
            run_in_machine(body, options, directory, tell);
        run_body(body, options, directory);
    }
    must(pid > 0, "fork");
    tell.reset();
    if (options.machine != nullptr) {
        pid_t first = pid;
        pid = read_pid(told);
        waitpid(first, nullptr, 0);
        if (pid < 0)
            throw std::runtime_error("cannot enter the machine: " + read_whole(child.errors_));
    }
    child.pid_ = pid;
    child.handle_ = Fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    must(child.handle_.valid(), "watch a child");
    return child;
}

Child start_program(const std::vector<std::string>& argv, const ChildOptions& options) {
    auto body = [&]() -> std::string {
        std::vector<char*> words;
        words.reserve(argv.size() + 1);
        for (const std::string& word : argv)
            words.push_back(const_cast<char*>(word.c_str()));
        words.push_back(nullptr);
        execvp(words[0], words.data());
        fail(words[0]);
    };
    return start_child(body, options);
}

Child start_netrig(const std::vector<std::string>& arguments, const ChildOptions& options) {
    // Opened here: another user may not be able to walk to where it was built.
    Fd binary(open(NETRIG_BINARY, O_RDONLY | O_CLOEXEC));
    must(binary.valid(), NETRIG_BINARY);
    auto body = [&]() -> std::string {
        std::string name = "netrig";
        std::vector<char*> words{name.data()};
        for (const std::string& word : arguments)
            words.push_back(const_cast<char*>(word.c_str()));
        words.push_back(nullptr);
        fexecve(binary.get(), words.data(), environ);
        fail(NETRIG_BINARY);
    };
    return start_child(body, options);
}

Ended run_netrig(const std::vector<std::string>& arguments, const ChildOptions& options) {
    return start_netrig(arguments, options).wait();
}

Child::~Child() {
    if (pid_ <= 0)
        return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

void Child::signal(int number) const {
    must(kill(pid_, number) == 0, "signal a child");
}

Ended Child::wait(std::chrono::seconds at_most) {
    bool in_time = ends_within(handle_, at_most);
    if (!in_time)
        kill(pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    Ended ended{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_whole(output_),
                read_whole(errors_)};
    if (!in_time)
        throw std::runtime_error("not ended within its time; it said:\n" + ended.errors + ended.output);
    return ended;
}

} // namespace netrig
