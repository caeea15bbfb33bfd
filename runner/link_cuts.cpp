#include "runner/link_cuts.h"

#include "runner/link_messages.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace netrig {

namespace {

constexpr const char *cut = "cut", *fence = "apart"; // what rules are for

/// Of an interface alone, or of a host alone: it tells no sender apart.
bool says_nothing(const AddressReport& report) {
    const auto& bytes = report.address.bytes;
    if (report.address.family == Family::ipv6)
        return report.link_local || report.address == loopback(Family::ipv6);
    return bytes[0] == 127 || (bytes[0] == 169 && bytes[1] == 254); // RFC 1122, 3927
}

/// "ether saddr { … }" of those that nobody has who may be heard; nothing where there are none.
template <class MayBeHeard>
void add_match(const char* field, const std::map<std::string, std::set<NodeIndex>>& owners,
               MayBeHeard may_be_heard, std::vector<std::string>& matches) {
    std::vector<std::string> found;
    for (const auto& [address, nodes] : owners)
        if (std::none_of(nodes.begin(), nodes.end(), may_be_heard))
            found.push_back(address);
    if (!found.empty())
        matches.push_back(fmt::format("{} {{ {} }}", field, fmt::join(found, ", ")));
}

struct Stopped {
    std::string what;
    Result<std::uint64_t> lost;
};

/// A line each, or one for all where they are many; `together` has a place for their number.
void append_lines(const char* word, const char* together, const std::vector<Stopped>& all,
                  std::vector<std::string>& lines) {
    constexpr std::size_t many = 16;
    std::uint64_t sum = 0;
    for (const Stopped& each : all) {
        sum += each.lost.value_or(0);
        if (all.size() <= many || !each.lost)
            lines.push_back(
                fmt::format("{}: {}: {}", word, each.what,
                            each.lost ? fmt::format("{} lost", *each.lost) : describe(each.lost.error())));
    }
    if (all.size() > many)
        lines.push_back(
            fmt::format("{}: {}: {} lost", word, fmt::format(fmt::runtime(together), all.size()), sum));
}

InterfaceRef other_end(const Link& link, InterfaceRef end) {
    return link.ends[link.ends[0] == end ? 1 : 0];
}

} // namespace

Result<DropPlace> LinkCuts::place_of_peer(InterfaceRef sender) {
    const Link* link = means_.topology.link_of(sender);
    if (link == nullptr)
        return failure({"find the other end of " + means_.topology.show(sender), ENODEV, {}, {}});
    return find_place(other_end(*link, sender), means_.topology, means_.nodes);
}

/// Makes it so that what it sends vanishes if anything asks for that, and passes if nothing does.
Status LinkCuts::settle(InterfaceRef sender) {
    bool wanted = cut_.contains(sender) || apart_.contains(sender);
    if (wanted == gone_.contains(sender))
        return {};
    Status done;
    if (auto wire = means_.wires.find(sender); wire != means_.wires.end())
        done = means_.relay->set_cut(wire->second, wanted);
    else if (auto place = place_of_peer(sender))
        done = wanted ? means_.rules.set(cut, {""}, *place) : means_.rules.clear(cut, *place);
    else if (wanted) // else its rules are gone with the interface
        done = failure(place.error());
    if (done && wanted)
        gone_.insert(sender);
    else if (done)
        gone_.erase(sender);
    return done;
}

Status LinkCuts::settle_all(const std::set<InterfaceRef>& senders) {
    for (InterfaceRef sender : senders)
        if (Status done = settle(sender);
            !done && done.error().code != ENODEV) // a deleted link carries nothing
            return done;
    return {};
}

Status LinkCuts::set_cut(InterfaceRef sender, bool wanted) {
    if (wanted)
        cut_.insert(sender);
    else
        cut_.erase(sender);
    Status done = settle(sender);
    if (!done && wanted)
        cut_.erase(sender);
    return done;
}

Result<LinkCuts::Addresses> LinkCuts::addresses() {
    Addresses found;
    for (NodeIndex node = 0; node < means_.nodes.size(); ++node) {
        NetlinkSocket& socket = means_.nodes[node].netlink;
        NetlinkMessage links = dump_links_message(), all = dump_addresses_message(std::nullopt);
        Status asked = socket.ask(links, "read the links", [&](const nlmsghdr* header) {
            if (auto report = read_link(header); report && report->mac && *report->mac != MacAddress{})
                found.mac[show(*report->mac)].insert(node);
        });
        if (asked)
            asked = socket.ask(all, "read the addresses", [&](const nlmsghdr* header) {
                auto report = read_address(header);
                if (!report || says_nothing(*report))
                    return;
                Owners& owners = report->address.family == Family::ipv4 ? found.ipv4 : found.ipv6;
                owners[show(report->address)].insert(node);
            });
        if (!asked)
            return failure(asked.error());
    }
    return found;
}

