#include "runner/link_emulation.h"

#include "core/kernel_emulation.h"
#include "runner/kinds/tuntap.h"
#include "runner/link_messages.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

static bool is_qdisc(ImpairedBy by) {
    return by == ImpairedBy::netem || by == ImpairedBy::tbf;
}

Status LinkEmulation::request(NodeIndex node, NetlinkMessage message) {
    return nodes_[node].netlink.request(message, "ask the kernel");
}

std::uint64_t LinkEmulation::seed_of(InterfaceRef ref) const {
    std::uint64_t hash = 0xCBF29CE484222325; // FNV-1a, so that it is the same on every machine
    for (char c : topology_.show(ref))
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
    return hash;
}

std::optional<InterfaceRef> LinkEmulation::peer_of(InterfaceRef ref) const {
    const Link* link = topology_.link_of(ref);
    return link == nullptr ? std::nullopt : std::optional(link->ends[link->ends[0] == ref ? 1 : 0]);
}

Status LinkEmulation::create(const CreateRelayedLink& op) {
    RelayedLink link;
    for (std::size_t i = 0; i < 2; ++i) {
        const VethEnd& end = op.ends.at(i);
        if (Status entered = enter_network(nodes_[end.ref.node]); !entered)
            return entered;
        auto tap = create_held_tap(end.name, end.index);
        if (!tap)
            return failure(tap.error());
        VethEnd settings = end;
        settings.up = end.up && i == 0; // the second one has an operation of its own, as for a veth pair
        if (Status set = request(end.ref.node, set_end_message(settings)); !set)
            return set;
        link.ends.at(i) = {end.ref.node, end.index, std::move(*tap), seed_of(end.ref)};
        wires_[end.ref] = {links_.size(), i};
    }
    links_.push_back(std::move(link));
    return {};
}

Status LinkEmulation::start_relay() {
    auto started = Relay::start(std::exchange(links_, {}), nodes_);
    if (!started)
        return failure(started.error());
    relay_.emplace(std::move(*started));
    return relay_->settle();
}

Result<DropPlace> LinkEmulation::place_of_peer(InterfaceRef ref) {
    auto peer = peer_of(ref);
    return peer ? place_of(*peer) : failure({"find the other end of " + topology_.show(ref), ENODEV, {}, {}});
}

Status LinkEmulation::impair_by_relay(InterfaceRef ref, const Impairment& impairment) {
    return relay_->impair(wires_.at(ref), impairment);
}

/// What the new one does not replace by itself.
Status LinkEmulation::undo_in_kernel(const DropPlace& place, InterfaceRef ref, const Impairment& before,
                                     const Impairment& after) {
    if (is_qdisc(before.by) && !is_qdisc(after.by))
        return request(place.node, delete_root_qdisc_message(place.index));
    if (before.by != ImpairedBy::drop_rule || after.by == ImpairedBy::drop_rule)
        return {};
    auto peer = place_of_peer(ref);
    return peer ? rules_.clear("loss", *peer) : failure(peer.error());
}

Status LinkEmulation::impair_by_kernel(const DropPlace& place, InterfaceRef ref,
                                       const Impairment& impairment) {
    switch (impairment.by) {
    case ImpairedBy::nobody:
    case ImpairedBy::relay:
        return {};
    case ImpairedBy::netem:
        return request(ref.node, netem_message(place.index, impairment, seed_of(ref)));
    case ImpairedBy::tbf: {
        unsigned mtu = topology_.at(ref).mtu.value_or(usual_mtu);
        for (NetlinkMessage& message : tbf_messages(place.index, impairment, mtu))
            if (Status done = request(ref.node, std::move(message)); !done)
                return done;
        return {};
    }
    case ImpairedBy::drop_rule: {
        auto peer = place_of_peer(ref);
        return peer ? rules_.set("loss", {loss_rule(impairment)}, *peer) : failure(peer.error());
    }
    }
    return {};
}

Status LinkEmulation::replace_in_kernel(InterfaceRef ref, const Impairment& before, Impaired& after) {
    auto place = place_of(ref);
    if (!place)
        return failure(place.error());
    if (is_qdisc(before.by) && before.by == after.what.by) {
        auto root = read_root(*place); // the qdisc stays, and what it counted
        if (!root)
            return failure(root.error());
        after.passed = root->passed;
        after.dropped = root->dropped;
    }
    Status undone = undo_in_kernel(*place, ref, before, after.what);
    return undone ? impair_by_kernel(*place, ref, after.what) : undone;
}

Status LinkEmulation::impair(InterfaceRef ref, const Impairment& impairment) {
    Impaired& current = impaired_[ref];
    Impaired wanted{impairment};
    Status done = wires_.contains(ref) ? impair_by_relay(ref, impairment)
                                       : replace_in_kernel(ref, current.what, wanted);
    if (done)
        current = wanted;
    return done;
}

Status LinkEmulation::set_carrier(InterfaceRef end, bool on) {
    auto wire = wires_.find(end);
    if (wire == wires_.end())
        return failure({"take the carrier of " + topology_.show(end), ENODEV, "its link is not relayed", {}});
    return relay_->set_plugged(wire->second.link, on);
}

Result<QdiscReport> LinkEmulation::read_root(const DropPlace& place) {
    QdiscReport root;
    NetlinkMessage message = dump_qdiscs_message(place.index);
    Status asked = nodes_[place.node].netlink.ask(message, "read the qdiscs", [&](const nlmsghdr* header) {
        auto report = read_qdisc(header);
        if (report && report->root && report->index == place.index)
            root = *report;
    });
    return asked ? Result<QdiscReport>(root) : failure(asked.error());
}

Result<std::string> LinkEmulation::counts_of(InterfaceRef ref, const Impaired& impaired,
                                             const std::vector<WireCounts>& wires) {
    ImpairedBy by = impaired.what.by;
    if (by == ImpairedBy::relay) {
        WireRef wire = wires_.at(ref);
        return show(wires.at(2 * wire.link + wire.sender));
    }
    auto place = by == ImpairedBy::drop_rule ? place_of_peer(ref) : place_of(ref);
    if (!place)
        return failure(place.error());
    if (by == ImpairedBy::drop_rule) {
        auto count = rules_.count("loss", *place);
        return count ? Result<std::string>(fmt::format("{} lost", *count)) : failure(count.error());
    }
    auto root = read_root(*place);
    return root ? Result<std::string>(fmt::format("{} passed, {} dropped", root->passed - impaired.passed,
                                                  root->dropped - impaired.dropped))
                : failure(root.error());
}

std::vector<std::string> LinkEmulation::report() {
    std::vector<std::string> lines;
    std::vector<WireCounts> wires;
    if (relay_)
        if (auto counted = relay_->counts())
            wires = std::move(*counted);
    for (const auto& [ref, impaired] : impaired_) {
        ImpairedBy by = impaired.what.by;
        if (!impaired.what.any() || (by == ImpairedBy::relay && wires.empty()))
            continue;
        auto counts = counts_of(ref, impaired, wires);
        lines.push_back(fmt::format("impaired: what {} sends, by {}, {}: {}", topology_.show(ref), word(by),
                                    words(impaired.what), counts ? *counts : describe(counts.error())));
    }
    for (std::string& line : cuts_.report(wires))
        lines.push_back(std::move(line));
    return lines;
}

} // namespace netrig
