// The network that a scenario describes, with every name chosen and every address given out: nodes with
// their interfaces, and the links between them. Plain data; nothing here knows a kernel.
#pragma once

#include "core/address.h"
#include "core/impairment.h"
#include "core/kinds.h"
#include "core/route.h"
#include "core/rule.h"
#include "core/source.h"

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace netrig {

enum class NodeKind { host, router, bridge };

/// Names one interface of one node, by position.
struct InterfaceRef {
    NodeIndex node = 0;
    std::size_t interface = 0;
    auto operator<=>(const InterfaceRef&) const = default;
};

struct InterfaceAddress {
    Prefix prefix;
    Span span; ///< where it was written, or the subnet that it was given out from
};

struct Interface {
    AnyKind kind;     ///< a veth pair's end unless said otherwise
    std::string name; ///< empty: the kernel chooses one
    std::vector<InterfaceAddress> addresses;
    std::optional<MacAddress> mac;
    std::optional<unsigned> mtu; ///< bytes
    bool up = true;
    std::optional<std::size_t> master; ///< what this is a port of, in the same node: a bridge, bond or VRF
    std::size_t segment = 0;           ///< interfaces with the same number hear each other's broadcasts
    Span span;
    Ifindex index = 0;                   ///< asked for when it is made; see number_interfaces
    std::optional<std::size_t> parent{}; ///< what this stands on, in the same node
    PortSettings port{};                 ///< what a bridge that is its master is told of it
    Impairment impairment{};             ///< of what it sends
};

template <class K>
bool is(const Interface& interface) {
    return std::holds_alternative<K>(interface.kind);
}

struct Sysctl {
    std::string name; ///< with dots, as sysctl(8) writes it
    std::string value;
    Span span;
};

/// A file that only this node sees.
struct NodeFile {
    std::string path; ///< absolute and normal, as the node sees it
    std::string text; ///< its content, unless that is taken from elsewhere
    std::string from; ///< a file relative to the scenario's folder; empty: `text` it is
    unsigned mode = 0644;
    Span span, from_span;
};

/// What all programs of a node together may use.
struct NodeLimits {
    std::optional<std::uint64_t> memory; ///< bytes
    std::optional<unsigned> cpu_percent; ///< of one processor; may be more than 100
    std::optional<unsigned> processes;
    Span span;
};

/// One command of a node's `setup`.
struct SetupCommand {
    std::vector<std::string> argv;
    std::string shown; ///< for people
    Span span;
};

struct Node {
    std::string name;
    NodeKind kind = NodeKind::host;
    bool forwarding = false;
    std::vector<Interface> interfaces; ///< the first is `lo`
    std::vector<Route> routes;
    std::vector<Sysctl> sysctls;
    Span span;
    std::vector<NodeFile> files;
    std::vector<Rule> rules{};
    std::optional<NodeFile> ruleset{}; ///< of nftables; its path is none
    std::vector<SetupCommand> setup{};
    std::optional<NodeLimits> limits{};
};

struct Link {
    std::array<InterfaceRef, 2> ends;
    Span span;
    bool relayed = false; ///< two taps and the relay between them, in place of a veth pair
};

/// Who impairs links: the kernel where it can do exactly what is asked, or one of the two whatever is asked.
enum class Emulator { automatic, kernel, relay };

/// How a neighbour table comes to its entries: learnt, and pinned where a mesh would overflow it; always
/// learnt; or pinned from the start.
enum class NeighbourPolicy { automatic, learn, pinned };

struct Topology {
    std::vector<Node> nodes;
    std::vector<Link> links;
    std::unordered_map<std::string, NodeIndex> by_name;
    Emulator emulator = Emulator::automatic;
    NeighbourPolicy neighbours = NeighbourPolicy::automatic;
    bool awaits_dad = false; ///< duplicate address detection (RFC 4862, 5.4) is left on and waited for
    bool impaired_by_kernel = false; ///< any packet, now or by a later step; see choose_emulation

    [[nodiscard]] std::optional<NodeIndex> find(const std::string& name) const;
    [[nodiscard]] const Interface& at(InterfaceRef ref) const {
        return nodes[ref.node].interfaces[ref.interface];
    }
    [[nodiscard]] Interface& at(InterfaceRef ref) { return nodes[ref.node].interfaces[ref.interface]; }
    /// "red:veth0"; "red:(kernel's choice)" where the kernel names it.
    [[nodiscard]] std::string show(InterfaceRef ref) const;
    [[nodiscard]] std::optional<std::size_t> find_interface(NodeIndex node, const std::string& name) const;
    /// The link that the interface is an end of; nothing for one of a written kind.
    [[nodiscard]] const Link* link_of(InterfaceRef ref) const;
    [[nodiscard]] std::vector<std::string> node_names() const; ///< for suggestions
    [[nodiscard]] std::vector<std::string> interface_names(NodeIndex node) const;
    /// What the interface is a port of; nothing where it is none.
    [[nodiscard]] const Interface* master_of(InterfaceRef ref) const;
    /// The routing table that the interface's networks are in: that of its VRF, else the main one.
    [[nodiscard]] std::uint32_t table_of(InterfaceRef ref) const;
    [[nodiscard]] bool has_kernel_named_interface(NodeIndex node) const;
    /// The names of a node's interfaces by their indexes, for show() of its routes.
    [[nodiscard]] std::function<std::string(Ifindex)> device_names(NodeIndex node) const;
};

/// Below are those that a kernel gives its own: the fallback devices of tunnels (gre0, sit0, tunl0 and so
/// on), which stand in every namespace from the moment that their module is loaded.
inline constexpr Ifindex first_free_index = 100;

/// Gives every interface but `lo`, which is 1 everywhere, an index that no other of the topology has. Were
/// the two ends of a veth pair to have the same one, the kernel would take news of their carrier for
/// unimportant and handle it up to a second later (linkwatch_urgent_event() in net/core/link_watch.c).
void number_interfaces(Topology& topology);

/// Whether the node has an interface, beside `lo`, on the segment.
bool on_segment(const Node& node, std::size_t segment);

/// The address by which `from` reaches `to`: one on a segment that both share if there is one, else the
/// first that `to` has, else (to itself) the loopback's. Nothing when `to` has no address of the family.
std::optional<IpAddress> address_of(const Topology& topology, NodeIndex from, NodeIndex to, Family family);

} // namespace netrig
