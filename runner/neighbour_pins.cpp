#include "runner/neighbour_pins.h"

#include "runner/link_messages.h"

#include <fmt/format.h>
#include <map>

namespace netrig {

namespace {

/// Well below gc_thresh3 (1,024), since other labs of the machine share the table.
constexpr std::size_t most_unpinned = 400;

std::optional<IpAddress> address_in(const Interface& interface, const IpAddress& other) {
    for (const InterfaceAddress& given : interface.addresses)
        if (given.prefix.contains(other))
            return given.prefix.address;
    return std::nullopt;
}

} // namespace

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

Result<std::optional<std::string>> NeighbourPins::prepare(std::span<const Flow> flows, const Ping& ping) {
    if (flows.size() <= most_unpinned / 2)
        return std::optional<std::string>();
    std::set<Neighbour> needed = needed_by(flows);
    for (const Neighbour& done : pinned_)
        needed.erase(done);
    if (needed.size() <= most_unpinned)
        return std::optional<std::string>();
    std::map<IpAddress, Neighbour> askers; // one real resolution for each address
    for (const Neighbour& neighbour : needed)
        askers.try_emplace(neighbour.address, neighbour);
    std::vector<EchoRequest> requests;
    for (const auto& [address, asker] : askers)
        requests.push_back(
            {.from = asker.asker.node, .to = address, .timeout = std::chrono::milliseconds(300)});
    if (auto answers = ping(requests); !answers)
        return failure(answers.error());
    std::map<IpAddress, MacAddress> macs;
    for (const auto& [address, asker] : askers)
        if (auto mac = learnt(asker))
            macs[address] = *mac;
    std::size_t count = 0;
    for (const Neighbour& neighbour : needed) {
        auto mac = macs.find(neighbour.address);
        if (mac == macs.end())
            continue;
        NetlinkMessage message =
            permanent_neighbour_message(topology_.at(neighbour.asker).index, neighbour.address, mac->second);
        if (Status set = nodes_[neighbour.asker.node].netlink.request(message, "pin a neighbour"); !set)
            return failure(set.error());
        pinned_.insert(neighbour);
        ++count;
    }
    return std::optional(
        fmt::format("{} addresses were resolved once and then pinned in {} neighbour entries, since the "
                    "kernel's table is too small for so many pairs",
                    macs.size(), count));
}

} // namespace netrig
