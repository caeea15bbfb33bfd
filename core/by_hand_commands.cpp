#include "core/by_hand_commands.h"

#include "core/kernel_emulation.h"
#include "core/port_vlans.h"
#include "core/remote_addresses.h"
#include "core/shell.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace netrig {

void DeviceNames::choose(const std::array<VethEnd, 2>& ends) {
    for (const VethEnd& end : {ends[1], ends[0]}) {
        if (!end.name.empty())
            continue;
        auto is_taken = [&](const std::string& name) {
            return topology_.find_interface(end.ref.node, name) ||
                   std::any_of(chosen_.begin(), chosen_.end(), [&](const auto& chosen) {
                       return chosen.first.node == end.ref.node && chosen.second == name;
                   });
        };
        for (int n = 0; !chosen_.contains(end.ref); ++n)
            if (std::string name = fmt::format("veth{}", n); !is_taken(name))
                chosen_[end.ref] = name;
    }
}

const std::string& DeviceNames::of(InterfaceRef ref) const {
    auto chosen = chosen_.find(ref);
    return chosen == chosen_.end() ? topology_.at(ref).name : chosen->second;
}

namespace {

std::string number_word(std::string_view word, std::optional<std::uint64_t> number) {
    return number ? fmt::format(" {} {}", word, *number) : std::string();
}

std::string switch_word(std::string_view word, std::optional<bool> on) {
    return on ? fmt::format(" {} {}", word, *on ? "on" : "off") : std::string();
}

/// "10", "10-20"
std::string show(const VlanRange& range) {
    return range.first == range.last ? fmt::format("{}", range.first)
                                     : fmt::format("{}-{}", range.first, range.last);
}

/// Their words are printed as they are.
Route with_quoted_devices(Route route) {
    for (Nexthop& nexthop : route.nexthops) {
        if (!nexthop.device.empty())
            nexthop.device = shell_word(nexthop.device);
        if (nexthop.encapsulation == nullptr)
            continue;
        auto encapsulation = std::make_shared<Encapsulation>(*nexthop.encapsulation);
        if (auto* local = std::get_if<Seg6Local>(encapsulation.get());
            local != nullptr && !local->device.empty())
            local->device = shell_word(local->device);
        nexthop.encapsulation = std::move(encapsulation);
    }
    return route;
}

/// As tc-netem(8) takes it.
std::string netem_words(const Impairment& impairment) {
    std::string text = words(impairment);
    if (impairment.rate == 0 && netem_rate(impairment) > 0) // so that packets stay in order
        text += fmt::format(" rate {}", rate_words(netem_rate(impairment) * 8));
    return text;
}

} // namespace

struct CommandsOfOp {
    ByHandCommands& hand;

    [[nodiscard]] const std::string& node(NodeIndex index) const { return hand.topology_.nodes[index].name; }
    [[nodiscard]] std::string device(InterfaceRef ref) const { return shell_word(hand.names_.of(ref)); }
    [[nodiscard]] const Interface& at(InterfaceRef ref) const { return hand.topology_.at(ref); }

    [[nodiscard]] std::string ip(NodeIndex index) const { return "ip -n " + node(index) + " "; }
    [[nodiscard]] std::string netns(NodeIndex index) const { return "ip netns exec " + node(index) + " "; }
    [[nodiscard]] std::string set(InterfaceRef ref, const std::string& what) const {
        return fmt::format("{}link set dev {} {}\n", ip(ref.node), device(ref), what);
    }

    [[nodiscard]] std::string cannot(const std::string& what) const {
        hand.warnings_.push_back(what);
        return shell_comment("NOT DONE: " + what) + "\n";
    }

    std::string operator()(const MakeNode& op) const {
        std::string commands = fmt::format("ip netns add {}\n", node(op.node));
        if (!hand.functions_.view)
            return commands;
        std::set<std::string> folders{"/etc"}; // for /etc/hosts
        for (const NodeFile& file : hand.topology_.nodes[op.node].files)
            folders.insert(file.path.substr(0, file.path.find('/', 1)));
        folders.erase("/run");
        return commands +
               fmt::format("view {} {}\n", node(op.node), shell_words({folders.begin(), folders.end()}));
    }

