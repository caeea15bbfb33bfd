#include "core/plan.h"

#include "core/static_neighbours.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace netrig {

namespace {

class Planner {
public:
    explicit Planner(const Topology& topology) : topology_(topology) {}

    Plan make() {
        make_nodes();
        create_masters();
        create_links();
        create_others();
        set_ports();
        impair();
        find_late();
        bring_up();
        add_addresses();
        set_up_tunnels();
        pin_neighbours();
        add_routes(Stage::early);
        load_rulesets();
        await_ready();
        bring_up_late();
        add_routes(Stage::when_ready);
        add_rules();
        run_setup();
        return std::move(plan_);
    }

private:
    template <class Visit>
    void for_each_interface(Visit&& visit) {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            for (std::size_t i = 0; i < topology_.nodes[node].interfaces.size(); ++i)
                visit(InterfaceRef{node, i}, topology_.nodes[node].interfaces[i]);
    }

    void add(Op op, const Span& span, std::string_view why = {}) {
        plan_.push_back({std::move(op), span, why});
    }

    void make_nodes() {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node) {
            const Node& wanted = topology_.nodes[node];
            add(MakeNode{node}, wanted.span);
            if (wanted.limits)
                add(SetLimits{node}, wanted.limits->span, "before anything runs in the node");
            if (!wanted.files.empty())
                add(PutFiles{node}, wanted.files.front().span);
            if (!topology_.awaits_dad)
                add(WriteSysctl{node, "net.ipv6.conf.default.accept_dad", "0", true}, wanted.span,
                    "no waiting for duplicates of an address, as 'dad' is not asked for");
            if (wanted.forwarding) {
                constexpr std::string_view why = "it forwards, as a router";
                add(WriteSysctl{node, "net.ipv4.ip_forward", "1", false}, wanted.span, why);
                add(WriteSysctl{node, "net.ipv6.conf.all.forwarding", "1", true}, wanted.span, why);
            }
        }
    }

    void write_sysctls() {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            for (const Sysctl& sysctl : topology_.nodes[node].sysctls)
                add(WriteSysctl{node, sysctl.name, sysctl.value, false}, sysctl.span,
                    "when the interfaces are there that it may be about");
    }

