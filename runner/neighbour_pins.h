// The neighbour table is one for the whole kernel (1,024 entries by default, not ours to raise). A mesh that
// would overflow it is helped: each address is resolved for real once, and what was learnt is then pinned as
// permanent entries, which do not count.
#pragma once

#include "core/lab.h"
#include "runner/node_namespaces.h"

#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace netrig {

/// One direction in which frames will go: who has to know whose address.
struct Flow {
    NodeIndex from = 0;
    IpAddress to;
};

class NeighbourPins {
public:
    /// `labs_at_once`: how many share the kernel's table with this one, itself among them.
    NeighbourPins(const Topology& topology, std::vector<NodeNamespaces>& nodes, unsigned labs_at_once);

    using Ping = std::function<Result<std::vector<EchoAnswer>>(std::span<const EchoRequest>)>;

    /// Pins what the flows need if they are too many for the kernel's table, and the topology leaves that to
    /// us; a note for the report if so. `ping` resolves an address by asking it. An address that does not
    /// answer is not pinned.
    Result<std::optional<std::string>> prepare(std::span<const Flow> flows, const Ping& ping);

    /// Takes all pins away. To be called before the network is changed: whether a neighbour can still be
    /// resolved is part of what is tested then.
    Status release();

private:
    struct Neighbour {
        InterfaceRef asker;
        IpAddress address;
        auto operator<=>(const Neighbour&) const = default;
    };
    [[nodiscard]] std::optional<Neighbour> on_link(const Flow& flow) const;
    [[nodiscard]] std::set<Neighbour> needed_by(std::span<const Flow> flows) const;
    /// All who need the same address on one segment.
    using Same = std::vector<Neighbour>;
    /// How many of them answered.
    /// Hands back those that nobody answered for.
    Result<std::vector<Same>> resolve_and_pin(std::span<const Same> sames, const Ping& ping);
    /// How many were resolved.
    Result<std::size_t> resolve_all(std::vector<Same> sames, const Ping& ping);
    Status pin(const Neighbour& neighbour, const MacAddress& mac);
    std::optional<MacAddress> learnt(const Neighbour& neighbour);

    const Topology& topology_;
    std::vector<NodeNamespaces>& nodes_;
    std::size_t most_learnt_; ///< entries that this lab may have the kernel learn
    std::set<Neighbour> pinned_, learnt_;
};

} // namespace netrig