    std::string operator()(const PutFiles& op) const {
        const std::vector<NodeFile>& files = hand.topology_.nodes[op.node].files;
        std::string commands;
        for (std::size_t i = 0; i < files.size(); ++i) {
            const std::string& path = files[i].path;
            std::string in_node = "on " + node(op.node) + " ", word = shell_word(path);
            std::string folder = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
            commands += fmt::format("{}mkdir -p {}\n", in_node, shell_word(folder));
            commands +=
                with_input(fmt::format("{}tee {} >/dev/null", in_node, word), hand.texts_.files[op.node][i]);
            commands += fmt::format("{}chmod {:04o} {}\n", in_node, files[i].mode, word);
        }
        return commands;
    }

    std::string operator()(const SetLimits& op) const {
        return cannot(fmt::format("the limits of {}: control groups are not made by a script that is over",
                                  node(op.node)));
    }

    std::string operator()(const WriteSysctl& op) const {
        return fmt::format("{}sysctl -{}qw {}\n", netns(op.node), op.if_present ? "e" : "",
                           shell_word(op.name + "=" + op.value));
    }

    std::string operator()(const CreateInterface& op) const {
        const Interface& interface = at(op.interface);
        KindTraits kind = traits(interface.kind);
        std::string settings;
        if (op.mac)
            settings += " address " + netrig::show(*op.mac);
        settings += number_word("mtu", interface.mtu);
        if (interface.master)
            settings += " master " + device({op.interface.node, *interface.master});
        settings += op.up ? " up" : "";
        if (is<Tun>(interface) || is<Tap>(interface)) {
            std::string commands = fmt::format("{}tuntap add dev {} mode {}\n", ip(op.interface.node),
                                               device(op.interface), kind.name);
            return settings.empty() ? commands : commands + set(op.interface, settings.substr(1));
        }
        std::string parent = interface.parent ? device({op.interface.node, *interface.parent}) : "";
        bool is_link = kind.parent_word == "link";
        return fmt::format("{}link add{} name {}{} type {}{}{}\n", ip(op.interface.node),
                           parent.empty() || !is_link ? "" : " link " + parent, device(op.interface),
                           settings, kind.name, kind_words(interface.kind),
                           parent.empty() || is_link ? "" : " dev " + parent);
    }

    /// A VXLAN that floods over IPv6 and has no address to send from must be told of the family.
    static std::string kind_words(const AnyKind& kind) {
        const auto* vxlan = std::get_if<Vxlan>(&kind);
        bool flat = vxlan != nullptr && !vxlan->flood.empty() && !vxlan->local.given();
        bool over_ipv6 =
            flat && vxlan->flood.front().address && vxlan->flood.front().address->family == Family::ipv6;
        const char* mode = std::holds_alternative<Ipip>(kind) ? " mode ipip" : ""; // ip(8) would take any
        return ip_words(kind) + (over_ipv6 ? " local ::" : "") + mode;
    }

    static std::string settings(const VethEnd& end) {
        return fmt::format(" address {}{}{}", netrig::show(end.mac), number_word("mtu", end.mtu),
                           end.one_segment ? " gso_max_segs 1" : "");
    }

    [[nodiscard]] std::string create_pair(const std::array<VethEnd, 2>& ends) const {
        const auto& [first, second] = ends;
        hand.names_.choose(ends);
        auto name = [&](const VethEnd& end) { return end.name.empty() ? "" : " name " + device(end.ref); };
        std::string master = first.master != 0 ? " master " + master_of(first.ref) : "";
        std::string commands =
            fmt::format("{}link add{}{}{}{} type veth \\\n    peer{} netns {}{}\n", ip(first.ref.node),
                        name(first), settings(first), master, first.up ? " up" : "", name(second),
                        node(second.ref.node), settings(second));
        for (const VethEnd& end : ends)
            if (end.name.empty())
                commands += shell_comment("the kernel calls " + hand.topology_.show(end.ref) + " " +
                                          hand.names_.of(end.ref)) +
                            "\n";
        return second.master == 0 ? commands : commands + set(second.ref, "master " + master_of(second.ref));
    }

    [[nodiscard]] std::string master_of(InterfaceRef ref) const {
        return device({ref.node, *at(ref).master});
    }

    std::string operator()(const CreateVeth& op) const { return create_pair(op.ends); }

    std::string operator()(const CreateRelayedLink& op) const {
        return cannot(fmt::format("what the relay does to {} -- {}, which no command can; they are joined "
                                  "without it",
                                  hand.topology_.show(op.ends[0].ref), hand.topology_.show(op.ends[1].ref))) +
               create_pair(op.ends);
    }

    std::string operator()(const StartRelay&) const { return {}; }

