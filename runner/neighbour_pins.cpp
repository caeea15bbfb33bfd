#include "runner/neighbour_pins.h"

#include "runner/link_messages.h"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <map>

namespace netrig {

namespace {

/// Entries of all labs together, well below gc_thresh3 (1,024): those of labs that are gone stay until the
/// kernel has taken their namespaces apart.
constexpr std::size_t most_learnt_by_all = 400;
/// So that a small lab never differs with the number of labs beside it.
constexpr std::size_t small_lab = 16;

/// Resolutions under way together. Each is a broadcast, of which a bridge makes a copy a port, and the kernel
/// queues at most 1,000 frames a processor (net.core.netdev_max_backlog, not ours to raise) and drops the
/// rest.
std::size_t most_at_once(const Topology& topology) {
    constexpr std::size_t queue = 800;
    std::map<std::size_t, std::size_t> sizes;
    std::size_t largest = 1;
    for (const Node& node : topology.nodes)
        for (const Interface& interface : node.interfaces)
            largest = std::max(largest, ++sizes[interface.segment]);
    return std::clamp<std::size_t>(queue / largest, 1, 100);
}

std::optional<IpAddress> address_in(const Interface& interface, const IpAddress& other) {
    for (const InterfaceAddress& given : interface.addresses)
        if (given.prefix.contains(other))
            return given.prefix.address;
    return std::nullopt;
}

} // namespace

NeighbourPins::NeighbourPins(const Topology& topology, std::vector<NodeNamespaces>& nodes,
                             unsigned labs_at_once)
    : topology_(topology), nodes_(nodes),
      most_learnt_(std::max(most_learnt_by_all / std::max(labs_at_once, 1U), small_lab)) {}

std::optional<NeighbourPins::Neighbour> NeighbourPins::on_link(const Flow& flow) const {
    const auto& interfaces = topology_.nodes[flow.from].interfaces;
    for (std::size_t i = 1; i < interfaces.size(); ++i)
        if (auto own = address_in(interfaces[i], flow.to);
            own && *own != flow.to && !interfaces[i].name.empty())
            return Neighbour{{flow.from, i}, flow.to};
    return std::nullopt;
}

/// The asker must know the asked, and the asked the asker.
std::set<NeighbourPins::Neighbour> NeighbourPins::needed_by(std::span<const Flow> flows) const {
    std::map<std::pair<std::size_t, IpAddress>, InterfaceRef> owners; // segment, address
    for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
        for (std::size_t i = 1; i < topology_.nodes[node].interfaces.size(); ++i)
            for (const InterfaceAddress& given : topology_.nodes[node].interfaces[i].addresses)
                owners[{topology_.nodes[node].interfaces[i].segment, given.prefix.address}] = {node, i};
    std::set<Neighbour> needed;
    for (const Flow& flow : flows) {
        auto there = on_link(flow);
        if (!there)
            continue;
        needed.insert(*there);
        const Interface& mine = topology_.at(there->asker);
        auto owner = owners.find({mine.segment, flow.to});
        if (owner != owners.end())
            needed.insert({owner->second, *address_in(mine, flow.to)});
    }
    return needed;
}

std::optional<MacAddress> NeighbourPins::learnt(const Neighbour& neighbour) {
    std::optional<MacAddress> mac;
    NetlinkMessage message = get_neighbour_message(topology_.at(neighbour.asker).index, neighbour.address);
    Status asked = nodes_[neighbour.asker.node].netlink.ask(
        message, "read a neighbour", [&](const nlmsghdr* header) { mac = read_neighbour(header); });
    return asked ? mac : std::nullopt;
}

Status NeighbourPins::pin(const Neighbour& neighbour, const MacAddress& mac) {
    NetlinkMessage message =
        permanent_neighbour_message(topology_.at(neighbour.asker).index, neighbour.address, mac);
    if (Status set = nodes_[neighbour.asker.node].netlink.request(message, "pin a neighbour"); !set)
        return set;
    pinned_.insert(neighbour);
    learnt_.erase(neighbour);
    return {};
}

Status NeighbourPins::release() {
    for (const Neighbour& neighbour : pinned_) {
        NetlinkMessage message =
            delete_neighbour_message(topology_.at(neighbour.asker).index, neighbour.address);
        Status gone = nodes_[neighbour.asker.node].netlink.request(message, "take a neighbour's pin away");
        if (!gone && gone.error().code != ENOENT && gone.error().code != ENODEV)
            return gone;
    }
    pinned_.clear();
    return {};
}

Result<std::vector<NeighbourPins::Same>> NeighbourPins::resolve_and_pin(std::span<const Same> sames,
                                                                        const Ping& ping) {
    std::vector<EchoRequest> requests;
    for (const Same& same : sames)
        requests.push_back({.from = same.front().asker.node,
                            .to = same.front().address,
                            .timeout = std::chrono::milliseconds(300)});
    if (auto answers = ping(requests); !answers)
        return failure(answers.error());
    std::vector<Same> unresolved;
    for (const Same& same : sames) {
        auto mac = learnt(same.front());
        if (!mac)
            unresolved.push_back(same);
        for (const Neighbour& neighbour : mac ? same : Same{})
            if (Status pinned = pin(neighbour, *mac); !pinned)
                return failure(pinned.error());
    }
    return unresolved;
}

/// A broadcast may be lost on a segment of a thousand ports, also when it is alone. Where only a few
/// addresses stay unresolved they are asked for again; where many do, that is how the network is.
Result<std::size_t> NeighbourPins::resolve_all(std::vector<Same> sames, const Ping& ping) {
    constexpr int rounds = 3;
    const std::size_t all = sames.size(), few = all / 20, step = most_at_once(topology_);
    for (int round = 0; round < rounds && !sames.empty() && (round == 0 || sames.size() <= few); ++round) {
        std::vector<Same> unresolved;
        for (std::size_t at = 0; at < sames.size(); at += step) {
            auto left =
                resolve_and_pin(std::span(sames).subspan(at, std::min(step, sames.size() - at)), ping);
            if (!left)
                return failure(left.error());
            unresolved.insert(unresolved.end(), left->begin(), left->end());
        }
        sames = std::move(unresolved);
    }
    return all - sames.size();
}

Result<std::optional<std::string>> NeighbourPins::prepare(std::span<const Flow> flows, const Ping& ping) {
    if (topology_.neighbours != NeighbourPolicy::automatic)
        return std::optional<std::string>();
    std::set<Neighbour> needed = needed_by(flows);
    for (const Neighbour& done : pinned_)
        needed.erase(done);
    std::set<Neighbour> learnt_then = learnt_;
    learnt_then.insert(needed.begin(), needed.end());
    if (learnt_then.size() <= most_learnt_) {
        learnt_ = std::move(learnt_then);
        return std::optional<std::string>();
    }
    // The same address may stand on two segments, as another node's.
    std::map<std::pair<std::size_t, IpAddress>, Same> by_address;
    for (const Neighbour& neighbour : needed)
        by_address[{topology_.at(neighbour.asker).segment, neighbour.address}].push_back(neighbour);
    std::vector<Same> sames;
    for (auto& [key, same] : by_address)
        sames.push_back(std::move(same));
    std::size_t before = pinned_.size();
    auto resolved = resolve_all(std::move(sames), ping);
    if (!resolved)
        return failure(resolved.error());
    return std::optional(
        fmt::format("{} addresses were resolved once and then pinned in {} neighbour entries, since the "
                    "kernel's table is too small for so many pairs",
                    *resolved, pinned_.size() - before));
}

} // namespace netrig
