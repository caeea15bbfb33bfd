#include "runner/drop_rules.h"

#include "runner/link_messages.h"

#include <fmt/format.h>

namespace netrig {

Result<DropPlace> find_place(InterfaceRef ref, const Topology& topology, std::vector<NodeNamespaces>& nodes) {
    DropPlace place{ref.node, topology.at(ref).index, {}};
    NetlinkMessage all = dump_links_message();
    Status asked = nodes[ref.node].netlink.ask(all, "read the links", [&](const nlmsghdr* header) {
        if (auto report = read_link(header); report && report->index == place.index)
            place.name = report->name;
    });
    if (asked && place.name.empty())
        return failure({"find " + topology.show(ref), ENODEV, {}, {}});
    return asked ? Result<DropPlace>(place) : failure(asked.error());
}

Result<std::string> DropRules::run(NodeIndex node, const std::string& commands) {
    if (Status entered = enter_network(nodes_[node]); !entered)
        return failure(entered.error());
    auto session = sessions_.find(node);
    bool is_new = session == sessions_.end();
    if (is_new) {
        auto opened = NftSession::open();
        if (!opened)
            return failure(opened.error());
        session = sessions_.emplace(node, std::move(*opened)).first;
    }
    auto done = session->second.run((is_new ? "add table netdev netrig { flags owner; }\n" : "") + commands);
    if (!done && is_new)
        sessions_.erase(session); // so that the next one makes the table
    if (!done)
        done.error().doing = "set a rule of nftables in " + nodes_[node].name;
    return done;
}

static std::string chain_name(const std::string& purpose, const DropPlace& place) {
    return fmt::format("{}_{}", purpose, place.index);
}

/// A counter by name is read without the rules, which may be long.
Status DropRules::set(const std::string& purpose, const std::vector<std::string>& matches,
                      const DropPlace& place) {
    Key key{purpose, place.node, place.index};
    std::string name = chain_name(purpose, place), commands;
    if (chains_.contains(key))
        commands = fmt::format("flush chain netdev netrig {0}\ndelete counter netdev netrig {0}\n", name);
    else
        commands = fmt::format("add chain netdev netrig {} {{ type filter hook ingress device \"{}\" "
                               "priority 0; }}\n",
                               name, place.name);
    commands += fmt::format("add counter netdev netrig {}\n", name);
    for (const std::string& match : matches)
        commands += fmt::format("add rule netdev netrig {0} {1} counter name \"{0}\" drop\n", name, match);
    auto done = run(place.node, commands);
    if (done)
        chains_.insert(key);
    return done ? Status() : failure(done.error());
}

Status DropRules::clear(const std::string& purpose, const DropPlace& place) {
    if (chains_.erase({purpose, place.node, place.index}) == 0)
        return {};
    auto done =
        run(place.node, fmt::format("delete chain netdev netrig {0}\ndelete counter netdev netrig {0}\n",
                                    chain_name(purpose, place)));
    return done ? Status() : failure(done.error());
}

Result<std::uint64_t> DropRules::count(const std::string& purpose, const DropPlace& place) {
    if (!chains_.contains({purpose, place.node, place.index}))
        return 0;
    auto listed = run(place.node, "list counter netdev netrig " + chain_name(purpose, place));
    if (!listed)
        return failure(listed.error());
    constexpr std::string_view before = "packets ";
    std::size_t at = listed->find(before);
    return at == std::string::npos ? 0 : std::strtoull(listed->c_str() + at + before.size(), nullptr, 10);
}

} // namespace netrig
