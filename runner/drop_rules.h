// Rules of nftables by which what comes to an interface is lost before anybody in its node hears it: at
// random, all of it, or from some senders. Each has a chain of its own on the interface's ingress hook; on
// the egress hook the sender would be told (ENOBUFS). The table belongs to the engine's socket (nft(8), flag
// owner), so no `flush ruleset` of a node's own takes it away.
#pragma once

#include "core/result.h"
#include "core/topology.h"
#include "runner/nftables.h"
#include "runner/node_namespaces.h"

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace netrig {

/// An interface by what the kernel calls it.
struct DropPlace {
    NodeIndex node = 0;
    Ifindex index = 0;
    std::string name;
};

/// What the interface is called by now; ENODEV where it is gone.
Result<DropPlace> find_place(InterfaceRef ref, const Topology& topology, std::vector<NodeNamespaces>& nodes);

class DropRules {
public:
    /// They must outlive it.
    explicit DropRules(std::vector<NodeNamespaces>& nodes) : nodes_(nodes) {}
    DropRules(const DropRules&) = delete;
    DropRules& operator=(const DropRules&) = delete;

    /// Drops what comes to `place` and any of `matches` (a part of a rule each; empty: all) says. Replaces
    /// what has the same `purpose`, one word, there, without a moment between, and counts anew.
    Status set(const std::string& purpose, const std::vector<std::string>& matches, const DropPlace& place);
    Status clear(const std::string& purpose, const DropPlace& place);

    /// How many frames were dropped; 0 without such a rule.
    Result<std::uint64_t> count(const std::string& purpose, const DropPlace& place);

private:
    using Key = std::tuple<std::string, NodeIndex, Ifindex>;
    Result<std::string> run(NodeIndex node, const std::string& commands);

    std::vector<NodeNamespaces>& nodes_;
    std::map<NodeIndex, NftSession> sessions_;
    std::set<Key> chains_;
};

} // namespace netrig
