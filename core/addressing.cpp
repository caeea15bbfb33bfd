#include "core/addressing.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <tuple>

namespace netrig {

namespace {

using Taken = std::set<std::tuple<std::size_t, IpAddress>>; // segment, address

Taken addresses_taken(const Topology& topology) {
    Taken taken;
    for (const Node& node : topology.nodes)
        for (const Interface& interface : node.interfaces)
            for (const InterfaceAddress& address : interface.addresses)
                taken.insert({interface.segment, address.prefix.address});
    return taken;
}

bool has_address_in(const Interface& interface, const Prefix& subnet) {
    return std::any_of(interface.addresses.begin(), interface.addresses.end(),
                       [&](const InterfaceAddress& given) { return subnet.contains(given.prefix.address); });
}

std::set<IpAddress> addresses_of(const AddressGroup& group, const Topology& topology) {
    std::set<IpAddress> found;
    for (InterfaceRef ref : group.members)
        for (const InterfaceAddress& given : topology.at(ref).addresses)
            found.insert(given.prefix.address);
    return found;
}

void give_out(const Subnet& subnet, const AddressGroup& group, Topology& topology, Taken& taken,
              Diagnostics& diagnostics) {
    IpAddress next = subnet.prefix.address;
    std::size_t given = 0;
    // A switch's ports may be in different VLANs, and so on different segments: no two get the same, either.
    std::set<IpAddress> in_group = addresses_of(group, topology);
    for (InterfaceRef ref : group.members) {
        Interface& member = topology.at(ref);
        if (has_address_in(member, subnet.prefix))
            continue;
        auto free = [&] {
            return Prefix{next, subnet.prefix.length}.is_host_address() &&
                   !taken.contains({member.segment, next}) && !in_group.contains(next);
        };
        while (subnet.prefix.contains(next) && !free() && next != subnet.prefix.last())
            next = next + 1;
        if (!subnet.prefix.contains(next) || !free()) {
            diagnostics.push_back(
                {fmt::format("the subnet {} is too small for {}", show(subnet.prefix), group.what),
                 subnet.span,
                 fmt::format("{} of {} interfaces got an address", given, group.members.size()),
                 {},
                 {}});
            return;
        }
        member.addresses.push_back({{next, subnet.prefix.length}, subnet.span});
        taken.insert({member.segment, next});
        in_group.insert(next);
        ++given;
    }
}

std::string why_no_host_address(const Prefix& prefix, bool is_loopback) {
    if (prefix.address.is_multicast())
        return "a multicast address";
    if (prefix.address == IpAddress{prefix.address.family, {}})
        return "the unspecified address";
    if (!is_loopback && prefix.address == loopback(Family::ipv6))
        return "the loopback address";
    if (prefix.is_host_address())
        return {};
    return prefix.address == prefix.network().address ? "the address of its network itself"
                                                      : "the broadcast address of its network";
}

/// RFC 8200, section 5: the kernel gives an interface with a smaller MTU no IPv6.
void check_mtu(const Interface& interface, const InterfaceAddress& given, Diagnostics& diagnostics) {
    constexpr unsigned least = 1280;
    if (given.prefix.address.family == Family::ipv6 && interface.mtu && *interface.mtu < least)
        diagnostics.push_back(
            {fmt::format("{} can't be on an interface with an MTU of {}", show(given.prefix), *interface.mtu),
             given.span,
             {},
             fmt::format("IPv6 wants an MTU of {} or more", least),
             {}});
}

} // namespace

void give_out_addresses(const std::vector<AddressGroup>& groups, Topology& topology,
                        Diagnostics& diagnostics) {
    Taken taken = addresses_taken(topology);
    for (const AddressGroup& group : groups)
        for (const Subnet& subnet : group.subnets)
            give_out(subnet, group, topology, taken, diagnostics);
}

void check_addresses(const Topology& topology, Diagnostics& diagnostics) {
    std::map<std::tuple<std::size_t, IpAddress>, std::pair<InterfaceRef, Span>> seen;
    for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
        for (std::size_t i = 0; i < topology.nodes[node].interfaces.size(); ++i) {
            const Interface& interface = topology.nodes[node].interfaces[i];
            for (const InterfaceAddress& given : interface.addresses) {
                std::string why = why_no_host_address(given.prefix, is<Loopback>(interface));
                if (!why.empty())
                    diagnostics.push_back(
                        {fmt::format("{} is {}, so no interface can have it", show(given.prefix), why),
                         given.span});
                check_mtu(interface, given, diagnostics);
                InterfaceRef ref{node, i};
                auto [first, is_new] =
                    seen.try_emplace({interface.segment, given.prefix.address}, ref, given.span);
                if (is_new)
                    continue;
                diagnostics.push_back(
                    {fmt::format("{} is given twice on one network", show(given.prefix.address)),
                     given.span,
                     fmt::format("to {}", topology.show(ref)),
                     {},
                     {{fmt::format("{} has it already", topology.show(first->second.first)),
                       first->second.second}}});
            }
        }
}

} // namespace netrig
