#include "runner/ready.h"

#include "runner/link_messages.h"
#include "runner/system_error.h"

#include <algorithm>
#include <fmt/format.h>
#include <linux/rtnetlink.h>
#include <map>
#include <poll.h>
#include <set>

namespace netrig {

namespace {

using Waiting = std::set<Ifindex>;

bool is_ready(const LinkReport& report) {
    return report.state == LinkState::up && report.operational && report.forwarding;
}

/// Takes out of `waiting` what the kernel says is ready.
Status look(NetlinkSocket& socket, Waiting& waiting) {
    NetlinkMessage message = dump_links_message();
    return socket.ask(message, "read the links", [&](const nlmsghdr* header) {
        if (auto report = read_link(header); report && is_ready(*report))
            waiting.erase(report->index);
    });
}

std::string names_of(const Waiting& waiting, NodeIndex node, const Topology& topology) {
    std::string names;
    for (std::size_t i = 0; i < topology.nodes[node].interfaces.size(); ++i)
        if (waiting.contains(topology.nodes[node].interfaces[i].index))
            names += fmt::format("{}{}", names.empty() ? "" : ", ", topology.show({node, i}));
    return names;
}

/// Subscribes, looks again (what came between must not be missed) and then waits for what is told.
Status wait_in_node(NetlinkSocket& requests, const NodeNamespaces& node, Waiting& waiting,
                    const HomeNamespaces& home, Clock::time_point deadline) {
    auto visit = NetworkVisit::enter(node, home);
    if (!visit)
        return failure(visit.error());
    const std::array<unsigned, 1> groups{RTNLGRP_LINK};
    auto watcher = NetlinkSocket::open(groups);
    if (!watcher)
        return failure(watcher.error());
    for (;;) {
        if (Status looked = look(requests, waiting); !looked || waiting.empty())
            return looked;
        auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0)
            return {};
        pollfd poll_for{watcher->descriptor(), POLLIN, 0};
        if (poll(&poll_for, 1, static_cast<int>(left.count())) < 0 && errno != EINTR)
            return system_failure("wait for link notifications");
        watcher->drain();
    }
}

} // namespace

Status await_ready(const AwaitReady& op, std::vector<NodeNamespaces>& nodes, const Topology& topology,
                   const HomeNamespaces& home, std::chrono::nanoseconds at_most) {
    auto deadline = Clock::now() + at_most;
    std::map<NodeIndex, Waiting> waiting;
    for (InterfaceRef ref : op.interfaces)
        waiting[ref.node].insert(topology.at(ref).index);
    for (auto& [node, interfaces] : waiting) {
        NetlinkSocket& socket = nodes[node].netlink;
        if (Status looked = look(socket, interfaces); !looked)
            return looked;
        if (interfaces.empty())
            continue;
        if (Status waited = wait_in_node(socket, nodes[node], interfaces, home, deadline); !waited)
            return waited;
        if (!interfaces.empty())
            return failure({fmt::format("get {} ready", names_of(interfaces, node, topology)),
                            0,
                            "the carrier did not come within the time",
                            {}});
    }
    return {};
}

} // namespace netrig
