#include "runner/processes.h"

#include "runner/folder.h"
#include "runner/system_error.h"

#include <charconv>
#include <fcntl.h>
#include <fmt/format.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace netrig {

namespace {

/// 0 for what is no number.
pid_t pid_of(std::string_view name) {
    pid_t pid = 0;
    auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    return error == std::errc() && end == name.data() + name.size() ? pid : 0;
}

/// proc_pid_stat(5): after the name in parentheses, which may hold anything, come the state and the parent.
Result<pid_t> parent_of(pid_t pid) {
    auto text = read_file_at(AT_FDCWD, fmt::format("/proc/{}/stat", pid));
    if (!text)
        return failure(text.error());
    std::size_t end = *text ? (*text)->rfind(") ") : std::string::npos;
    std::istringstream words(end == std::string::npos ? "" : (*text)->substr(end + 2));
    char state = 0;
    pid_t parent = 0;
    words >> state >> parent;
    return parent;
}

} // namespace

Result<std::vector<pid_t>> all_processes() {
    std::vector<pid_t> found;
    Status listed = for_each_entry(AT_FDCWD, "/proc", [&](const Entry& entry) {
        if (pid_t pid = pid_of(entry.name); pid > 0)
            found.push_back(pid);
    });
    return listed ? Result<std::vector<pid_t>>(std::move(found)) : failure(listed.error());
}

std::string show_process(pid_t pid) {
    auto name = read_file_at(AT_FDCWD, fmt::format("/proc/{}/comm", pid));
    return fmt::format("process {} ({})", pid, name && *name ? **name : "?");
}

Result<std::vector<pid_t>> own_children() {
    std::vector<pid_t> children;
    siginfo_t any{};
    if (waitid(P_ALL, 0, &any, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD)
        return children;
    auto processes = all_processes();
    if (!processes)
        return processes;
    for (pid_t pid : *processes) {
        auto parent = parent_of(pid);
        if (!parent)
            return failure(parent.error());
        if (*parent == getpid())
            children.push_back(pid);
    }
    return children;
}

} // namespace netrig
