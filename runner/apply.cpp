#include "runner/apply.h"

#include "core/remote_addresses.h"
#include "runner/commands_in_nodes.h"
#include "runner/find_interface.h"
#include "runner/interface_messages.h"
#include "runner/kinds/tuntap.h"
#include "runner/kinds/wireguard.h"
#include "runner/link_messages.h"
#include "runner/ready.h"
#include "runner/route_messages.h"
#include "runner/sysctls.h"
#include "runner/system_error.h"

#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>

namespace netrig {

namespace {

struct Apply {
    ApplyContext& context;
    const Op& op;

    [[nodiscard]] std::string doing() const { return describe(op, context.topology); }

    [[nodiscard]] Ifindex index_of(InterfaceRef ref) const { return context.topology.at(ref).index; }

    Status request(NodeIndex node, NetlinkMessage message) const {
        Status status = context.nodes[node].netlink.request(message, {});
        if (!status)
            status.error().doing = doing();
        return status;
    }

    /// What is done there by other means than the node's netlink socket; its part of the words is kept.
    template <class Act>
    Status in_network_of(NodeIndex node, Act act) const {
        Status done = enter_network(context.nodes[node]);
        if (done)
            done = act();
        return named(std::move(done));
    }

    /// What was being done before what is there already.
    [[nodiscard]] Status named(Status done) const {
        if (!done)
            done.error().doing = fmt::format("{}: {}", doing(), done.error().doing);
        return done;
    }

    Status operator()(const MakeNode& make) const {
        const NodeView* view = context.programs.any ? &context.view : nullptr;
        auto node = make_node(context.topology.nodes[make.node].name, view, context.home);
        if (!node) {
            Error error = node.error();
            error.doing = fmt::format("{}: {}", doing(), error.doing);
            return failure(std::move(error));
        }
        node->filter = context.programs.filter;
        context.nodes.push_back(std::move(*node));
        return {};
    }

    Status operator()(const SetLimits& set) const {
        for (const std::string& path : context.programs.groups[set.node]) {
            Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
            if (!file.valid())
                return system_failure(doing());
            context.nodes[set.node].groups.push_back(std::move(file));
        }
        return {};
    }

    Status operator()(const PutFiles& put) const {
        NodeNamespaces& node = context.nodes[put.node];
        Status done = put_files(node, {context.programs.files[put.node], context.view.shared}, context.home);
        if (!done)
            // A help of its own, lest EACCES be taken for a refusal of namespaces.
            return failure({fmt::format("give {} its files: {}", node.name, done.error().doing),
                            done.error().code, done.error().kernel,
                            "is every folder on its way open to whoever runs netrig?"});
        return done;
    }

    Status operator()(const WriteSysctl& write) const {
        if (Status entered = enter_network(context.nodes[write.node]); !entered)
            return failure(entered.error());
        Fd file(open(sysctl_path(write.name).c_str(), O_WRONLY | O_CLOEXEC));
        if (!file.valid())
            return write.if_present && errno == ENOENT ? Status{} : system_failure(doing());
        if (::write(file.get(), write.value.data(), write.value.size()) < 0)
            return system_failure(doing());
        return {};
    }

    Status operator()(const CreateInterface& create) const {
        const Interface& interface = context.topology.at(create.interface);
        if (!is<Tun>(interface) && !is<Tap>(interface))
            return request(create.interface.node, create_interface_message(create, context.topology));
        Status made = in_network_of(create.interface.node, [&] { return create_tuntap(interface); });
        if (!made)
            return made;
        return request(create.interface.node, set_interface_message(create, context.topology));
    }

    Status operator()(const SetMaster& set) const {
        const Interface& master = *context.topology.master_of(set.interface);
        Ifindex port = index_of(set.interface);
        Status done = request(set.interface.node, set_master_message(port, master.index));
        const auto* bond = std::get_if<Bond>(&master.kind);
        if (!done || bond == nullptr || bond->primary != set.interface.interface)
            return done;
        return request(set.interface.node, set_primary_message(master.index, port));
    }

    Status operator()(const SetPort& set) const {
        for (NetlinkMessage& message : set_port_messages(set.port, context.topology))
            if (Status done = request(set.port.node, std::move(message)); !done)
                return done;
        return {};
    }

    Status operator()(const AddFloodEntry& add) const {
        return request(add.interface.node, flood_entry_message(index_of(add.interface), add.remote));
    }

    Status operator()(const ConfigureWireguard& configure) const {
        const Interface& interface = context.topology.at(configure.interface);
        return in_network_of(configure.interface.node, [&] {
            return configure_wireguard(interface.index, std::get<Wireguard>(interface.kind));
        });
    }

