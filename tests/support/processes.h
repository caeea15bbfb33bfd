// Processes as /proc shows them to the test.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/types.h>
#include <vector>

namespace netrig {

/// 0 when there is no such process.
inline pid_t parent_of(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string text;
    std::getline(file, text);
    // proc_pid_stat(5): after the name in parentheses come the state and the parent.
    std::size_t end = text.rfind(") ");
    return end == std::string::npos ? 0 : std::stoi(text.substr(end + 4));
}

inline std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> children;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") == std::string::npos && parent_of(std::stoi(name)) == parent)
            children.push_back(std::stoi(name));
    }
    return children;
}

/// The first process of a run's lab, 0 before there is one; and the process in it that does the work. The
/// last child, since the lab in which features were asked for may not be reaped yet.
inline pid_t reaper_of(pid_t run) {
    auto labs = children_of(run);
    return labs.empty() ? 0 : *std::max_element(labs.begin(), labs.end());
}

inline pid_t engine_of(pid_t run) {
    pid_t reaper = reaper_of(run);
    auto engines = reaper == 0 ? std::vector<pid_t>() : children_of(reaper);
    return engines.empty() ? 0 : engines.front();
}

} // namespace netrig
