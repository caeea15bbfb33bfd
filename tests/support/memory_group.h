// A memory cgroup of a test's own with a small limit, below the one that the test is in (cgroups(7), version
// 1 or 2). Most users may make none, and version 2 only where the controller is given to children.
#pragma once

#include "core/result.h"
#include "runner/fd.h"
#include "tests/support/wait_until.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace netrig {

class MemoryGroup {
public:
    static Result<MemoryGroup> make(unsigned long long bytes) {
        for (const auto& [own, limit] : {std::pair(own_folder("memory"), "memory.limit_in_bytes"),
                                         std::pair(own_folder(""), "memory.max")}) {
            MemoryGroup group(own + "/netrig-test-" + std::to_string(getpid()));
            if (own.empty() || mkdir(group.path_.c_str(), 0755) != 0)
                continue;
            group.made_ = true;
            if (std::ofstream(group.path_ + "/" + limit) << bytes << std::flush)
                return group;
        }
        return failure({"make a memory cgroup", EPERM, {}, {}});
    }

    MemoryGroup(MemoryGroup&& other) noexcept
        : path_(std::move(other.path_)), made_(std::exchange(other.made_, false)) {}
    MemoryGroup& operator=(MemoryGroup&&) = delete;
    ~MemoryGroup() {
        if (made_)
            wait_until([&] { return rmdir(path_.c_str()) == 0; }); // a process may be on its way out
    }

    /// For a child: what it calls to go into the group, with all its children.
    [[nodiscard]] auto entry() const {
        auto file = std::make_shared<Fd>(open((path_ + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
        return [file] {
            if (write(file->get(), "0", 1) != 1)
                throw std::runtime_error("cannot enter the memory cgroup");
        };
    }

private:
    explicit MemoryGroup(std::string path) : path_(std::move(path)) {}

    static bool is_of(const std::string& options, const std::string& controller) {
        std::istringstream words(options);
        for (std::string word; std::getline(words, word, ',');)
            if (word == controller)
                return true;
        return false;
    }

    /// The folder of the test's own group of a version 1 controller, or of version 2 for "". Empty for none.
    static std::string own_folder(const std::string& controller) {
        std::string path, mounted_at;
        std::ifstream groups("/proc/self/cgroup");
        for (std::string line; std::getline(groups, line);) {
            std::size_t first = line.find(':'), second = line.find(':', first + 1);
            std::string controllers = line.substr(first + 1, second - first - 1);
            if (controller.empty() ? controllers.empty() : is_of(controllers, controller))
                path = line.substr(second + 1);
        }
        std::ifstream mounts("/proc/self/mounts");
        for (std::string line; std::getline(mounts, line);) {
            std::istringstream words(line);
            std::string source, where, type, options;
            words >> source >> where >> type >> options;
            if (controller.empty() ? type == "cgroup2" : type == "cgroup" && is_of(options, controller))
                mounted_at = where;
        }
        std::string folder = mounted_at + path;
        return !mounted_at.empty() && std::filesystem::is_directory(folder) ? folder : "";
    }

    std::string path_;
    bool made_ = false;
};

} // namespace netrig
