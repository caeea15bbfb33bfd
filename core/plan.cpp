#include "core/plan.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace netrig {

namespace {

class Planner {
public:
    explicit Planner(const Topology& topology) : topology_(topology) {}

    Plan make() {
        make_nodes();
        create_bridges();
        create_links();
        bring_up();
        add_addresses();
        add_routes();
        await_ready();
        return std::move(plan_);
    }

private:
    template <class Visit>
    void for_each_interface(Visit&& visit) {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            for (std::size_t i = 0; i < topology_.nodes[node].interfaces.size(); ++i)
                visit(InterfaceRef{node, i}, topology_.nodes[node].interfaces[i]);
    }

    void add(Op op, const Span& span) { plan_.push_back({std::move(op), span}); }

    void make_nodes() {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node) {
            const Node& wanted = topology_.nodes[node];
            add(MakeNode{node}, wanted.span);
            if (!wanted.files.empty())
                add(PutFiles{node}, wanted.files.front().span);
            // Before any link: an address is usable at once, instead of after a second of duplicate
            // detection.
            add(WriteSysctl{node, "net.ipv6.conf.default.accept_dad", "0", true}, wanted.span);
            if (wanted.forwarding) {
                add(WriteSysctl{node, "net.ipv4.ip_forward", "1", false}, wanted.span);
                add(WriteSysctl{node, "net.ipv6.conf.all.forwarding", "1", true}, wanted.span);
            }
        }
    }

    /// Settings of an interface ("net.ipv4.conf.eth0.rp_filter") can only be written when it stands.
    void write_sysctls() {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            for (const Sysctl& sysctl : topology_.nodes[node].sysctls)
                add(WriteSysctl{node, sysctl.name, sysctl.value, false}, sysctl.span);
    }

    /// The same on every run, so that captures and link-local addresses can be compared: 02:4e:52, then a
    /// count.
    MacAddress mac_of(const Interface& interface) {
        std::uint32_t n = ++macs_;
        if (interface.mac)
            return *interface.mac;
        return {{0x02, 0x4E, 0x52, static_cast<std::uint8_t>(n >> 16), static_cast<std::uint8_t>(n >> 8),
                 static_cast<std::uint8_t>(n)}};
    }

    void create_bridges() {
        for_each_interface([&](InterfaceRef ref, const Interface& bridge) {
            if (bridge.kind == InterfaceKind::bridge)
                add(CreateBridge{ref, bridge.index, bridge.name, mac_of(bridge), bridge.mtu, bridge.up},
                    bridge.span);
        });
    }

    VethEnd end_of(InterfaceRef ref) {
        const Interface& interface = topology_.at(ref);
        Ifindex master = interface.master ? topology_.at({ref.node, *interface.master}).index : 0;
        return {ref, interface.index, interface.name, mac_of(interface), interface.mtu, master, interface.up};
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
            add(CreateVeth{{std::move(a), std::move(b)}}, link.span);
        }
    }

    void bring_up() {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            if (topology_.nodes[node].interfaces.front().up)
                add(BringUp{{node, 0}}, topology_.nodes[node].span);
        write_sysctls();
        for (const auto& [ref, span] : second_ends_)
            add(BringUp{ref}, span);
    }

    void add_addresses() {
        for_each_interface([&](InterfaceRef ref, const Interface& interface) {
            for (const InterfaceAddress& address : interface.addresses)
                add(AddAddress{ref, address.prefix}, address.span);
        });
    }

    void add_routes() {
        for (NodeIndex node = 0; node < topology_.nodes.size(); ++node)
            for (const Route& route : topology_.nodes[node].routes)
                add(AddRoute{node, route}, route.span);
    }

    /// Only interfaces whose two ends are up can become ready.
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
        if (!ready.interfaces.empty())
            add(std::move(ready), span);
    }

    /// An interface, and with a port the bridge that it makes ready.
    void add_ready(InterfaceRef ref, AwaitReady& ready, std::set<InterfaceRef>& seen) {
        const Interface& interface = topology_.at(ref);
        if (interface.master && topology_.at({ref.node, *interface.master}).up)
            add_ready({ref.node, *interface.master}, ready, seen);
        if (!seen.insert(ref).second)
            return;
        ready.interfaces.push_back(ref);
        if (speaks_ipv6(ref))
            ready.ipv6.push_back(ref);
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

    const Topology& topology_;
    Plan plan_;
    std::uint32_t macs_ = 0;
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
