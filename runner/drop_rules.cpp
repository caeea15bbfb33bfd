#include "runner/drop_rules.h"

#include <fmt/format.h>

namespace netrig {

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

Status DropRules::set(const std::string& purpose, const std::string& match, const DropPlace& place) {
    if (Status cleared = clear(purpose, place); !cleared)
        return cleared;
    auto done =
        run(place.node, fmt::format("add chain netdev netrig {0} {{ type filter hook ingress device "
                                    "\"{1}\" priority 0; }}\nadd rule netdev netrig {0} {2} counter drop\n",
                                    chain_name(purpose, place), place.name, match));
    if (done)
        chains_.insert({purpose, place.node, place.index});
    return done ? Status() : failure(done.error());
}

Status DropRules::clear(const std::string& purpose, const DropPlace& place) {
    if (chains_.erase({purpose, place.node, place.index}) == 0)
        return {};
    auto done = run(place.node, fmt::format("delete chain netdev netrig {}\n", chain_name(purpose, place)));
    return done ? Status() : failure(done.error());
}

Result<std::uint64_t> DropRules::count(const std::string& purpose, const DropPlace& place) {
    if (!chains_.contains({purpose, place.node, place.index}))
        return 0;
    auto listed = run(place.node, "list chain netdev netrig " + chain_name(purpose, place));
    if (!listed)
        return failure(listed.error());
    constexpr std::string_view before = "counter packets ";
    std::size_t at = listed->find(before);
    return at == std::string::npos ? 0 : std::strtoull(listed->c_str() + at + before.size(), nullptr, 10);
}

} // namespace netrig
