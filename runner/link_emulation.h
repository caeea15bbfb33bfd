// All that stands in the way of frames in a lab: the relay with its taps, the kernel's qdiscs, and rules that
// drop. Whoever asks names an interface; who carries it out was decided before (core/emulation).
#pragma once

#include "core/op.h"
#include "core/result.h"
#include "runner/drop_rules.h"
#include "runner/node_namespaces.h"
#include "runner/relay.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace netrig {

class LinkEmulation {
public:
    /// Both must outlive it. Interfaces are known by their index, whoever named them.
    LinkEmulation(const Topology& topology, std::vector<NodeNamespaces>& nodes)
        : topology_(topology), nodes_(nodes), rules_(nodes) {}

    Status create(const CreateRelayedLink& op);
    Status start_relay();

    /// Replaces what is done to the packets that the interface sends.
    Status impair(InterfaceRef ref, const Impairment& impairment);

    /// To be called after an interface was set up, down or deleted: the other end of a relayed link is by now
    /// as it would be with a veth pair.
    Status settle() { return relay_ ? relay_->settle() : Status(); }

    /// An Error where links are not carried any more.
    Status sound() { return relay_ ? relay_->sound() : Status(); }

    /// What became of the packets of each impaired direction, a line each.
    std::vector<std::string> report();

private:
    Status impair_by_relay(InterfaceRef ref, const Impairment& impairment);
    Status impair_by_kernel(const DropPlace& place, InterfaceRef ref, const Impairment& impairment);
    Status undo_in_kernel(const DropPlace& place, InterfaceRef ref, const Impairment& before,
                          const Impairment& after);
    /// Where what it sends comes out.
    Result<DropPlace> place_of_peer(InterfaceRef ref);
    Status request(NodeIndex node, NetlinkMessage message);
    Result<DropPlace> place_of(InterfaceRef ref);
    [[nodiscard]] std::optional<InterfaceRef> peer_of(InterfaceRef ref) const;
    [[nodiscard]] std::uint64_t seed_of(InterfaceRef ref) const;
    Result<std::string> counts_of(InterfaceRef ref, ImpairedBy by, const std::vector<WireCounts>& wires);

    const Topology& topology_;
    std::vector<NodeNamespaces>& nodes_;
    DropRules rules_;
    std::vector<RelayedLink> links_; ///< until the relay is started
    std::map<InterfaceRef, WireRef> wires_;
    std::optional<Relay> relay_;
    std::map<InterfaceRef, Impairment> impaired_;
};

} // namespace netrig
