#include "runner/node_state.h"

#include "runner/find_interface.h"
#include "runner/link_messages.h"
#include "runner/nft_counters.h"
#include "runner/nftables.h"
#include "runner/socket_survey.h"
#include "runner/state_messages.h"
#include "runner/sysctls.h"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <linux/rtnetlink.h>

namespace netrig {

namespace {

std::optional<Rule> read_named_rule(const nlmsghdr* header, const LinkNames&) {
    return read_rule(header);
}

/// What the kernel keeps of single destinations is no entry.
std::optional<FoundRoute> read_entry(const nlmsghdr* header, const LinkNames& names) {
    auto route = read_found_route(header, names);
    bool cloned =
        route && (static_cast<const rtmsg*>(mnl_nlmsg_get_payload(header))->rtm_flags & RTM_F_CLONED) != 0;
    return cloned ? std::nullopt : route;
}

FoundRoute refusing(RouteKind kind) {
    FoundRoute route;
    route.kind = kind;
    return route;
}

bool covers(const std::optional<Prefix>& prefix, const IpAddress& address) {
    return !prefix || prefix->contains(address);
}

} // namespace

std::string LiveNodeState::doing(NodeIndex node, std::string_view what) const {
    return fmt::format("read {} of {}", what, nodes_[node].name);
}

Status LiveNodeState::dump(NodeIndex node, NetlinkMessage (*message)(), const std::string& doing,
                           const std::function<void()>& begin, const Visit& visit) {
    constexpr int most_tries = 10;
    for (int tries = 0; tries < most_tries; ++tries) {
        bool whole = true;
        begin();
        NetlinkMessage request = message();
        Status asked = nodes_[node].netlink.ask(request, doing, [&](const nlmsghdr* header) {
            whole = whole && (header->nlmsg_flags & NLM_F_DUMP_INTR) == 0;
            visit(header);
        });
        if (!asked || whole)
            return asked;
    }
    return failure({doing, 0, "it changed each time while it was read", {}});
}

Result<LinkNames> LiveNodeState::link_names(NodeIndex node) {
    LinkNames names;
    Status asked = dump(
        node, dump_links_message, doing(node, "the interfaces"), [&] { names.clear(); },
        [&](const nlmsghdr* header) {
            if (auto report = read_link(header))
                names[report->index] = report->name;
        });
    return asked ? Result<LinkNames>(std::move(names)) : failure(asked.error());
}

template <class Found>
Result<std::vector<Found>>
LiveNodeState::dump_all(NodeIndex node, NetlinkMessage (*message)(), const char* what,
                        std::optional<Found> (*read)(const nlmsghdr*, const LinkNames&)) {
    auto names = link_names(node);
    if (!names)
        return failure(names.error());
    std::vector<Found> all;
    Status asked = dump(
        node, message, doing(node, what), [&] { all.clear(); },
        [&](const nlmsghdr* header) {
            if (auto found = read(header, *names))
                all.push_back(std::move(*found));
        });
    return asked ? Result<std::vector<Found>>(std::move(all)) : failure(asked.error());
}

Result<std::vector<FoundAddress>> LiveNodeState::addresses(NodeIndex node) {
    return dump_all(node, dump_addresses_message, "the addresses", read_found_address);
}

Result<std::vector<FoundRoute>> LiveNodeState::routes(NodeIndex node) {
    return dump_all(node, dump_routes_message, "the routes", read_entry);
}

Result<std::vector<FoundNeighbour>> LiveNodeState::neighbours(NodeIndex node) {
    return dump_all(node, dump_neighbours_message, "the neighbours", read_found_neighbour);
}

Result<std::vector<FoundFdbEntry>> LiveNodeState::fdb(NodeIndex node) {
    return dump_all(node, dump_fdb_message, "the forwarding tables", read_fdb_entry);
}

Result<std::vector<Rule>> LiveNodeState::rules(NodeIndex node) {
    return dump_all(node, dump_rules_message, "the rules", read_named_rule);
}

Result<std::map<std::string, MacAddress>> LiveNodeState::macs(NodeIndex node) {
    std::map<std::string, MacAddress> macs;
    Status asked = dump(
        node, dump_links_message, doing(node, "the interfaces"), [&] { macs.clear(); },
        [&](const nlmsghdr* header) {
            auto report = read_link(header);
            auto mac = read_link_mac(header);
            if (report && mac)
                macs[report->name] = *mac;
        });
    return asked ? Result<std::map<std::string, MacAddress>>(std::move(macs)) : failure(asked.error());
}

Result<FoundRoute> LiveNodeState::ask_route(NodeIndex node, NetlinkMessage message,
                                            const std::string& doing) {
    auto names = link_names(node);
    if (!names)
        return failure(names.error());
    std::optional<FoundRoute> found;
    Status asked = nodes_[node].netlink.ask(message, doing, [&](const nlmsghdr* header) {
        if (auto route = read_found_route(header, *names))
            found = std::move(route);
    });
    if (!asked)
        return failure(asked.error());
    return found ? Result<FoundRoute>(std::move(*found))
                 : failure({doing, 0, "the kernel did not answer", {}});
}

Result<std::optional<FoundRoute>> LiveNodeState::refused(NodeIndex node, const RouteQuestion& question,
                                                         const Error& error) {
    switch (error.code) {
    case ENETUNREACH:
        return std::optional<FoundRoute>();
    case EHOSTUNREACH:
        return std::optional(refusing(RouteKind::unreachable));
    case EACCES:
        return std::optional(refusing(RouteKind::prohibit));
    case EINVAL:
        break;
    default:
        return failure(error);
    }
    // Of a black hole, and also of a question that makes no sense: then nothing of the node's is one.
    auto entries = routes(node);
    auto policy = rules(node);
    if (!entries || !policy)
        return failure(entries ? policy.error() : entries.error());
    bool by_entry = std::any_of(entries->begin(), entries->end(), [&](const FoundRoute& route) {
        return route.kind == RouteKind::blackhole && covers(route.destination, question.to);
    });
    bool by_rule = std::any_of(policy->begin(), policy->end(), [&](const Rule& rule) {
        return rule.action == RuleAction::blackhole && rule.family == question.to.family &&
               covers(rule.to, question.to);
    });
    if (by_entry || by_rule)
        return std::optional(refusing(RouteKind::blackhole));
    Error words = error;
    if (question.from && question.iif.empty())
        words.help =
            fmt::format("is {} an address of {}? A packet from elsewhere comes in by some interface: 'iif'",
                        show(*question.from), nodes_[node].name);
    return failure(std::move(words));
}

Result<std::optional<FoundRoute>> LiveNodeState::look_up(NodeIndex node, const RouteQuestion& question) {
    std::string asking = fmt::format("look up {} in {}", show(question.to), nodes_[node].name);
    Ifindex iif = 0;
    if (!question.iif.empty()) {
        auto index = find_interface(nodes_[node].netlink, question.iif, asking + " from " + question.iif);
        if (!index)
            return failure(index.error());
        iif = *index;
    }
    auto entry = ask_route(node, look_up_message(question, iif, LookUp::entry), asking);
    if (!entry)
        return refused(node, question, entry.error());
    // Only the answer for a packet has the address that is sent from.
    auto packet = ask_route(node, look_up_message(question, iif, LookUp::packet), asking);
    if (!packet)
        return refused(node, question, packet.error());
    if (packet->source)
        entry->source = packet->source;
    return std::optional(std::move(*entry));
}

Result<std::optional<std::string>> LiveNodeState::sysctl(NodeIndex node, const std::string& name) {
    if (Status entered = enter_network(nodes_[node]); !entered)
        return failure(entered.error());
    auto value = read_sysctl(name);
    return value ? value : failure(in_node(nodes_[node], value.error()));
}

Result<std::vector<FoundListener>> LiveNodeState::listeners(NodeIndex node, Transport transport) {
    auto names = link_names(node);
    if (!names)
        return failure(names.error());
    if (Status entered = enter_network(nodes_[node]); !entered)
        return failure(entered.error());
    auto found = survey_listeners(transport, *names);
    return found ? std::move(found) : failure(in_node(nodes_[node], found.error()));
}

Result<std::optional<LinkStatistics>> LiveNodeState::statistics(NodeIndex node,
                                                                const std::string& interface) {
    std::optional<LinkStatistics> found;
    NetlinkMessage message = get_statistics_message(interface);
    std::string asking = fmt::format("read the statistics of {}:{}", nodes_[node].name, interface);
    Status asked = nodes_[node].netlink.ask(message, asking,
                                            [&](const nlmsghdr* header) { found = read_statistics(header); });
    if (!asked && asked.error().code == ENODEV)
        return std::optional<LinkStatistics>();
    if (!asked)
        return failure(asked.error());
    if (!found)
        return failure({asking, 0, "the kernel did not tell them", {}});
    return found;
}

Result<std::vector<FoundNftCounter>> LiveNodeState::nft_counters(NodeIndex node) {
    if (Status entered = enter_network(nodes_[node]); !entered)
        return failure(entered.error());
    auto listed = ask_nft("list ruleset");
    auto counters =
        listed ? read_nft_counters(*listed) : Result<std::vector<FoundNftCounter>>(failure(listed.error()));
    return counters ? std::move(counters) : failure(in_node(nodes_[node], counters.error()));
}

} // namespace netrig
