#include "core/route.h"

#include "core/load_encapsulation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netrig {

namespace {

using DeviceName = std::function<std::string(Ifindex)>;

std::string_view word(RouteType type) {
    switch (type) {
    case RouteType::unicast:
        return "";
    case RouteType::local:
        return "local ";
    case RouteType::unreachable:
        return "unreachable ";
    case RouteType::blackhole:
        return "blackhole ";
    case RouteType::prohibit:
        return "prohibit ";
    case RouteType::throw_back:
        return "throw ";
    }
    return "";
}

std::string show(const std::vector<IpAddress>& segments) {
    std::vector<std::string> texts;
    for (const IpAddress& segment : segments)
        texts.push_back(show(segment));
    return fmt::format("{}", fmt::join(texts, ","));
}

struct ShowEncapsulation {
    std::string operator()(const MplsEncapsulation& mpls) const {
        return fmt::format(" encap mpls {}{}", fmt::join(mpls.labels, "/"),
                           mpls.ttl ? fmt::format(" ttl {}", *mpls.ttl) : "");
    }
    std::string operator()(const Seg6Encapsulation& seg6) const {
        return fmt::format(" encap seg6 mode {} segs {}", word(seg6.mode), show(seg6.segments));
    }
    std::string operator()(const Seg6Local& local) const {
        std::string text = fmt::format(" encap seg6local action {}", word(local.action));
        if (local.table)
            text += " table " + show_table(*local.table);
        if (local.vrf_table)
            text += " vrftable " + show_table(*local.vrf_table);
        if (local.nexthop)
            text += fmt::format(" {} {}", local.nexthop->family == Family::ipv4 ? "nh4" : "nh6",
                                show(*local.nexthop));
        if (!local.device.empty())
            text += " oif " + local.device;
        if (!local.segments.empty())
            text += " srh segs " + show(local.segments);
        return text;
    }
};

std::string show_nexthop(const Nexthop& nexthop, const Route& route, const DeviceName& device_name) {
    std::string text;
    if (!nexthop.labels.empty())
        text += fmt::format(" as {}", fmt::join(nexthop.labels, "/"));
    if (nexthop.encapsulation)
        text += std::visit(ShowEncapsulation{}, *nexthop.encapsulation);
    if (nexthop.gateway) {
        bool other = route.label || nexthop.gateway->family != route.destination.address.family;
        std::string_view family = !other ? "" : nexthop.gateway->family == Family::ipv4 ? "inet " : "inet6 ";
        text += fmt::format(" via {}{}", family, show(*nexthop.gateway));
    }
    if (!nexthop.device.empty())
        text += " dev " + nexthop.device;
    else if (nexthop.index != 0)
        text += " dev " + device_name(nexthop.index);
    if (nexthop.onlink)
        text += " onlink";
    return text;
}

std::string show_options(const Route& route) {
    std::string text;
    if (route.metric)
        text += fmt::format(" metric {}", *route.metric);
    if (route.table != main_table)
        text += " table " + show_table(route.table);
    if (route.source)
        text += " src " + show(*route.source);
    if (route.mtu)
        text += fmt::format(" mtu {}{}", route.mtu_is_locked ? "lock " : "", *route.mtu);
    if (route.scope)
        text += fmt::format(" scope {}", *route.scope);
    return text;
}

} // namespace

std::uint32_t effective_metric(const Route& route) {
    constexpr std::uint32_t usual_of_ipv6 = 1024; // IP6_RT_PRIO_USER of linux/ipv6_route.h
    std::uint32_t metric = route.metric.value_or(0);
    return metric == 0 && route.destination.address.family == Family::ipv6 ? usual_of_ipv6 : metric;
}

std::string show_table(std::uint32_t table) {
    switch (table) {
    case default_table:
        return "default";
    case main_table:
        return "main";
    case local_table:
        return "local";
    default:
        return fmt::format("{}", table);
    }
}

std::string show(const Route& route, const DeviceName& device_name) {
    std::string text(word(route.type));
    if (route.label)
        text += fmt::format("mpls {}", *route.label);
    else if (route.destination.length == 0)
        text += fmt::format("default ({})", show(route.destination.address.family));
    else
        text += show(route.destination);
    if (route.nexthops.size() == 1)
        return text + show_nexthop(route.nexthops.front(), route, device_name) + show_options(route);
    text += show_options(route);
    for (const Nexthop& nexthop : route.nexthops)
        text +=
            fmt::format(" nexthop{} weight {}", show_nexthop(nexthop, route, device_name), nexthop.weight);
    return text;
}

} // namespace netrig
