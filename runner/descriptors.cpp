#include "runner/descriptors.h"

#include "runner/fd.h"
#include "runner/node_groups.h"

#include <algorithm>
#include <concepts>
#include <fcntl.h>
#include <fmt/format.h>
#include <set>
#include <sys/resource.h>

namespace netrig {

namespace {

constexpr std::size_t always = 100;  // standard ones, pipes, the lab's own namespaces, loops
constexpr std::size_t a_node = 4;    // its three namespaces and a netlink socket
constexpr std::size_t a_watched = 1; // a netlink socket of its own for what changes
constexpr std::size_t a_limited = 3; // its control groups, of version 1
constexpr std::size_t a_relayed = 4; // a link's taps, and what hears of their ends
constexpr std::size_t a_command = 7; // both ends of three pipes, and a process
constexpr std::size_t some_clients = 64;

/// Sockets of a probe: one in each node that is named, and of each family that it may come to.
std::size_t sockets_of(const Between& between, FamilyChoice family) {
    bool one = family == FamilyChoice::ipv4 || family == FamilyChoice::ipv6;
    return (between.from.size() + between.to.size()) * (one ? 1 : 2);
}

/// Of a step, beside what the nodes have.
struct OfStep {
    std::size_t operator()(const Ping& ping) const { return sockets_of(ping.between, ping.family); }
    std::size_t operator()(const Reach& reach) const {
        std::set<NodeIndex> nodes;
        for (const Reach::Row& row : reach.rows)
            for (const Reach::Cell& cell : row.cells)
                for (const auto* side : {&cell.between.from, &cell.between.to})
                    for (const Endpoint& endpoint : *side)
                        nodes.insert(endpoint.node.value_or(0));
        return nodes.size() * 2 + some_clients;
    }
    std::size_t operator()(const Path& path) const { return sockets_of(path.between, path.family); }
    std::size_t operator()(const PathMtu& probe) const { return sockets_of(probe.between, probe.family); }
    std::size_t operator()(const Exec& exec) const { return exec.on.size() * a_command; }
    template <class Other>
    std::size_t operator()(const Other& other) const {
        if constexpr (std::derived_from<Other, Exchange>)
            return sockets_of(other.between, other.family) + some_clients;
        return 0;
    }
};

rlimit own_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit); // of a valid number it does not fail
    return limit;
}

} // namespace

std::size_t descriptors_for(const Scenario& scenario) {
    std::size_t most = 0;
    bool waits = false;
    for (const Test& test : scenario.tests)
        for (const Step& step : test.steps) {
            most = std::max(most, std::visit(OfStep{}, step.verb));
            waits = waits || step.within;
        }
    const Topology& topology = scenario.topology;
    auto relayed = std::count_if(topology.links.begin(), topology.links.end(),
                                 [](const Link& link) { return link.relayed; });
    return always + topology.nodes.size() * (a_node + (waits ? a_watched : 0)) +
           (has_limits(topology) ? topology.nodes.size() * a_limited : 0) +
           static_cast<std::size_t>(relayed) * a_relayed + most;
}

DescriptorLimit descriptor_limit() {
    constexpr std::size_t probes_a_node = 2;
    auto hard = static_cast<std::size_t>(own_limit().rlim_max);
    std::size_t left = hard - std::min(hard, always);
    return {hard, left / (a_node + a_watched + probes_a_node)};
}

Status make_room_for_descriptors(std::size_t needed, const std::string& what) {
    rlimit limit = own_limit();
    if (needed <= limit.rlim_cur)
        return {};
    if (needed > limit.rlim_max)
        return failure(
            {fmt::format("give {} its descriptors", what), 0,
             fmt::format("it may need {}, and the hard limit of open files is {}", needed, limit.rlim_max),
             fmt::format("raise it: 'ulimit -Hn {0}' as root, 'LimitNOFILE={0}' of a service, or "
                         "'--ulimit nofile={0}' of a container",
                         needed)});
    limit.rlim_cur = needed;
    setrlimit(RLIMIT_NOFILE, &limit); // up to the hard limit it may
    return {};
}

std::size_t descriptors_left() {
    Fd lowest_free(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)); // nearly all below it are taken
    auto soft = static_cast<std::size_t>(own_limit().rlim_cur);
    return lowest_free.valid() ? soft - std::min(soft, static_cast<std::size_t>(lowest_free.get())) : 0;
}

} // namespace netrig