    std::string operator()(const ImpairInterface& op) const {
        const Impairment& impairment = at(op.interface).impairment;
        std::string root = fmt::format(
            "tc -n {} qdisc replace dev {} root handle 1: ", node(op.interface.node), device(op.interface));
        switch (impairment.by) {
        case ImpairedBy::nobody:
            return {};
        case ImpairedBy::netem:
            return root + "netem " + netem_words(impairment) + "\n";
        case ImpairedBy::tbf:
            return fmt::format(
                "{0}tbf rate {1} burst {2} limit {3}\ntc -n {4} qdisc replace dev {5} parent 1:1 "
                "handle 2: pfifo limit {3}\n",
                root, rate_words(impairment.rate),
                tbf_burst(impairment, at(op.interface).mtu.value_or(usual_mtu)), impairment.limit,
                node(op.interface.node), device(op.interface));
        case ImpairedBy::drop_rule:
            return drop_by_rule(op.interface, impairment);
        case ImpairedBy::relay:
            return shell_comment(fmt::format("by the relay: {}", words(impairment))) + "\n";
        }
        return {};
    }

    /// What comes in at the other end.
    [[nodiscard]] std::string drop_by_rule(InterfaceRef ref, const Impairment& impairment) const {
        const Link* link = hand.topology_.link_of(ref);
        InterfaceRef peer = link->ends[link->ends[0] == ref ? 1 : 0];
        std::string rule = loss_rule(impairment);
        return with_input(
            netns(peer.node) + "nft -f -",
            fmt::format("table netdev netrig {{\n    chain loss_{} {{\n        type filter hook "
                        "ingress device \"{}\" priority 0;\n        {}counter drop\n    }}\n}}\n",
                        at(peer).index, hand.names_.of(peer), rule.empty() ? "" : rule + " "));
    }

    std::string operator()(const SetMaster& op) const {
        InterfaceRef master{op.interface.node, *at(op.interface).master};
        std::string commands = set(op.interface, "master " + device(master));
        const auto* bond = std::get_if<Bond>(&at(master).kind);
        if (bond != nullptr && bond->primary == op.interface.interface)
            commands += set(master, "type bond primary " + device(op.interface));
        return commands;
    }

    std::string operator()(const SetPort& op) const {
        const auto* own = std::get_if<Bridge>(&at(op.port).kind);
        bool is_bridge = own != nullptr && !at(op.port).master;
        const auto& bridge = is_bridge ? *own : std::get<Bridge>(hand.topology_.master_of(op.port)->kind);
        const PortSettings& settings = is_bridge ? own->own : at(op.port).port;
        std::string port = fmt::format("dev {}", device(op.port)), self = is_bridge ? " self" : "";
        std::string start = fmt::format("bridge -n {} ", node(op.port.node)), commands;
        if (settings.has_flags())
            commands += fmt::format(
                "{}link set {}{}{}{}{}{}\n", start, port, switch_word("isolated", settings.isolated),
                switch_word("learning", settings.learning), switch_word("flood", settings.flooding),
                number_word("cost", settings.cost), number_word("priority", settings.priority));
        if (auto usual = settings.has_vlans() ? vlan_to_leave(settings, bridge) : std::nullopt)
            commands += fmt::format("{}vlan del {} vid {}{}\n", start, port, *usual, self);
        for (const VlanRange& range : vlan_ranges(settings))
            commands += fmt::format("{}vlan add {} vid {}{}{}\n", start, port, show(range),
                                    range.untagged ? " pvid untagged" : "", self);
        return commands;
    }

    std::string operator()(const AddFloodEntry& op) const {
        return fmt::format("bridge -n {} fdb append 00:00:00:00:00:00 dev {} dst {}\n",
                           node(op.interface.node), device(op.interface), netrig::show(op.remote));
    }

    std::string operator()(const ConfigureWireguard& op) const {
        const auto& wireguard = std::get<Wireguard>(at(op.interface).kind);
        return fmt::format("{}wg set {} private-key <(wg genkey) listen-port {}{}\n",
                           netns(op.interface.node), device(op.interface), wireguard.listen_port,
                           number_word("fwmark", wireguard.fwmark));
    }

