#include "core/op.h"

#include "core/load_limits.h"

#include <fmt/format.h>

namespace netrig {

namespace {

struct Describe {
    const Topology& topology;

    std::string operator()(const MakeNode& op) const { return "make the namespaces of " + name(op.node); }
    std::string operator()(const PutFiles& op) const {
        const std::vector<NodeFile>& files = topology.nodes[op.node].files;
        std::string paths;
        for (const NodeFile& file : files)
            paths += (paths.empty() ? "" : ", ") + file.path;
        return fmt::format("put {} in {}", paths, name(op.node));
    }
    std::string operator()(const SetLimits& op) const {
        return fmt::format("limit {} to {}", name(op.node), show(*topology.nodes[op.node].limits));
    }
    std::string operator()(const WriteSysctl& op) const {
        return fmt::format("set {} = {} in {}", op.name, op.value, name(op.node));
    }
    std::string operator()(const CreateInterface& op) const {
        const Interface& interface = topology.at(op.interface);
        std::string text =
            fmt::format("create {} {}", traits(interface.kind).name, topology.show(op.interface));
        if (interface.parent)
            text += " on " + topology.at({op.interface.node, *interface.parent}).name;
        if (const Interface* master = topology.master_of(op.interface))
            text += " in " + master->name;
        return text + ip_words(interface.kind) + mtu(interface.mtu);
    }
    std::string operator()(const CreateVeth& op) const {
        return fmt::format("create veth pair {} -- {}{}", topology.show(op.ends[0].ref),
                           topology.show(op.ends[1].ref), mtu(op.ends[0].mtu));
    }
    std::string operator()(const CreateRelayedLink& op) const {
        return fmt::format("create taps {} -- {} for the relay{}", topology.show(op.ends[0].ref),
                           topology.show(op.ends[1].ref), mtu(op.ends[0].mtu));
    }
    std::string operator()(const StartRelay&) const { return "start the relay between taps"; }
    std::string operator()(const ImpairInterface& op) const {
        const Impairment& impairment = topology.at(op.interface).impairment;
        return fmt::format("impair what {} sends by {}: {}", topology.show(op.interface), word(impairment.by),
                           netrig::words(impairment));
    }
    std::string operator()(const SetMaster& op) const {
        return fmt::format("put {} into {}", topology.show(op.interface),
                           topology.master_of(op.interface)->name);
    }
    std::string operator()(const SetPort& op) const {
        return fmt::format("set port {}{}", topology.show(op.port), words(topology.at(op.port)));
    }
    std::string operator()(const AddFloodEntry& op) const {
        return fmt::format("let {} flood to {}", topology.show(op.interface), show(op.remote));
    }
    std::string operator()(const ConfigureWireguard& op) const {
        return fmt::format("make a key for {}", topology.show(op.interface));
    }
    std::string operator()(const AddWireguardPeer& op) const {
        const WireguardPeer& peer = std::get<Wireguard>(topology.at(op.interface).kind).peers[op.peer];
        return fmt::format("make {} a peer of {}{}", topology.show({peer.node, peer.interface}),
                           topology.show(op.interface), ip_word("at", peer.endpoint));
    }
    std::string operator()(const BringUp& op) const {
        return fmt::format("set {} up", topology.show(op.interface));
    }
    std::string operator()(const AddAddress& op) const {
        return fmt::format("add address {} to {}", show(op.address), topology.show(op.interface));
    }
    std::string operator()(const AddRoute& op) const {
        return fmt::format("add route {} in {}", show(op.route, topology.device_names(op.node)),
                           name(op.node));
    }
    std::string operator()(const PinNeighbours& op) const {
        std::string list;
        for (const Neighbour& neighbour : op.neighbours)
            list += fmt::format("{}{} at {}", list.empty() ? "" : ", ", show(neighbour.address),
                                show(neighbour.mac));
        return fmt::format("pin the neighbours of {}: {}", topology.show(op.interface), list);
    }
    std::string operator()(const AddRule& op) const {
        return fmt::format("add rule {} in {}", show(op.rule), name(op.node));
    }
    std::string operator()(const LoadRuleset& op) const {
        const NodeFile& ruleset = *topology.nodes[op.node].ruleset;
        return fmt::format("load the nftables ruleset{} of {}",
                           ruleset.from.empty() ? "" : " " + ruleset.from, name(op.node));
    }
    std::string operator()(const RunSetup& op) const {
        return fmt::format("run {} in {}", topology.nodes[op.node].setup[op.command].shown, name(op.node));
    }
    std::string operator()(const AwaitReady& op) const {
        return fmt::format("wait until frames pass on {} interfaces", op.interfaces.size());
    }

private:
    static std::string words(const Interface& interface) {
        const auto* bridge = std::get_if<Bridge>(&interface.kind);
        const PortSettings& port = bridge != nullptr ? bridge->own : interface.port;
        std::string text;
        if (!port.vlans.empty())
            text += fmt::format(" vlan {}", fmt::join(port.vlans, ","));
        if (port.pvid)
            text += fmt::format(" pvid {}", *port.pvid);
        auto add_switch = [&](const char* word, const std::optional<bool>& on) {
            if (on)
                text += fmt::format(" {} {}", word, *on ? "on" : "off");
        };
        add_switch("isolated", port.isolated);
        add_switch("learning", port.learning);
        add_switch("flood", port.flooding);
        if (port.cost)
            text += fmt::format(" cost {}", *port.cost);
        if (port.priority)
            text += fmt::format(" priority {}", *port.priority);
        return text;
    }
    [[nodiscard]] const std::string& name(NodeIndex node) const { return topology.nodes[node].name; }
    static std::string mtu(std::optional<unsigned> mtu) { return mtu ? fmt::format(" (mtu {})", *mtu) : ""; }
};

} // namespace

std::string describe(const Op& op, const Topology& topology) {
    return std::visit(Describe{topology}, op);
}

} // namespace netrig
