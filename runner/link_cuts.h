// Who hears whom no more though every carrier stays: directions of links that are cut, and partitions, which
// keep groups of nodes apart. What a step asks for is kept as it was asked, so that undoing one of two that
// overlap leaves the other.
#pragma once

#include "runner/drop_rules.h"
#include "runner/relay.h"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace netrig {

/// By what frames can be stopped; all of it must outlive who uses it.
struct StopMeans {
    const Topology& topology;
    std::vector<NodeNamespaces>& nodes;
    DropRules& rules;
    const std::map<InterfaceRef, WireRef>& wires; ///< of relayed links, by who sends
    std::optional<Relay>& relay;
};

class LinkCuts {
public:
    explicit LinkCuts(StopMeans means) : means_(means) {}

    /// What `sender`, an end of a link, sends vanishes, or does so no longer unless a partition says so.
    Status set_cut(InterfaceRef sender, bool cut);

    /// Replaces the partition before. Links between two groups are cut. What comes over other links bears the
    /// addresses, MAC or IP, of who sent it, and is dropped if a node of another group has them by now and no
    /// node that may be heard has them, too.
    Status partition(std::span<const std::vector<NodeIndex>> groups);
    Status heal_all();

    /// A line each of what is stopped by now, with how much it was since. `wires`: as Relay::counts has it.
    std::vector<std::string> report(const std::vector<WireCounts>& wires);

private:
    using Groups = std::map<NodeIndex, std::size_t>;
    using Owners = std::map<std::string, std::set<NodeIndex>>; ///< of addresses as nft(8) writes them
    struct Addresses {
        Owners mac, ipv4, ipv6;
    };

    Status settle(InterfaceRef sender);
    Status settle_all(const std::set<InterfaceRef>& senders);
    Result<DropPlace> place_of_peer(InterfaceRef sender);
    Result<Addresses> addresses();
    Status keep_apart(const Groups& group_of);
    Status clear_fences(const std::set<InterfaceRef>& kept);
    Result<std::uint64_t> count(InterfaceRef sender, const std::vector<WireCounts>& wires);

    StopMeans means_;
    std::set<InterfaceRef> cut_;    ///< senders, as `cut` asked
    std::set<InterfaceRef> apart_;  ///< senders on links between two groups
    std::set<InterfaceRef> gone_;   ///< senders whose frames do vanish
    std::set<InterfaceRef> fenced_; ///< receivers that drop by addresses
};

} // namespace netrig
