#include "runner/node_groups.h"

#include "runner/cgroups.h"
#include "runner/pipe.h"
#include "runner/system_error.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netrig {

namespace {

constexpr int cpu_period = 100'000; // us

/// One file of a group, and what is written there.
struct Knob {
    std::string file, value;
};

struct Wanted {
    std::string_view controller;
    Knob version_1, version_2;
};

std::vector<Wanted> wanted_by(const NodeLimits& limits) {
    std::vector<Wanted> wanted;
    if (limits.memory) {
        std::string bytes = std::to_string(*limits.memory);
        wanted.push_back({"memory", {"memory.limit_in_bytes", bytes}, {"memory.max", bytes}});
    }
    if (limits.cpu_percent) {
        std::string quota = std::to_string(*limits.cpu_percent * (cpu_period / 100));
        wanted.push_back(
            {"cpu", {"cpu.cfs_quota_us", quota}, {"cpu.max", fmt::format("{} {}", quota, cpu_period)}});
    }
    if (limits.processes) {
        std::string most = std::to_string(*limits.processes);
        wanted.push_back({"pids", {"pids.max", most}, {"pids.max", most}});
    }
    return wanted;
}

/// One change to the file system of groups: a folder made, or a text written to a file.
struct Step {
    NodeIndex node = 0;
    std::string path;
    std::optional<std::string> text; ///< nothing: a folder
};

Status perform(const Step& step) {
    if (!step.text)
        return mkdir(step.path.c_str(), 0755) == 0 ? Status{}
                                                   : Status(system_failure("make the group " + step.path));
    Fd file(open(step.path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.valid() || write(file.get(), step.text->data(), step.text->size()) < 0)
        return system_failure(fmt::format("write {} to {}", *step.text, step.path));
    return {};
}

/// What is to be done, worked out before anything is: whoever removes the groups must know them first.
class GroupPlan {
public:
    explicit GroupPlan(const Topology& topology) : joining(topology.nodes.size()) {
        static std::atomic<unsigned> count{0};
        name_ = fmt::format("{}{}", group_prefix(), ++count);
    }

    Status add(NodeIndex node, const NodeLimits& limits) {
        for (const Wanted& wanted : wanted_by(limits)) {
            auto place = find_controller(wanted.controller);
            if (!place)
                return failure(place.error());
            std::string lab = place->folder + "/" + name_, group = fmt::format("{}/{}", lab, node);
            add_folder(node, lab);
            if (place->version == 2)
                steps.push_back(
                    {node, lab + "/cgroup.subtree_control", fmt::format("+{}", wanted.controller)});
            add_folder(node, group);
            const Knob& knob = place->version == 2 ? wanted.version_2 : wanted.version_1;
            steps.push_back({node, group + "/" + knob.file, knob.value});
            std::string file = group + "/cgroup.procs";
            if (std::find(joining[node].begin(), joining[node].end(), file) == joining[node].end())
                joining[node].push_back(file);
        }
        return {};
    }

    std::vector<Step> steps;
    std::vector<std::string> folders; ///< parents before their children
    std::vector<std::vector<std::string>> joining;

private:
    void add_folder(NodeIndex node, const std::string& folder) {
        if (std::find(folders.begin(), folders.end(), folder) != folders.end())
            return;
        folders.push_back(folder);
        steps.push_back({node, folder, {}});
    }

    std::string name_;
};

/// Removes the groups when the pipe ends, as soon as their last processes are gone.
[[noreturn]] void keep(const Fd& end, const std::vector<std::string>& folders) {
    setsid();
    prctl(PR_SET_NAME, "netrig-keeper");
    for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE})
        ::signal(signal, SIG_IGN);
    char none = 0;
    while (read(end.get(), &none, 1) < 0 && errno == EINTR) {
    }
    constexpr timespec pause{0, 5'000'000};
    constexpr int tries = 1'000; // five seconds
    for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder)
        for (int i = 0; i < tries && rmdir(folder->c_str()) != 0 && errno == EBUSY; ++i)
            nanosleep(&pause, nullptr);
    _exit(0);
}

} // namespace

Status NodeGroups::start_keeper(const std::vector<std::string>& folders) {
    auto pipe = make_pipe("make a pipe");
    if (!pipe)
        return failure(pipe.error());
    end_ = std::move(pipe->write);
    keeper_ = fork();
    if (keeper_ < 0)
        return system_failure("start the process that removes control groups");
    if (keeper_ == 0) {
        dup2(pipe->read.release(), 0);
        syscall(SYS_close_range, 1, ~0U, 0);
        keep(Fd(0), folders);
    }
    return {};
}

Result<NodeGroups> NodeGroups::make(const Topology& topology) {
    GroupPlan plan(topology);
    auto in_context = [&](NodeIndex node, Error error) {
        error.doing = fmt::format("limit what {} may use: {}", topology.nodes[node].name, error.doing);
        return failure(std::move(error));
    };
    for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
        if (const auto& limits = topology.nodes[node].limits)
            if (Status added = plan.add(node, *limits); !added)
                return in_context(node, added.error());
    NodeGroups groups;
    if (Status started = groups.start_keeper(plan.folders); !started)
        return failure(started.error());
    for (const Step& step : plan.steps)
        if (Status done = perform(step); !done)
            return in_context(step.node, done.error());
    groups.joining_ = std::move(plan.joining);
    return groups;
}

NodeGroups& NodeGroups::operator=(NodeGroups&& other) noexcept {
    std::swap(joining_, other.joining_);
    std::swap(keeper_, other.keeper_);
    std::swap(end_, other.end_);
    return *this;
}

NodeGroups::~NodeGroups() {
    end_.reset();
    if (keeper_ > 0)
        while (waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
        }
}

std::string group_prefix() {
    return fmt::format("netrig-{}-", getpid());
}

bool has_limits(const Topology& topology) {
    return std::any_of(topology.nodes.begin(), topology.nodes.end(),
                       [](const Node& node) { return node.limits.has_value(); });
}

} // namespace netrig
