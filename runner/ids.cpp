#include "runner/ids.h"

#include "runner/fd.h"
#include "runner/system_error.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <linux/capability.h>
#include <pwd.h>
#include <spawn.h>
#include <sstream>
#include <sys/syscall.h>
#include <sys/wait.h>

extern char** environ;

namespace netrig {

namespace {

Status write_file(const std::string& path, const std::string& text) {
    Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.valid() || write(file.get(), text.data(), text.size()) < 0)
        return system_failure("write " + path);
    return {};
}

/// Empty when there is none.
std::string read_text_file(const char* path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

bool has_capability(unsigned number) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> sets{};
    return syscall(SYS_capget, &header, sets.data()) == 0 && (sets.at(0).effective >> number & 1U) != 0;
}

std::vector<IdRange> read_map(const char* path) {
    std::istringstream lines(read_text_file(path));
    std::vector<IdRange> ranges;
    for (IdRange range; lines >> range.inside >> range.outside >> range.count;)
        ranges.push_back(range);
    return ranges;
}

Result<std::vector<IdRange>> own_map(const char* path) {
    errno = 0;
    std::vector<IdRange> ranges = read_map(path);
    if (ranges.empty())
        return system_failure(std::string("read ") + path);
    return ranges;
}

/// All ids that the caller has, each as itself.
std::vector<IdRange> as_outside(const char* path) {
    std::vector<IdRange> ranges = read_map(path);
    for (IdRange& range : ranges)
        range.outside = range.inside;
    return ranges;
}

std::vector<std::string> fields_of(std::string_view line) {
    std::vector<std::string> fields(1);
    for (char c : line)
        if (c == ':')
            fields.emplace_back();
        else
            fields.back() += c;
    return fields;
}

std::optional<std::uint32_t> number(const std::string& text) {
    std::uint32_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::string user_name(uid_t user) {
    const passwd* entry = getpwuid(user);
    return entry == nullptr ? std::to_string(user) : entry->pw_name;
}

std::optional<IdMap> plan_subordinate() {
    std::string name = user_name(geteuid());
    auto users = granted_range(read_text_file("/etc/subuid"), name, geteuid());
    auto groups = granted_range(read_text_file("/etc/subgid"), name, geteuid());
    if (!users || !groups)
        return std::nullopt;
    return IdMap{{{0, geteuid(), 1}, *users}, {{0, getegid(), 1}, *groups}, true};
}

std::string lines_of(const std::vector<IdRange>& ranges) {
    std::string text;
    for (const IdRange& range : ranges)
        text += fmt::format("{} {} {}\n", range.inside, range.outside, range.count);
    return text;
}

/// Starts `program PID INSIDE OUTSIDE COUNT...`; it says nothing, for what it refuses we do otherwise.
Result<pid_t> start_program(const std::string& program, pid_t child, const std::vector<IdRange>& ranges) {
    std::vector<std::string> words{program, std::to_string(child)};
    for (const IdRange& range : ranges)
        for (std::uint32_t value : {range.inside, range.outside, range.count})
            words.push_back(std::to_string(value));
    std::vector<char*> arguments;
    for (std::string& text : words)
        arguments.push_back(text.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int standard : {0, 1, 2})
        posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0);
    pid_t pid = -1;
    errno = posix_spawnp(&pid, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (errno != 0)
        return system_failure("start " + program);
    return pid;
}

Status await_program(const std::string& program, pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return system_failure("wait for " + program);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return {};
    return failure({fmt::format("map ids by {}", program), EPERM, {}, {}});
}

Status map_by_programs(pid_t child, const IdMap& map) {
    auto groups = start_program("newgidmap", child, map.groups);
    auto users = start_program("newuidmap", child, map.users);
    Status mapped_groups = groups ? await_program("newgidmap", *groups) : failure(groups.error());
    Status mapped_users = users ? await_program("newuidmap", *users) : failure(users.error());
    return mapped_groups ? mapped_users : mapped_groups;
}

} // namespace

std::string_view word(Ids ids) {
    switch (ids) {
    case Ids::root:
        return "root";
    case Ids::subordinate:
        return "subordinate";
    case Ids::one:
        return "one";
    }
    return "";
}

std::optional<IdRange> granted_range(std::string_view text, const std::string& name, uid_t user) {
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = std::min(text.find('\n', begin), text.size());
        std::vector<std::string> fields = fields_of(text.substr(begin, end - begin));
        begin = end + 1;
        if (fields.size() != 3 || (fields[0] != name && fields[0] != std::to_string(user)))
            continue;
        auto first = number(fields[1]), count = number(fields[2]);
        if (first && count && *first > 0 && *count > 0)
            return IdRange{1, *first, *count};
    }
    return std::nullopt;
}

std::optional<IdMap> plan_several_ids() {
    if (has_capability(CAP_SETUID) && has_capability(CAP_SETGID))
        return IdMap{as_outside("/proc/self/uid_map"), as_outside("/proc/self/gid_map"), false};
    return plan_subordinate();
}

Status map_several_ids(pid_t child, const IdMap& map) {
    if (map.by_programs)
        return map_by_programs(child, map);
    if (Status mapped = write_file(fmt::format("/proc/{}/uid_map", child), lines_of(map.users)); !mapped)
        return mapped;
    return write_file(fmt::format("/proc/{}/gid_map", child), lines_of(map.groups));
}

Status map_one_id(uid_t user, gid_t group) {
    if (Status denied = write_file("/proc/self/setgroups", "deny"); !denied)
        return denied;
    if (Status mapped = write_file("/proc/self/uid_map", fmt::format("0 {} 1", user)); !mapped)
        return mapped;
    return write_file("/proc/self/gid_map", fmt::format("0 {} 1", group));
}

bool is_ordinary_user() {
    std::vector<IdRange> users = read_map("/proc/self/uid_map");
    return geteuid() != 0 || (!users.empty() && users.front().outside != 0);
}

Result<Ids> own_ids() {
    auto users = own_map("/proc/self/uid_map"), groups = own_map("/proc/self/gid_map");
    for (const auto* ranges : {&users, &groups})
        if (!*ranges)
            return failure(ranges->error());
        else if ((*ranges)->size() == 1 && (*ranges)->front().count == 1)
            return Ids::one;
    return users->front().outside == 0 ? Ids::root : Ids::subordinate;
}

} // namespace netrig