    std::string operator()(const AddWireguardPeer& op) const {
        const WireguardPeer& peer = std::get<Wireguard>(at(op.interface).kind).peers[op.peer];
        InterfaceRef other{peer.node, peer.interface};
        std::string list;
        for (const Prefix& prefix : allowed_ips(peer, hand.topology_))
            list += (list.empty() ? "" : ",") + netrig::show(prefix);
        std::string text =
            fmt::format("{}wg set {} peer \"$({}wg show {} public-key)\" \\\n    allowed-ips {}",
                        netns(op.interface.node), device(op.interface), netns(peer.node), device(other),
                        shell_word(list));
        if (const auto& address = peer.endpoint.address) {
            bool ipv6 = address->family == Family::ipv6;
            text += fmt::format(" endpoint {}{}{}:{}", ipv6 ? "'[" : "", netrig::show(*address),
                                ipv6 ? "]'" : "", std::get<Wireguard>(at(other).kind).listen_port);
        }
        if (peer.keepalive)
            text += fmt::format(" persistent-keepalive {}",
                                std::chrono::round<std::chrono::seconds>(*peer.keepalive).count());
        return text + "\n";
    }

    std::string operator()(const BringUp& op) const { return set(op.interface, "up"); }

    std::string operator()(const AddAddress& op) const {
        bool has_broadcast = op.address.address.family == Family::ipv4 && op.address.length <= 30;
        return fmt::format("{}address add {}{} dev {}\n", ip(op.interface.node), netrig::show(op.address),
                           has_broadcast ? " brd +" : "", device(op.interface));
    }

    std::string operator()(const PinNeighbours& op) const {
        std::string commands;
        for (const Neighbour& neighbour : op.neighbours)
            commands += fmt::format("{}neighbour replace {} lladdr {} dev {} nud permanent\n",
                                    ip(op.interface.node), netrig::show(neighbour.address),
                                    netrig::show(neighbour.mac), device(op.interface));
        return commands;
    }

    std::string operator()(const AddRoute& op) const {
        Route route = with_quoted_devices(op.route);
        std::string words = netrig::show(route, [&](Ifindex index) { return device_at(op.node, index); });
        if (route.label)
            return fmt::format("{}-f mpls route add {}\n", ip(op.node), words.substr(words.find(' ') + 1));
        Family family = route.destination.address.family;
        std::string beside = fmt::format(" ({})", netrig::show(family));
        if (std::size_t at = words.find(beside); route.destination.length == 0 && at != std::string::npos)
            words.erase(at, beside.size());
        if (route.type == RouteType::local && route.table == main_table)
            words += " table main"; // else ip(8) takes the table local
        return fmt::format("{}{}route add {}\n", ip(op.node), family == Family::ipv6 ? "-6 " : "", words);
    }

    [[nodiscard]] std::string device_at(NodeIndex node, Ifindex index) const {
        const auto& interfaces = hand.topology_.nodes[node].interfaces;
        for (std::size_t i = 0; i < interfaces.size(); ++i)
            if (interfaces[i].index == index)
                return device({node, i});
        return {};
    }

    std::string operator()(const AddRule& op) const {
        Rule rule = op.rule;
        for (std::string* name : {&rule.in, &rule.out})
            *name = name->empty() ? "" : shell_word(*name);
        std::string words = netrig::show(rule);
        return fmt::format("{}{}rule add{}\n", ip(op.node), op.rule.family == Family::ipv6 ? "-6 " : "",
                           words.substr(words.find(' ')));
    }

    std::string operator()(const LoadRuleset& op) const {
        std::string text = hand.texts_.rulesets[op.node];
        bool includes = text.find("include") != std::string::npos;
        text += text.ends_with('\n') ? "" : "\n";
        return with_input(fmt::format("{}nft {}-f -", netns(op.node),
                                      includes ? "-I " + shell_word(hand.texts_.folder) + " " : ""),
                          text);
    }

    std::string operator()(const RunSetup& op) const {
        return fmt::format("on {} {} </dev/null\n", node(op.node),
                           shell_words(hand.topology_.nodes[op.node].setup[op.command].argv));
    }

    std::string operator()(const AwaitReady& op) const {
        std::vector<InterfaceRef> addresses = op.ipv6;
        addresses.insert(addresses.end(), op.ipv6_alone.begin(), op.ipv6_alone.end());
        return wait("ready", op.interfaces) + wait("settled", addresses);
    }

    /// A line a node.
    [[nodiscard]] std::string wait(std::string_view how, const std::vector<InterfaceRef>& interfaces) const {
        std::vector<std::string> lines(hand.topology_.nodes.size());
        for (InterfaceRef ref : interfaces)
            lines[ref.node] += " " + device(ref);
        std::string commands;
        for (NodeIndex index = 0; index < lines.size(); ++index)
            if (!lines[index].empty())
                commands += fmt::format("{} {}{}\n", how, node(index), lines[index]);
        return commands;
    }
};

std::string ByHandCommands::of(const Op& op) {
    return std::visit(CommandsOfOp{*this}, op);
}

} // namespace netrig
