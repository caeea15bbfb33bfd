#include "runner/fd.h"
#include "runner/lab_process.h"
#include "runner/probe.h"
#include "runner/system_error.h"

#include <array>
#include <fmt/format.h>
#include <fstream>
#include <linux/capability.h>
#include <pwd.h>
#include <sched.h>
#include <sstream>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netrig {

namespace {

bool has_capability(unsigned number) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> sets{};
    if (syscall(SYS_capget, &header, sets.data()) != 0)
        return false;
    return (sets.at(number / 32).effective >> (number % 32) & 1) != 0;
}

/// user_namespaces(7): the first user namespace, and only it, has every id mapped to itself.
bool in_first_user_namespace() {
    std::ifstream file("/proc/self/uid_map");
    std::uint64_t inside = 1, outside = 1, count = 0;
    return file >> inside >> outside >> count && inside == 0 && outside == 0 && count == 4294967295U;
}

Probed ask_root() {
    if (geteuid() != 0)
        return {Answer::no, fmt::format("the user id is {}", geteuid())};
    if (!in_first_user_namespace())
        return {Answer::no, "this is root of a user namespace only"};
    for (auto [number, name] : {std::pair(CAP_SYS_ADMIN, "CAP_SYS_ADMIN"), {CAP_NET_ADMIN, "CAP_NET_ADMIN"}})
        if (!has_capability(static_cast<unsigned>(number)))
            return {Answer::no, fmt::format("root here lacks {}", name), namespace_remedy()};
    return {};
}

/// In a child, for it cannot be undone. That it has rights in there is part of the question: where AppArmor
/// restricts it, only the second call is refused.
Probed ask_user_namespaces() {
    pid_t child = fork();
    if (child < 0)
        return could_not_ask(Error{"fork", errno, {}, {}});
    if (child == 0)
        _exit(unshare(CLONE_NEWUSER) == 0 && unshare(CLONE_NEWNET) == 0 ? 0 : errno);
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status))
        return {Answer::could_not_ask, "the child that asked was ended by a signal"};
    if (WEXITSTATUS(status) == 0)
        return {};
    return {Answer::no, kernel_words({"", WEXITSTATUS(status), {}, {}}), namespace_remedy()};
}

/// "100000 to 165535" by subuid(5), empty for none. Ids from other sources of nsswitch.conf are not seen.
std::string ids_in(const char* path, const std::string& user) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream fields(line);
        std::string who, begin, count;
        std::getline(fields, who, ':');
        std::getline(fields, begin, ':');
        std::getline(fields, count, ':');
        if ((who == user || who == std::to_string(getuid())) && std::atol(count.c_str()) > 0)
            return fmt::format("{} from {}", count, begin);
    }
    return {};
}

std::string user_name() {
    const passwd* entry = getpwuid(getuid());
    return entry == nullptr ? std::to_string(getuid()) : entry->pw_name;
}

Probed ask_subordinate_ids() {
    if (geteuid() == 0 && in_first_user_namespace())
        return {Answer::yes, "root has all ids"};
    std::string user = user_name();
    for (const char* path : {"/etc/subuid", "/etc/subgid"})
        if (ids_in(path, user).empty())
            return {Answer::no, fmt::format("{} has no line for '{}'", path, user),
                    fmt::format("apt install uidmap; usermod --add-subuids 100000-165535 --add-subgids "
                                "100000-165535 {}",
                                user)};
    for (const char* program : {"newuidmap", "newgidmap"})
        if (find_program(program).empty())
            return {Answer::no, fmt::format("there is no program '{}'", program), "apt install uidmap"};
    return {Answer::yes, ids_in("/etc/subuid", user)};
}

constexpr auto table = std::to_array<Probe>({
    {"root", ask_root},
    {"right:user-namespaces", ask_user_namespaces},
    {"right:subordinate-ids", ask_subordinate_ids},
});

} // namespace

std::span<const Probe> right_probes() {
    return table;
}

} // namespace netrig
