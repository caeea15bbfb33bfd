// A route's words read, before it is known which addresses the nodes among its gateways stand for.
#pragma once

#include "core/ip_words.h"

#include <memory>
#include <optional>
#include <vector>

namespace netrig {

struct DraftNexthop {
    std::optional<Text> gateway;  ///< an address, or a node
    std::optional<Family> family; ///< of the gateway, where "inet" or "inet6" says it
    std::optional<ReadDevice> device;
    std::optional<unsigned> weight;
    Labels labels;
    std::shared_ptr<const Encapsulation> encapsulation;
    bool onlink = false;
    Span span; ///< of its first word
};

struct DraftRoute {
    RouteType type = RouteType::unicast;
    std::optional<Prefix> destination; ///< nothing: the default route, of whatever family its gateways are
    std::optional<std::uint32_t> label;
    std::vector<DraftNexthop> nexthops;
    std::optional<std::uint32_t> table;
    std::optional<std::uint32_t> metric;
    std::optional<IpAddress> source;
    std::optional<unsigned> mtu;
    bool mtu_is_locked = false;
    std::optional<unsigned> scope;
};

/// "[TYPE] DESTINATION WORD VALUE ...", by ip-route(8); a second `via`, or "nexthop", begins a further next
/// hop. Nothing when a mistake was reported.
std::optional<DraftRoute> read_route(const WordsContext& context);

} // namespace netrig
