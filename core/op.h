// The smallest changes by which a topology is built, as plain data: performed by the runner, printed by
// `plan` and in every error.
#pragma once

#include "core/topology.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace netrig {

/// A node's namespaces: network, mounts, host name.
struct MakeNode {
    NodeIndex node = 0;
};

/// The node's `files`, each where only this node sees it.
struct PutFiles {
    NodeIndex node = 0;
};

/// What all programs of the node together may use: they will join its control groups.
struct SetLimits {
    NodeIndex node = 0;
};

/// A write to /proc/sys in the node's network namespace.
struct WriteSysctl {
    NodeIndex node = 0;
    std::string name; ///< with dots
    std::string value;
    bool if_present = false; ///< a kernel without it is no mistake: it has not what the setting is about
};

/// Of any kind but a veth pair, with its name, index, MTU, parent and master as the topology has them.
struct CreateInterface {
    InterfaceRef interface;
    std::optional<MacAddress> mac; ///< nothing: it has none, or its parent's
    bool up = false;               ///< set up in the same message
};

struct VethEnd {
    InterfaceRef ref;
    Ifindex index = 0;
    std::string name; ///< empty: the kernel chooses
    MacAddress mac;
    std::optional<unsigned> mtu;
    Ifindex master = 0; ///< of the same node; 0 for none
    bool up = true;
    bool one_segment = false; ///< no packet stands for several, so that each is impaired by itself
};

/// Both ends are made in their namespaces in one message, the first set up in it if it is to be; moving an
/// end afterwards costs forty times as much.
struct CreateVeth {
    std::array<VethEnd, 2> ends;
};

/// Two taps in place of a veth pair, without a carrier until the relay is started.
struct CreateRelayedLink {
    std::array<VethEnd, 2> ends;
};

/// The process that carries frames between the two taps of each relayed link, and the carrier of each.
struct StartRelay {};

/// What the topology says of the packets that the interface sends.
struct ImpairInterface {
    InterfaceRef interface;
};

/// Puts an interface under its master. Only for ports of a bond, which takes none that is up and sets them up
/// itself; all others are made under theirs.
struct SetMaster {
    InterfaceRef interface;
};

/// What the topology says of a bridge's port, or of the bridge as a port of itself.
struct SetPort {
    InterfaceRef port;
};

/// Another end to which a VXLAN sends a copy of what has no known place (bridge-fdb(8), RFC 7348
/// section 4.2).
struct AddFloodEntry {
    InterfaceRef interface;
    IpAddress remote;
};

/// Makes the private key, and sets the port (linux/wireguard.h).
struct ConfigureWireguard {
    InterfaceRef interface;
};

/// Tells an interface of one peer; its public key is asked of the kernel.
struct AddWireguardPeer {
    InterfaceRef interface;
    std::size_t peer = 0; ///< the place in its list
};

struct BringUp {
    InterfaceRef interface;
};

struct AddAddress {
    InterfaceRef interface;
    Prefix address;
};

struct Neighbour {
    IpAddress address;
    MacAddress mac;
};

/// Permanent entries of the neighbour table, which are never asked for (ip-neighbour(8)).
struct PinNeighbours {
    InterfaceRef interface;
    std::vector<Neighbour> neighbours;
};

struct AddRoute {
    NodeIndex node = 0;
    Route route;
};

struct AddRule {
    NodeIndex node = 0;
    Rule rule;
};

/// The node's ruleset of nftables.
struct LoadRuleset {
    NodeIndex node = 0;
};

/// One command of the node's `setup`, waited for.
struct RunSetup {
    NodeIndex node = 0;
    std::size_t command = 0; ///< its place in the list
};

/// Waits until frames pass: operational state up, and forwarding where it is a bridge's port. Where IPv6 is
/// spoken, also until every address has joined its multicast group and is tentative no longer, the link-local
/// one included: routers ask for neighbours from it.
struct AwaitReady {
    std::vector<InterfaceRef> interfaces;
    std::vector<InterfaceRef> ipv6;       ///< those of them that have an IPv6 address in the file
    std::vector<InterfaceRef> ipv6_alone; ///< the same without frames, and so without a link-local address
};

using Op = std::variant<MakeNode, SetLimits, PutFiles, WriteSysctl, CreateInterface, CreateVeth,
                        CreateRelayedLink, StartRelay, ImpairInterface, SetMaster, SetPort, BringUp,
                        AddAddress, AddFloodEntry, ConfigureWireguard, AddWireguardPeer, PinNeighbours,
                        AddRoute, AddRule, AwaitReady, LoadRuleset, RunSetup>;

/// An infinitive that fits after "cannot": "create veth pair red:veth0 -- blue:veth1".
std::string describe(const Op& op, const Topology& topology);

} // namespace netrig