    Status operator()(const AddWireguardPeer& add) const {
        const auto& peer = std::get<Wireguard>(context.topology.at(add.interface).kind).peers[add.peer];
        InterfaceRef other{peer.node, peer.interface};
        WireguardPeerRequest wanted;
        Status asked = in_network_of(peer.node, [&]() -> Status {
            auto key = wireguard_public_key(index_of(other));
            if (!key)
                return failure(key.error());
            wanted.key = *key;
            return {};
        });
        if (!asked)
            return asked;
        wanted.endpoint = peer.endpoint.address;
        wanted.port = std::get<Wireguard>(context.topology.at(other).kind).listen_port;
        wanted.keepalive = peer.keepalive;
        wanted.allowed = allowed_ips(peer, context.topology);
        return in_network_of(add.interface.node,
                             [&] { return add_wireguard_peer(index_of(add.interface), wanted); });
    }

    Status operator()(const CreateVeth& create) const {
        NodeIndex first = create.ends[0].ref.node, second = create.ends[1].ref.node;
        VethPlaces places{context.nodes[first].network.get(), context.nodes[second].network.get()};
        if (Status made = request(first, create_veth_message(create, places)); !made)
            return made;
        const VethEnd& end = create.ends[1];
        if (end.master == 0)
            return {};
        return request(second, set_master_message(end.index, end.master));
    }

    Status operator()(const CreateRelayedLink& create) const {
        return named(context.emulation.create(create));
    }

    Status operator()(const StartRelay&) const { return named(context.emulation.start_relay()); }

    Status operator()(const ImpairInterface& impair) const {
        InterfaceRef ref = impair.interface;
        return named(context.emulation.impair(ref, context.topology.at(ref).impairment));
    }

    Status operator()(const BringUp& up) const {
        return request(up.interface.node, set_link_message(index_of(up.interface), true));
    }

    Status operator()(const AddAddress& add) const {
        return request(add.interface.node, add_address_message(index_of(add.interface), add.address));
    }

    Status operator()(const AddRoute& add) const {
        bool named = std::any_of(add.route.nexthops.begin(), add.route.nexthops.end(), is_to_be_found);
        if (!named)
            return request(add.node, add_route_message(add.route));
        Route route = add.route;
        for (Nexthop& nexthop : route.nexthops)
            if (is_to_be_found(nexthop)) {
                auto index = find_interface(context.nodes[add.node].netlink, nexthop.device, doing());
                if (!index)
                    return failure(index.error());
                nexthop.index = *index;
            }
        return request(add.node, add_route_message(route));
    }

    Status operator()(const PinNeighbours& pin) const {
        constexpr std::size_t most = 500; // that a socket's buffer takes in one go
        Ifindex index = index_of(pin.interface);
        std::span<const Neighbour> rest = pin.neighbours;
        while (!rest.empty()) {
            std::size_t count = std::min(rest.size(), most);
            NetlinkBatch batch;
            for (const Neighbour& neighbour : rest.first(count))
                batch.add(permanent_neighbour_message(index, neighbour.address, neighbour.mac));
            auto refused = context.nodes[pin.interface.node].netlink.request_all(batch);
            if (refused) {
                PinNeighbours one{pin.interface, {rest[refused->position]}};
                refused->error.doing = describe(one, context.topology);
                return failure(std::move(refused->error));
            }
            rest = rest.subspan(count);
        }
        return {};
    }

    Status operator()(const AddRule& add) const { return request(add.node, add_rule_message(add.rule)); }

    Status operator()(const LoadRuleset& load) const {
        const RulesetInNode& ruleset = context.programs.rulesets[load.node];
        return in_network_of(
            load.node, [&] { return run_nft(ruleset.text, context.view.scenario_folder, ruleset.place); });
    }

    Status operator()(const RunSetup& run) const {
        const Node& node = context.topology.nodes[run.node];
        CommandRequest request;
        request.on = run.node;
        request.argv = node.setup[run.command].argv;
        request.environment["NETRIG_NODE"] = node.name;
        auto answers =
            run_commands(std::span(&request, 1), context.nodes, context.view.scenario_folder, context.stop);
        if (!answers)
            return failure(answers.error());
        const CommandAnswer& answer = answers->front();
        if (!answer.not_started.empty())
            return failure({doing(), 0, answer.not_started, {}});
        if (answer.status == 0)
            return {};
        std::string how = how_it_ended(answer);
        std::string said = answer.errors.text();
        if (!said.empty())
            how += ": " + said.substr(0, said.find_last_not_of(" \n") + 1);
        return failure({doing(), 0, how, {}});
    }

    Status operator()(const AwaitReady& wait) const {
        Duration at_most = std::chrono::seconds(10);
        for (InterfaceRef ref : wait.interfaces) // a spanning tree listens and learns first
            if (const auto* bridge = std::get_if<Bridge>(&context.topology.at(ref).kind))
                at_most = std::max(at_most,
                                   std::chrono::seconds(10) + 2 * bridge->forward_delay.value_or(Duration{}));
        return await_ready(wait, context.nodes, context.topology, at_most, context.stop);
    }
};

} // namespace

Status apply(const Op& op, ApplyContext& context) {
    if (context.stop.made())
        return failure(told_to_end());
    return std::visit(Apply{context, op}, op);
}

} // namespace netrig
