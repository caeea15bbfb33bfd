#include "core/kind_checks.h"

#include <fmt/format.h>
#include <map>

namespace netrig {

namespace {

/// What the kernel knows an interface by, beside its name and what it stands on; empty where that is all.
struct Identity {
    std::string operator()(const Vlan& vlan) const { return vlan.ip_words(); }
    /// vxlan_config_validate() in drivers/net/vxlan.
    std::string operator()(Vxlan vxlan) const {
        bool over_ipv6 = false;
        for (const AddressText* end : vxlan.addresses())
            over_ipv6 = over_ipv6 || (end->address && end->address->family == Family::ipv6);
        return fmt::format(" id {} port {} over {}", vxlan.id, vxlan.port,
                           show(over_ipv6 ? Family::ipv6 : Family::ipv4));
    }
    /// geneve_configure() in drivers/net/geneve.c.
    std::string operator()(Geneve geneve) const {
        geneve.ttl.reset();
        return geneve.ip_words();
    }
    /// ip_tunnel_find() in net/ipv4/ip_tunnel.c, and its like for IPv6.
    template <class Which>
    std::string operator()(const Tunnel<Which>& tunnel) const {
        TunnelEnds ends = tunnel.ends;
        ends.ttl.reset();
        return ends.ip_words();
    }
    template <class Other>
    std::string operator()(const Other&) const {
        return {};
    }
};

void check_twins(const Node& node, Diagnostics& diagnostics) {
    std::map<std::pair<std::string, std::optional<std::size_t>>, const Interface*> seen;
    for (const Interface& interface : node.interfaces) {
        std::string identity = std::visit(Identity{}, interface.kind);
        if (identity.empty())
            continue;
        identity.insert(0, traits(interface.kind).name);
        auto [first, is_new] = seen.try_emplace({identity, interface.parent}, &interface);
        if (!is_new)
            diagnostics.push_back(
                {fmt::format("the kernel can't tell '{}' from '{}': both are {}", interface.name,
                             first->second->name, identity),
                 interface.span,
                 {},
                 {},
                 {{fmt::format("'{}' is here", first->second->name), first->second->span}}});
    }
}

/// The kernel refuses them with no more than EINVAL.
void check_families(const Vxlan& vxlan, Diagnostics& diagnostics) {
    const AddressText* first = nullptr;
    auto check = [&](const AddressText& end) {
        if (!end.address)
            return;
        if (first != nullptr && first->address->family != end.address->family)
            diagnostics.push_back(
                {fmt::format("'{}' is an {} address, and '{}' an {} one", end.text, show(end.address->family),
                             first->text, show(first->address->family)),
                 end.span,
                 {},
                 "all outer packets of a vxlan are of one family",
                 {{"the other is here", first->span}}});
        first = first != nullptr ? first : &end;
    };
    check(vxlan.remote);
    for (const AddressText& end : vxlan.flood)
        check(end);
    check(vxlan.local);
}

} // namespace

void check_kinds(const Topology& topology, Diagnostics& diagnostics) {
    bool whole = diagnostics.empty(); // what had a mistake has no number yet
    for (const Node& node : topology.nodes) {
        if (whole)
            check_twins(node, diagnostics);
        for (const Interface& interface : node.interfaces)
            if (const auto* vxlan = std::get_if<Vxlan>(&interface.kind))
                check_families(*vxlan, diagnostics);
    }
}

} // namespace netrig
