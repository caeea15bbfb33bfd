// All that stands in the way of frames in a lab: the relay with its taps, the kernel's qdiscs, and rules that
// drop. Whoever asks names an interface; who carries it out was decided before (core/emulation).
#pragma once

#include "core/op.h"
#include "core/result.h"
#include "runner/drop_rules.h"
#include "runner/link_cuts.h"
#include "runner/node_namespaces.h"
#include "runner/qdisc_messages.h"
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
        : topology_(topology), nodes_(nodes), rules_(nodes),
          cuts_({topology, nodes, rules_, wires_, relay_}) {}
    LinkEmulation(const LinkEmulation&) = delete;
    LinkEmulation& operator=(const LinkEmulation&) = delete;

    Status create(const CreateRelayedLink& op);
    Status start_relay();

    /// Replaces what is done to the packets that the interface sends.
    Status impair(InterfaceRef ref, const Impairment& impairment);

    /// What is cut, and who is kept apart.
    LinkCuts& cuts() { return cuts_; }

    /// Of both ends of a relayed link, whatever their own states.
    Status set_carrier(InterfaceRef end, bool on);

    /// To be called after an interface was set up, down or deleted: the other end of a relayed link is by now
    /// as it would be with a veth pair.
    Status settle() { return relay_ ? relay_->settle() : Status(); }

    /// An Error where links are not carried any more.
    Status sound() { return relay_ ? relay_->sound() : Status(); }

    /// What became of the packets of each impaired direction, a line each.
    std::vector<std::string> report();

private:
    struct Impaired {
        Impairment what;
        std::uint64_t passed = 0, dropped = 0; ///< that its qdisc had counted before
    };

    Status impair_by_relay(InterfaceRef ref, const Impairment& impairment);
    Status impair_by_kernel(const DropPlace& place, InterfaceRef ref, const Impairment& impairment);
    Status undo_in_kernel(const DropPlace& place, InterfaceRef ref, const Impairment& before,
                          const Impairment& after);
    Status replace_in_kernel(InterfaceRef ref, const Impairment& before, Impaired& after);
    /// Where what it sends comes out.
    Result<DropPlace> place_of_peer(InterfaceRef ref);
    Result<DropPlace> place_of(InterfaceRef ref) { return find_place(ref, topology_, nodes_); }
    Status request(NodeIndex node, NetlinkMessage message);
    [[nodiscard]] std::optional<InterfaceRef> peer_of(InterfaceRef ref) const;
    [[nodiscard]] std::uint64_t seed_of(InterfaceRef ref) const;
    Result<QdiscReport> read_root(const DropPlace& place);
    Result<std::string> counts_of(InterfaceRef ref, const Impaired& impaired,
                                  const std::vector<WireCounts>& wires);

    const Topology& topology_;
    std::vector<NodeNamespaces>& nodes_;
    DropRules rules_;
    std::vector<RelayedLink> links_; ///< until the relay is started
    std::map<InterfaceRef, WireRef> wires_;
    std::optional<Relay> relay_;
    std::map<InterfaceRef, Impaired> impaired_;
    LinkCuts cuts_;
};

} // namespace netrig