    /// The same on every run, so that captures and link-local addresses can be compared: 02:4e:52, then a
    /// count.
    MacAddress mac_of(InterfaceRef ref) {
        std::uint32_t n = ++macs_;
        MacAddress chosen{{0x02, 0x4E, 0x52, static_cast<std::uint8_t>(n >> 16),
                           static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)}};
        return given_macs_[ref] = topology_.at(ref).mac.value_or(chosen);
    }

    /// What has none of its own shows that of what it stands on.
    [[nodiscard]] std::optional<MacAddress> mac_shown(InterfaceRef ref) const {
        auto given = given_macs_.find(ref);
        if (given != given_macs_.end())
            return given->second;
        const Interface& interface = topology_.at(ref);
        if (interface.mac || !interface.parent)
            return interface.mac;
        return mac_shown({ref.node, *interface.parent});
    }

    void pin_neighbours() {
        if (topology_.neighbours != NeighbourPolicy::pinned)
            return;
        for (PinNeighbours& pin :
             static_neighbours(topology_, [this](InterfaceRef ref) { return mac_shown(ref); })) {
            Span span = topology_.at(pin.interface).span;
            add(std::move(pin), span, "neighbours = \"static\": nobody has to ask who has an address");
        }
    }

    void create(InterfaceRef ref, bool up, std::string_view why) {
        const Interface& interface = topology_.at(ref);
        KindTraits kind = traits(interface.kind);
        auto mac = kind.own_mac ? std::optional(mac_of(ref)) : interface.mac;
        add(CreateInterface{ref, mac, up && interface.up}, interface.span, why);
    }

    static bool is_master_kind(const Interface& interface) { return traits(interface.kind).has_ports; }

    /// Set up at once unless it is made under another in turn.
    void create_masters() {
        for_each_interface([&](InterfaceRef ref, const Interface& interface) {
            if (is_master_kind(interface) && !interface.master)
                create(ref, true, "before its ports");
        });
    }

    /// What stands on others, each after what it stands on. They can only be set up when that is.
    void create_others() {
        for_each_interface([&](InterfaceRef ref, const Interface&) {
            if (is_made_later(ref))
                create_after_parent(ref);
        });
    }

    void create_after_parent(InterfaceRef ref) {
        if (!made_.insert(ref).second)
            return;
        const Interface& interface = topology_.at(ref);
        for (const auto& needed : {interface.parent, interface.master})
            if (needed && is_made_later({ref.node, *needed}))
                create_after_parent({ref.node, *needed});
        bool leans = interface.parent || interface.master;
        create(ref, false, leans ? "after what it stands on" : std::string_view());
        others_.push_back(ref);
    }

    [[nodiscard]] bool is_made_later(InterfaceRef ref) const {
        const Interface& interface = topology_.at(ref);
        return !is<Veth>(interface) && !is<Loopback>(interface) &&
               !(is_master_kind(interface) && !interface.master);
    }

    void set_ports() {
        constexpr std::string_view why = "before any frame passes";
        for_each_interface([&](InterfaceRef ref, const Interface& interface) {
            const Interface* master = topology_.master_of(ref);
            if (master != nullptr && is<Bridge>(*master) && interface.port.any())
                add(SetPort{ref}, interface.span, why);
            const auto* bridge = std::get_if<Bridge>(&interface.kind);
            if (bridge != nullptr && bridge->own.any())
                add(SetPort{ref}, interface.span, why);
        });
    }

    [[nodiscard]] std::string_view why_impaired_so(ImpairedBy by) const {
        if (by != ImpairedBy::relay && topology_.emulator == Emulator::kernel)
            return "before any frame passes; emulator = \"kernel\"";
        switch (by) {
        case ImpairedBy::nobody:
            return {};
        case ImpairedBy::netem:
            return "before any frame passes";
        case ImpairedBy::tbf:
            return "a rate alone, for which this kernel without netem has tbf";
        case ImpairedBy::drop_rule:
            return "loss alone, for which this kernel without netem has a rule at the other end";
        case ImpairedBy::relay:
            return "before any frame passes: the relay counts from the first";
        }
        return {};
    }

    void impair() {
        for_each_interface([&](InterfaceRef ref, const Interface& interface) {
            if (const Impairment& impairment = interface.impairment; impairment.any())
                add(ImpairInterface{ref}, impairment.span, why_impaired_so(impairment.by));
        });
    }

    [[nodiscard]] bool is_bond_port(InterfaceRef ref) const {
        const Interface* master = topology_.master_of(ref);
        return master != nullptr && is<Bond>(*master);
    }

    VethEnd end_of(InterfaceRef ref) {
        const Interface& interface = topology_.at(ref);
        bool in_bond = is_bond_port(ref);
        const Interface* master = in_bond ? nullptr : topology_.master_of(ref);
        return {ref,
                interface.index,
                interface.name,
                mac_of(ref),
                interface.mtu,
                master != nullptr ? master->index : 0,
                interface.up && !in_bond,
                topology_.impaired_by_kernel};
    }

    /// A bridge's port comes first: the first end can be given its master and be set up in the same message.
    void create_links() {
        // The kernel takes the first free name, so the names in the file must be taken before it chooses.
        std::vector<Link> links = topology_.links;
        std::stable_partition(links.begin(), links.end(),
                              [&](const Link& link) { return !topology_.at(link.ends[0]).name.empty(); });
        for (const Link& link : links) {
            bool second_first = !topology_.at(link.ends[0]).master && topology_.at(link.ends[1]).master;
            InterfaceRef first = link.ends[second_first ? 1 : 0], second = link.ends[second_first ? 0 : 1];
            VethEnd a = end_of(first), b = end_of(second);
            if (b.up)
                second_ends_.emplace_back(second, link.span);
            if (link.relayed)
                add(CreateRelayedLink{{std::move(a), std::move(b)}}, link.span,
                    topology_.emulator == Emulator::relay
                        ? "emulator = \"relay\""
                        : "this kernel cannot impair the link exactly as it is asked");
            else
                add(CreateVeth{{std::move(a), std::move(b)}}, link.span,
                    "made in their namespaces with their final names");
        }
        auto relayed =
            std::find_if(links.begin(), links.end(), [](const Link& link) { return link.relayed; });
        if (relayed != links.end())
            add(StartRelay{}, relayed->span, "one process carries the frames of all such links");
    }

    void bring_up() {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            if (topology_.nodes[node].interfaces.front().up)
                add(BringUp{{node, 0}}, topology_.nodes[node].span, "as it does not say lo = \"down\"");
        write_sysctls();
        for (const auto& [ref, span] : second_ends_)
            add(BringUp{ref}, span, "the second end, which cannot be set up as it is made");
        for_each_interface([&](InterfaceRef ref, const Interface& interface) {
            if (is<Veth>(interface) && is_bond_port(ref))
                add(SetMaster{ref}, interface.span, "a bond takes no port that is up, and sets it up itself");
        });
        for (InterfaceRef ref : others_)
            if (topology_.at(ref).up && !is_bond_port(ref) && !late_.contains(ref))
                add(BringUp{ref}, topology_.at(ref).span, "after what it stands on");
    }

    /// Tunnels, and what stands on them, are set up when what is below them works. What they send by
    /// themselves would be in vain before, and a neighbour that was asked in vain is asked again a second
    /// later.
    void find_late() {
        for (InterfaceRef ref : others_) {
            const Interface& interface = topology_.at(ref);
            if (traits(interface.kind).overlay ||
                (interface.parent && late_.contains({ref.node, *interface.parent})))
                late_.insert(ref);
        }
    }

    void bring_up_late() {
        AwaitReady ready;
        std::set<InterfaceRef> seen;
        Span span;
        for (InterfaceRef ref : others_)
            if (late_.contains(ref) && topology_.at(ref).up) {
                add(BringUp{ref}, topology_.at(ref).span,
                    "late: what it sends by itself would be lost before the network below it works");
                add_other_ready(ref, ready, seen);
                span = topology_.at(ref).span;
            }
        add_routes(Stage::late);
        if (!ready.interfaces.empty() || !ready.ipv6_alone.empty())
            add(std::move(ready), span, why_awaited);
    }

    /// What tunnels are told of their other ends.
    void set_up_tunnels() {
        for_each_interface([&](InterfaceRef ref, const Interface& interface) {
            if (const auto* vxlan = std::get_if<Vxlan>(&interface.kind))
                for (const AddressText& end : vxlan->flood)
                    if (end.address)
                        add(AddFloodEntry{ref, *end.address}, end.span,
                            "a copy of what has no known place goes there");
            if (is<Wireguard>(interface))
                add(ConfigureWireguard{ref}, interface.span,
                    "keys are made with each lab, so that no file holds one");
        });
        for_each_interface([&](InterfaceRef ref, const Interface& interface) {
            if (const auto* wireguard = std::get_if<Wireguard>(&interface.kind))
                for (std::size_t peer = 0; peer < wireguard->peers.size(); ++peer)
                    add(AddWireguardPeer{ref, peer}, wireguard->peers[peer].span,
                        "when the peer has its key");
        });
    }

    void add_addresses() {
        for_each_interface([&](InterfaceRef ref, const Interface& interface) {
            for (const InterfaceAddress& address : interface.addresses)
                add(AddAddress{ref, address.prefix}, address.span);
        });
    }

    /// When a route can be added.
    enum class Stage { early, late, when_ready };

    [[nodiscard]] Stage stage_of(NodeIndex node, const Route& route) const {
        // The kernel takes no IPv6 address as a source before it is ready.
        if (route.source && route.source->family == Family::ipv6)
            return Stage::when_ready;
        bool late = std::any_of(late_.begin(), late_.end(), [&](InterfaceRef ref) {
            return ref.node == node && leads_over(route, topology_.at(ref));
        });
        return late ? Stage::late : Stage::early;
    }

    static bool leads_over(const Route& route, const Interface& interface) {
        return std::any_of(route.nexthops.begin(), route.nexthops.end(), [&](const Nexthop& hop) {
            if (hop.index != 0 || !hop.device.empty())
                return hop.index == interface.index || hop.device == interface.name;
            return hop.gateway && std::any_of(interface.addresses.begin(), interface.addresses.end(),
                                              [&](const InterfaceAddress& own) {
                                                  return own.prefix.contains(*hop.gateway);
                                              });
        });
    }

    static std::string_view why_routed(Stage stage) {
        switch (stage) {
        case Stage::early:
            return {};
        case Stage::late:
            return "late: over an interface that is set up late";
        case Stage::when_ready:
            return "late: the kernel takes no IPv6 address as a source before it is ready";
        }
        return {};
    }

    void add_routes(Stage stage) {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            for (const Route& route : topology_.nodes[node].routes)
                if (stage_of(node, route) == stage)
                    add(AddRoute{node, route}, route.span, why_routed(stage));
    }

    void add_rules() {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            for (const Rule& rule : topology_.nodes[node].rules)
                add(AddRule{node, rule}, rule.span,
                    "after the routes, whose gateways the kernel looks up by the rules that there are");
    }

    void load_rulesets() {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            if (const auto& ruleset = topology_.nodes[node].ruleset)
                add(LoadRuleset{node}, ruleset->span,
                    "when the interfaces are there that it may name, before anything is asked");
    }

    void run_setup() {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            for (std::size_t i = 0; i < topology_.nodes[node].setup.size(); ++i)
                add(RunSetup{node, i}, topology_.nodes[node].setup[i].span, "when the network is ready");
    }

    /// Only interfaces whose two ends are up can become ready, and what stands on them or holds them.
    void await_ready() {
        AwaitReady ready;
        std::set<InterfaceRef> seen;
        Span span;
        for (const Link& link : topology_.links) {
            if (!topology_.at(link.ends[0]).up || !topology_.at(link.ends[1]).up)
                continue;
            for (InterfaceRef end : link.ends)
                add_ready(end, ready, seen);
            span = link.span;
        }
        for (InterfaceRef ref : others_)
            if (!late_.contains(ref))
                add_other_ready(ref, ready, seen);
        if (!ready.interfaces.empty() || !ready.ipv6_alone.empty())
            add(std::move(ready), span, why_awaited);
    }

    /// An interface, and with a port the bridge or bond that it makes ready.
    void add_ready(InterfaceRef ref, AwaitReady& ready, std::set<InterfaceRef>& seen) {
        const Interface& interface = topology_.at(ref);
        if (const Interface* master = topology_.master_of(ref); master != nullptr && master->up)
            add_ready({ref.node, *interface.master}, ready, seen);
        if (!seen.insert(ref).second)
            return;
        ready.interfaces.push_back(ref);
        if (speaks_ipv6(ref))
            (traits(interface.kind).ethernet ? ready.ipv6 : ready.ipv6_alone).push_back(ref);
    }

    /// With a carrier that its parent has; without one, only its addresses and its bridge are waited for.
    void add_other_ready(InterfaceRef ref, AwaitReady& ready, std::set<InterfaceRef>& seen) {
        const Interface& interface = topology_.at(ref);
        Passes passes = traits(interface.kind).passes;
        if (!interface.up || passes == Passes::with_program)
            return;
        if (passes == Passes::with_carrier) {
            if (interface.parent && seen.contains({ref.node, *interface.parent}))
                add_ready(ref, ready, seen);
            return;
        }
        if (seen.insert(ref).second && speaks_ipv6(ref))
            ready.ipv6_alone.push_back(ref);
        if (const Interface* master = topology_.master_of(ref); master != nullptr && is<Bridge>(*master))
            add_ready({ref.node, *interface.master}, ready, seen);
    }

    /// An IPv6 address in the file, and no setting that takes IPv6 or the link-local address away again.
    [[nodiscard]] bool speaks_ipv6(InterfaceRef ref) const {
        const auto& sysctls = topology_.nodes[ref.node].sysctls;
        bool unusual = std::any_of(sysctls.begin(), sysctls.end(), [](const Sysctl& sysctl) {
            return sysctl.name.find("disable_ipv6") != std::string::npos ||
                   sysctl.name.find("addr_gen_mode") != std::string::npos;
        });
        const auto& addresses = topology_.at(ref).addresses;
        return !unusual &&
               std::any_of(addresses.begin(), addresses.end(), [](const InterfaceAddress& address) {
                   return address.prefix.address.family == Family::ipv6;
               });
    }

    static constexpr std::string_view why_awaited = "what is sent before is lost";

    const Topology& topology_;
    Plan plan_;
    std::uint32_t macs_ = 0;
    std::map<InterfaceRef, MacAddress> given_macs_;
    std::set<InterfaceRef> made_;
    std::vector<InterfaceRef> others_; ///< that are made after the links, in that order
    std::set<InterfaceRef> late_;      ///< those of them that are set up when the others are ready
    std::vector<std::pair<InterfaceRef, Span>>
        second_ends_; ///< that the message which makes them can't set up
};

} // namespace

Plan make_plan(const Topology& topology) {
    return Planner(topology).make();
}

std::string show(const Plan& plan, const Topology& topology) {
    std::string text;
    for (std::size_t i = 0; i < plan.size(); ++i)
        text += fmt::format("{:>5}  {}\n", i + 1, describe(plan[i].op, topology));
    return text;
}

} // namespace netrig