Status LinkCuts::keep_apart(const Groups& group_of) {
    auto all = addresses();
    if (!all)
        return failure(all.error());
    std::set<InterfaceRef> fenced;
    for (const Link& link : means_.topology.links)
        for (InterfaceRef receiver : link.ends) {
            auto own = group_of.find(receiver.node);
            if (own == group_of.end() || group_of.contains(other_end(link, receiver).node))
                continue;
            auto may_be_heard = [&](NodeIndex node) {
                auto group = group_of.find(node);
                return group == group_of.end() || group->second == own->second;
            };
            std::vector<std::string> matches;
            add_match("ether saddr", all->mac, may_be_heard, matches);
            add_match("ip saddr", all->ipv4, may_be_heard, matches);
            add_match("ip6 saddr", all->ipv6, may_be_heard, matches);
            auto place = find_place(receiver, means_.topology, means_.nodes);
            if (!place && place.error().code == ENODEV)
                continue; // it was deleted
            Status done = place ? means_.rules.set(fence, matches, *place) : failure(place.error());
            if (!done)
                return done;
            fenced.insert(receiver);
            fenced_.insert(receiver);
        }
    return clear_fences(fenced);
}

Status LinkCuts::clear_fences(const std::set<InterfaceRef>& kept) {
    for (InterfaceRef receiver : std::set(fenced_)) {
        if (kept.contains(receiver))
            continue;
        auto place = find_place(receiver, means_.topology, means_.nodes);
        if (Status done = place ? means_.rules.clear(fence, *place) : Status(); !done)
            return done;
        fenced_.erase(receiver);
    }
    return {};
}

Status LinkCuts::partition(std::span<const std::vector<NodeIndex>> groups) {
    Groups group_of;
    for (std::size_t group = 0; group < groups.size(); ++group)
        for (NodeIndex node : groups[group])
            group_of[node] = group;
    std::set<InterfaceRef> concerned = std::exchange(apart_, {});
    for (const Link& link : means_.topology.links) {
        auto first = group_of.find(link.ends[0].node), second = group_of.find(link.ends[1].node);
        if (first != group_of.end() && second != group_of.end() && first->second != second->second)
            apart_.insert(link.ends.begin(), link.ends.end());
    }
    concerned.insert(apart_.begin(), apart_.end());
    if (Status kept = keep_apart(group_of); !kept)
        return kept;
    return settle_all(concerned);
}

Status LinkCuts::heal_all() {
    cut_.clear();
    apart_.clear();
    if (Status cleared = clear_fences({}); !cleared)
        return cleared;
    return settle_all(std::set(gone_));
}

Result<std::uint64_t> LinkCuts::count(InterfaceRef sender, const std::vector<WireCounts>& wires) {
    if (auto wire = means_.wires.find(sender); wire != means_.wires.end())
        return wires.empty() ? 0 : wires.at(2 * wire->second.link + wire->second.sender).cut;
    auto place = place_of_peer(sender);
    return place ? means_.rules.count(cut, *place) : failure(place.error());
}

std::vector<std::string> LinkCuts::report(const std::vector<WireCounts>& wires) {
    std::vector<Stopped> cuts, between, fences;
    for (InterfaceRef sender : gone_)
        (cut_.contains(sender) ? cuts : between)
            .push_back({fmt::format("what {} sends", means_.topology.show(sender)), count(sender, wires)});
    for (InterfaceRef receiver : fenced_) {
        auto place = find_place(receiver, means_.topology, means_.nodes);
        fences.push_back({fmt::format("what comes to {} from another group", means_.topology.show(receiver)),
                          place ? means_.rules.count(fence, *place) : failure(place.error())});
    }
    std::vector<std::string> lines;
    append_lines("cut", "what {} ends of links send", cuts, lines);
    append_lines("kept apart", "what {} ends of links send", between, lines);
    append_lines("kept apart", "what comes to {} interfaces from another group", fences, lines);
    return lines;
}

} // namespace netrig
