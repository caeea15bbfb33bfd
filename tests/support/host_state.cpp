#include "tests/support/host_state.h"

#include "runner/machine_survey.h"
#include "tests/support/child.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <stdexcept>

namespace netrig {

namespace {

namespace fs = std::filesystem;

constexpr const char* furnish_script = R"sh(
set -e
echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad
echo 0 > /proc/sys/net/ipv6/conf/default/router_solicitations
ip link set lo up
ip link add veth0 type veth peer name veth1
ip address add 10.0.0.1/24 dev veth0
ip address add 2001:db8::1/64 dev veth0
ip link set veth0 up
ip link set veth1 up
ip route add default via 10.0.0.254
ip rule add from 10.9.0.0/16 table 100
if command -v nft > /dev/null; then
    nft 'table inet host { chain input { type filter hook input priority 0; tcp dport 9 drop; }; }'
fi
ready() {
    [ "$(ip -br link show up type veth | grep -c ' UP ')" = 2 ] &&
        [ "$(ip -6 -br address show scope link | grep -c 'fe80')" = 2 ] && [ -z "$(ip -6 address show tentative)" ]
}
left=1000
until ready; do
    left=$((left - 1))
    [ $left -gt 0 ]
    sleep 0.01
done
)sh";

constexpr const char* state_script = R"sh(
set -e
for what in 'link' 'address' 'route show table all' 'rule'; do
    ip -4 $what
    ip -6 $what
done
ip -details link
if command -v nft > /dev/null; then
    nft list ruleset
fi
cat /proc/self/mountinfo
cat /proc/sys/kernel/hostname
grep -r '' /proc/sys/net 2> /dev/null | sort
)sh";

std::string run_script(const char* script, const Machine& machine) {
    Ended ended = start_program({"sh", "-c", script}, {.machine = &machine}).wait();
    if (ended.status != 0)
        throw std::runtime_error("a script went wrong in the machine: " + ended.errors);
    return ended.output;
}

std::string link_text(const fs::path& path) {
    std::error_code error; // the process, or its descriptor, may be gone by now
    return fs::read_symlink(path, error).string();
}

/// "net:[4026531840]", by "net"
std::map<std::string, std::string> namespaces_of(const fs::path& process) {
    std::map<std::string, std::string> namespaces;
    std::error_code error;
    for (fs::directory_iterator it(process / "ns", error), end; !error && it != end; it.increment(error))
        namespaces[it->path().filename().string()] = link_text(it->path());
    return namespaces;
}

bool is_namespace(const std::string& text) {
    for (const char* kind : {"net:[", "mnt:[", "uts:[", "ipc:[", "pid:[", "user:["})
        if (text.starts_with(kind))
            return true;
    return false;
}

std::string foreign_to(const std::map<std::string, std::string>& own, const fs::path& process) {
    std::string text;
    std::string name = process.filename().string();
    for (const auto& [kind, found] : namespaces_of(process))
        if (!found.empty() && own.contains(kind) && own.at(kind) != found)
            text += fmt::format("process {} is in {}\n", name, found);
    std::error_code error;
    for (fs::directory_iterator it(process / "fd", error), end; !error && it != end; it.increment(error)) {
        std::string held = link_text(it->path());
        bool is_own =
            std::any_of(own.begin(), own.end(), [&](const auto& each) { return each.second == held; });
        if (is_namespace(held) && !is_own)
            text += fmt::format("process {} holds {}\n", name, held);
    }
    return text;
}

std::string command_of(const fs::path& process) {
    std::ifstream file(process / "comm");
    std::string name;
    std::getline(file, name);
    return name;
}

/// In the machine itself, where /proc shows what is in it alone.
std::string look_around() {
    std::string text;
    auto own = namespaces_of("/proc/self");
    for (const auto& entry : fs::directory_iterator("/proc")) {
        std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos)
            continue;
        if (name != "1" && name != std::to_string(getpid()))
            text += fmt::format("process {} ({})\n", name, command_of(entry.path()));
        text += foreign_to(own, entry.path());
    }
    return text;
}

} // namespace

void furnish(const Machine& machine) {
    run_script(furnish_script, machine);
}

std::string host_state(const Machine& machine) {
    auto survey = [] {
        auto state = survey_machine();
        if (!state)
            throw std::runtime_error(describe(state.error()));
        std::erase_if(
            state->found,
            [](const auto& each) { // of tests that run at the same time, whose they are can't be told
                return each.first.first == MachinePart::cgroup &&
                       each.first.second.find("/netrig-") != std::string::npos;
            });
        return show(*state);
    };
    Ended surveyed = start_child(survey, {.machine = &machine}).wait();
    if (surveyed.status != 0)
        throw std::runtime_error("cannot survey the machine: " + surveyed.errors);
    return run_script(state_script, machine) + surveyed.output;
}

std::string left_behind(const Machine& machine) {
    Ended ended = start_child(look_around, {.machine = &machine}).wait();
    if (ended.status != 0)
        throw std::runtime_error("cannot look around in the machine: " + ended.errors);
    return ended.output;
}

} // namespace netrig
