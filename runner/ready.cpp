#include "runner/ready.h"

#include "runner/link_messages.h"
#include "runner/system_error.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <linux/rtnetlink.h>
#include <map>
#include <poll.h>
#include <set>
#include <utility>

namespace netrig {

namespace {

/// What a node's interfaces still lack.
struct Waiting {
    std::set<Ifindex> links;
    std::set<Ifindex> ipv6;
    std::set<Ifindex> ipv6_alone; ///< without a link-local address
    std::map<Ifindex, IpAddress> duplicates{};
    [[nodiscard]] bool addresses_over() const { return ipv6.empty() && ipv6_alone.empty(); }
    [[nodiscard]] bool over() const { return !duplicates.empty() || (links.empty() && addresses_over()); }
    [[nodiscard]] std::size_t count() const { return links.size() + ipv6.size() + ipv6_alone.size(); }
};

bool is_ready(const LinkReport& report) {
    return report.state == LinkState::up && report.operational && report.settled;
}

Status look_at_links(NodeNamespaces& node, std::set<Ifindex>& waiting) {
    NetlinkMessage message = dump_links_message();
    return node.netlink.ask(message, "read the links of " + node.name, [&](const nlmsghdr* header) {
        if (auto report = read_link(header); report && is_ready(*report))
            waiting.erase(report->index);
    });
}

Status look_at_addresses(NodeNamespaces& node, Waiting& waiting) {
    std::set<Ifindex> link_local, tentative;
    NetlinkMessage message = dump_addresses_message(Family::ipv6);
    std::string doing = "read the IPv6 addresses of " + node.name;
    Status asked = node.netlink.ask(message, doing, [&](const nlmsghdr* header) {
        auto report = read_address(header);
        if (report && report->duplicate)
            waiting.duplicates.emplace(report->index, report->address);
        if (report && report->tentative)
            tentative.insert(report->index);
        else if (report && report->link_local)
            link_local.insert(report->index);
    });
    std::erase_if(waiting.ipv6,
                  [&](Ifindex index) { return link_local.contains(index) && !tentative.contains(index); });
    std::erase_if(waiting.ipv6_alone, [&](Ifindex index) { return !tentative.contains(index); });
    return asked;
}

/// Takes out of `waiting` what the kernel says is ready.
Status look(NodeNamespaces& node, Waiting& waiting) {
    if (!waiting.links.empty())
        if (Status looked = look_at_links(node, waiting.links); !looked)
            return looked;
    return waiting.addresses_over() ? Status{} : look_at_addresses(node, waiting);
}

std::string names_of(const Waiting& waiting, NodeIndex node, const Topology& topology) {
    std::string names;
    for (std::size_t i = 0; i < topology.nodes[node].interfaces.size(); ++i) {
        Ifindex index = topology.nodes[node].interfaces[i].index;
        if (waiting.links.contains(index) || waiting.ipv6.contains(index) ||
            waiting.ipv6_alone.contains(index))
            names += fmt::format("{}{}", names.empty() ? "" : ", ", topology.show({node, i}));
    }
    return names;
}

/// An address that the kernel has found at another interface.
std::optional<Error> duplicate_in(const Waiting& waiting, NodeIndex node, const Topology& topology) {
    for (std::size_t i = 0; i < topology.nodes[node].interfaces.size(); ++i) {
        auto found = waiting.duplicates.find(topology.nodes[node].interfaces[i].index);
        if (found != waiting.duplicates.end())
            return Error{fmt::format("give {} the address {}", topology.show({node, i}), show(found->second)),
                         0,
                         "duplicate address detection found it at another interface of its network",
                         {}};
    }
    return std::nullopt;
}

/// Subscribes, looks again (what came between must not be missed) and then waits for what is told.
Status wait_in_node(NodeNamespaces& node, Waiting& waiting, std::chrono::nanoseconds at_most,
                    const StopRequest& stop) {
    const std::array<unsigned, 2> groups{RTNLGRP_LINK, RTNLGRP_IPV6_IFADDR};
    auto deadline = Clock::now() + at_most;
    std::size_t lacking = waiting.count();
    auto watcher = open_netlink(node, groups);
    if (!watcher)
        return failure(watcher.error());
    for (;;) {
        if (Status looked = look(node, waiting); !looked || waiting.over())
            return looked;
        if (std::exchange(lacking, waiting.count()) > waiting.count())
            deadline = Clock::now() + at_most;
        auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0)
            return {};
        std::array<pollfd, 2> poll_for{{{watcher->descriptor(), POLLIN, 0}, {stop.descriptor(), POLLIN, 0}}};
        if (poll(poll_for.data(), poll_for.size(), static_cast<int>(left.count())) < 0 && errno != EINTR)
            return system_failure("wait for link notifications in " + node.name);
        if (poll_for[1].revents != 0)
            return failure(told_to_end());
        watcher->drain();
    }
}

} // namespace

Status await_ready(const AwaitReady& op, std::vector<NodeNamespaces>& nodes, const Topology& topology,
                   std::chrono::nanoseconds at_most, const StopRequest& stop) {
    std::map<NodeIndex, Waiting> waiting;
    for (InterfaceRef ref : op.interfaces)
        waiting[ref.node].links.insert(topology.at(ref).index);
    for (InterfaceRef ref : op.ipv6)
        waiting[ref.node].ipv6.insert(topology.at(ref).index);
    for (InterfaceRef ref : op.ipv6_alone)
        waiting[ref.node].ipv6_alone.insert(topology.at(ref).index);
    for (auto& [node, interfaces] : waiting) {
        if (Status looked = look(nodes[node], interfaces); !looked)
            return looked;
        if (!interfaces.over())
            if (Status waited = wait_in_node(nodes[node], interfaces, at_most, stop); !waited)
                return waited;
        if (auto duplicate = duplicate_in(interfaces, node, topology))
            return failure(std::move(*duplicate));
        if (!interfaces.over())
            return failure({fmt::format("get {} ready", names_of(interfaces, node, topology)),
                            0,
                            interfaces.links.empty() ? "IPv6 addresses stayed tentative"
                                                     : "the carrier did not come within the time",
                            {}});
    }
    return {};
}

} // namespace netrig
