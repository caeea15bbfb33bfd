#include "core/tunnel_pairs.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

namespace netrig {

namespace {

/// Where an interface sends what it wraps.
struct Remotes {
    std::vector<IpAddress> addresses; ///< groups too
    std::set<NodeIndex> nodes;

    void add(const AddressText& text) {
        if (text.address)
            addresses.push_back(*text.address);
    }

    template <class K>
    void operator()(const K& kind) {
        if constexpr (requires { kind.ends.remote; })
            add(kind.ends.remote);
        if constexpr (requires { kind.remote; })
            add(kind.remote);
        if constexpr (requires { kind.flood; })
            for (const AddressText& end : kind.flood)
                add(end);
        if constexpr (requires { kind.peers; })
            for (const WireguardPeer& peer : kind.peers)
                nodes.insert(peer.node);
    }
};

class Finder {
public:
    explicit Finder(const Topology& topology) : topology_(topology) {
        std::multimap<IpAddress, NodeIndex> owners;
        for_each_interface([&](InterfaceRef ref, const Interface& interface) {
            for (const InterfaceAddress& given : interface.addresses)
                owners.emplace(given.prefix.address, ref.node);
        });
        for_each_interface([&](InterfaceRef ref, const Interface& interface) {
            if (!traits(interface.kind).overlay)
                return;
            Remotes remotes;
            std::visit([&](const auto& kind) { remotes(kind); }, interface.kind);
            for (const IpAddress& remote : remotes.addresses)
                for (auto [at, end] = owners.equal_range(remote); at != end; ++at)
                    remotes.nodes.insert(at->second);
            tunnels_.push_back({ref, std::move(remotes.addresses), std::move(remotes.nodes)});
        });
    }

    InterfacePairs find() {
        for (const Tunnel& tunnel : tunnels_) {
            add_peers(tunnel.ref);
            add_first_alike(tunnel);
            for (const Tunnel& other : tunnels_)
                if (tunnel.ref < other.ref && is_alike(tunnel, other) && point_at_each_other(tunnel, other))
                    add(tunnel.ref, other.ref);
        }
        return {pairs_.begin(), pairs_.end()};
    }

private:
    struct Tunnel {
        InterfaceRef ref;
        std::vector<IpAddress> remotes;
        std::set<NodeIndex> nodes; ///< that have them

        [[nodiscard]] bool is_told_its_ends() const {
            return !nodes.empty() || std::any_of(remotes.begin(), remotes.end(),
                                                 [](const IpAddress& each) { return each.is_multicast(); });
        }
    };
    /// Kind, number, and a group or a subnet of the wrapped packets.
    using Likeness = std::tuple<std::string_view, std::uint32_t, IpAddress, unsigned>;

    template <class Visit>
    void for_each_interface(Visit&& visit) const {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            for (std::size_t i = 0; i < topology_.nodes[node].interfaces.size(); ++i)
                visit(InterfaceRef{node, i}, topology_.nodes[node].interfaces[i]);
    }

    void add(InterfaceRef one, InterfaceRef other) {
        if (one != other)
            pairs_.emplace(std::min(one, other), std::max(one, other));
    }

    /// WireGuard has none: which of a node's interfaces is meant stands in its peers.
    [[nodiscard]] bool is_alike(const Tunnel& a, const Tunnel& b) const {
        const AnyKind &one = topology_.at(a.ref).kind, &other = topology_.at(b.ref).kind;
        return one.index() == other.index() && number(one) == number(other) &&
               !is<Wireguard>(topology_.at(a.ref));
    }

    /// One without other ends learns of those that point at it.
    static bool point_at_each_other(const Tunnel& a, const Tunnel& b) {
        auto points = [](const Tunnel& from, const Tunnel& to) { return from.nodes.contains(to.ref.node); };
        return (points(a, b) && (b.remotes.empty() || points(b, a))) || (points(b, a) && a.remotes.empty());
    }

    void add_peers(InterfaceRef ref) {
        if (const auto* wireguard = std::get_if<Wireguard>(&topology_.at(ref).kind))
            for (const WireguardPeer& peer : wireguard->peers)
                add(ref, {peer.node, peer.interface});
    }

    /// With the first that is in the same group. Where one of them is not told its ends, a subnet must do.
    void add_first_alike(const Tunnel& tunnel) {
        const Interface& interface = topology_.at(tunnel.ref);
        for (const IpAddress& remote : tunnel.remotes)
            if (remote.is_multicast())
                add(first_in(tunnel, {remote, 0}).ref, tunnel.ref);
        for (const InterfaceAddress& given : interface.addresses)
            if (const Tunnel& first = first_in(tunnel, given.prefix.network());
                !first.is_told_its_ends() || !tunnel.is_told_its_ends())
                add(first.ref, tunnel.ref);
    }

    /// Of the same kind and number.
    const Tunnel& first_in(const Tunnel& tunnel, const Prefix& in) {
        const AnyKind& kind = topology_.at(tunnel.ref).kind;
        Likeness likeness{traits(kind).name, number(kind), in.address, in.length};
        return *first_.try_emplace(likeness, &tunnel).first->second;
    }

    const Topology& topology_;
    std::vector<Tunnel> tunnels_;
    std::map<Likeness, const Tunnel*> first_;
    std::set<std::pair<InterfaceRef, InterfaceRef>> pairs_;
};

} // namespace

InterfacePairs tunnel_pairs(const Topology& topology) {
    return Finder(topology).find();
}

} // namespace netrig
