#include "core/node_state.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace netrig {

namespace {

struct Protocol {
    unsigned number;
    std::string_view name;
};

/// linux/rtnetlink.h, and what FRR numbers itself (zebra/rt_netlink.h).
constexpr std::array<Protocol, 25> protocols{{
    {1, "redirect"},    {2, "kernel"}, {3, "boot"},      {4, "static"},       {8, "gated"},
    {9, "ra"},          {11, "zebra"}, {12, "bird"},     {16, "dhcp"},        {17, "mrouted"},
    {18, "keepalived"}, {42, "babel"}, {99, "openr"},    {186, "bgp"},        {187, "isis"},
    {188, "ospf"},      {189, "rip"},  {191, "nhrp"},    {192, "eigrp"},      {193, "ldp"},
    {194, "sharp"},     {195, "pbr"},  {196, "zstatic"}, {197, "openfabric"}, {198, "srte"},
}};

template <std::size_t Count, class Enum>
std::string_view word(const std::array<std::string_view, Count>& names, Enum value) {
    return names[static_cast<std::size_t>(value)];
}

std::string show_nexthop(const FoundNexthop& nexthop, const FoundRoute& route) {
    std::string text;
    if (nexthop.gateway) {
        bool other = route.destination && nexthop.gateway->family != route.destination->address.family;
        text += fmt::format(" via {}{}",
                            !other                                    ? ""
                            : nexthop.gateway->family == Family::ipv6 ? "inet6 "
                                                                      : "inet ",
                            show(*nexthop.gateway));
    }
    if (!nexthop.device.empty())
        text += " dev " + nexthop.device;
    return text;
}

} // namespace

std::string show_protocol(unsigned protocol) {
    const auto* found = std::find_if(protocols.begin(), protocols.end(),
                                     [&](const Protocol& each) { return each.number == protocol; });
    return found == protocols.end() ? fmt::format("{}", protocol) : std::string(found->name);
}

std::optional<unsigned> parse_protocol(std::string_view text) {
    for (const Protocol& protocol : protocols)
        if (protocol.name == text)
            return protocol.number;
    unsigned number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number > 255)
        return std::nullopt;
    return number;
}

std::vector<std::string> protocol_names() {
    std::vector<std::string> names;
    for (const Protocol& protocol : protocols)
        names.emplace_back(protocol.name);
    return names;
}

std::string show(const FoundAddress& found) {
    std::string text = show(found.prefix);
    if (found.state != AddressState::preferred)
        text += fmt::format(" {}", word(address_state_names, found.state));
    return text;
}

std::string show(const FoundRoute& found) {
    std::string text =
        found.kind == RouteKind::unicast ? "" : std::string(word(route_kind_names, found.kind));
    if (found.destination) {
        bool is_default = found.destination->length == 0;
        text +=
            fmt::format("{}{}", text.empty() ? "" : " ", is_default ? "default" : show(*found.destination));
    }
    if (found.nexthops.size() == 1)
        text += show_nexthop(found.nexthops.front(), found);
    if (found.table != main_table)
        text += " table " + show_table(found.table);
    if (found.metric != 0)
        text += fmt::format(" metric {}", found.metric);
    if (found.protocol != 0)
        text += " proto " + show_protocol(found.protocol);
    if (found.source)
        text += " src " + show(*found.source);
    for (const FoundNexthop& nexthop : found.nexthops)
        if (found.nexthops.size() > 1)
            text += fmt::format(" nexthop{} weight {}", show_nexthop(nexthop, found), nexthop.weight);
    return text;
}

std::string show(const FoundNeighbour& found) {
    std::string text = fmt::format("{} dev {}", show(found.address), found.interface);
    if (found.mac)
        text += " mac " + show(*found.mac);
    return text + fmt::format(" {}", word(neighbour_state_names, found.state));
}

std::string show(const FoundFdbEntry& found) {
    std::string text = fmt::format("{} dev {}", show(found.mac), found.port);
    if (found.remote)
        text += " remote " + show(*found.remote);
    if (found.vlan)
        text += fmt::format(" vlan {}", *found.vlan);
    return text + fmt::format(" {}", word(fdb_state_names, found.state));
}

std::string show(const FoundListener& found) {
    bool ipv6 = found.address.family == Family::ipv6;
    std::string text =
        fmt::format("{}{}{}:{}", ipv6 ? "[" : "", show(found.address), ipv6 ? "]" : "", found.port);
    if (ipv6 && !found.ipv6_only && found.address == IpAddress{Family::ipv6, {}})
        text += " (IPv4 too)";
    if (!found.interface.empty())
        text += " dev " + found.interface;
    return text;
}

} // namespace netrig
