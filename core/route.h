// A route as the kernel takes it, with every word of ip-route(8) that a scenario may use. Plain data; layouts
// on the wire are the runner's.
#pragma once

#include "core/address.h"
#include "core/source.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace netrig {

/// As the kernel numbers interfaces (netdevice(7)).
using Ifindex = int;

enum class RouteType { unicast, local, unreachable, blackhole, prohibit, throw_back };

/// linux/rtnetlink.h
inline constexpr std::uint32_t default_table = 253, main_table = 254, local_table = 255;

/// In one route, so that it fits into a message.
inline constexpr std::size_t most_nexthops = 64;

/// A stack of MPLS labels, the first on top (RFC 3032).
using Labels = std::vector<std::uint32_t>;

struct MplsEncapsulation {
    Labels labels;
    std::optional<unsigned> ttl;
    bool operator==(const MplsEncapsulation&) const = default;
};

/// In the order of linux/seg6_iptunnel.h.
enum class Seg6Mode { insert, encap, l2encap, encap_red, l2encap_red };

/// Segments are pushed in front of packets (RFC 8986, 5), in the order in which they are visited.
struct Seg6Encapsulation {
    Seg6Mode mode = Seg6Mode::encap;
    std::vector<IpAddress> segments;
    bool operator==(const Seg6Encapsulation&) const = default;
};

/// In the order of linux/seg6_local.h, from 1 on. RFC 8986, 4.
enum class Seg6Action {
    end = 1,
    end_x,
    end_t,
    end_dx2,
    end_dx6,
    end_dx4,
    end_dt6,
    end_dt4,
    end_b6,
    end_b6_encaps,
    end_dt46 = 16,
};

/// What is done with packets whose next segment is this node.
struct Seg6Local {
    Seg6Action action = Seg6Action::end;
    std::optional<std::uint32_t> table, vrf_table;
    std::optional<IpAddress> nexthop;
    std::string device; ///< out of which frames go
    Ifindex index = 0;  ///< of `device`
    std::vector<IpAddress> segments;
    bool operator==(const Seg6Local&) const = default;
};

using Encapsulation = std::variant<MplsEncapsulation, Seg6Encapsulation, Seg6Local>;

struct Nexthop {
    std::optional<IpAddress> gateway; ///< of another family than the route's too (RFC 8950)
    std::string device;               ///< empty: `index` says it, or the kernel finds it by the gateway
    Ifindex index = 0;                ///< of the device; 0: known only when it is made, or left to the kernel
    unsigned weight = 1;              ///< 1 to 256
    bool onlink = false;              ///< the gateway is taken to be there, whatever the subnets say
    Labels labels;                    ///< of an MPLS route: put in place of its own label
    std::shared_ptr<const Encapsulation> encapsulation; ///< seldom there, and copied with many routes
};

struct Route {
    RouteType type = RouteType::unicast;
    Prefix destination;                 ///< length 0 for "default"
    std::optional<std::uint32_t> label; ///< of an MPLS route, which has this instead of a destination
    std::vector<Nexthop> nexthops;      ///< none for a route that refuses
    std::uint32_t table = main_table;
    std::optional<std::uint32_t> metric;
    std::optional<IpAddress> source; ///< from which the node sends what it has no other address for
    std::optional<unsigned> mtu;     ///< bytes
    bool mtu_is_locked = false;      ///< path MTU discovery does not lower it
    std::optional<unsigned> scope;   ///< RT_SCOPE_*
    Span span;
};

/// The kernel keeps one route of a destination with one metric in a table. IPv6 takes none for 1024.
std::uint32_t effective_metric(const Route& route);

/// "100", or "main", "local", "default".
std::string show_table(std::uint32_t table);

/// In the words of ip-route(8), the family beside a default route. `device_name` names an interface that is
/// known by index alone.
std::string show(const Route& route, const std::function<std::string(Ifindex)>& device_name);

} // namespace netrig
