// What the kernel holds in a node, as a check may ask for it and as it answers. Plain data and the words for
// it; the live lab answers by netlink. Each answer is of one moment and whole, or an Error.
#pragma once

#include "core/lab.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netrig {

/// In the order of address_state_names. IFA_F_* of linux/if_addr.h.
enum class AddressState { preferred, tentative, deprecated, dad_failed };
inline constexpr std::array<std::string_view, 4> address_state_names{"preferred", "tentative", "deprecated",
                                                                     "dad-failed"};

struct FoundAddress {
    std::string interface;
    Prefix prefix;
    AddressState state = AddressState::preferred;
};

/// What the kernel's own look-up is asked: RTM_GETROUTE, as `ip route get`.
struct RouteQuestion {
    IpAddress to;
    std::optional<IpAddress> from;
    std::string iif; ///< the packet comes in there; empty: it is the node's own
    std::optional<std::uint32_t> mark;
};

struct FoundNexthop {
    std::optional<IpAddress> gateway;
    std::string device; ///< empty for none
    unsigned weight = 1;
};

/// In the order of route_kind_names. RTN_* of linux/rtnetlink.h.
enum class RouteKind { unicast, local, blackhole, unreachable, prohibit, throw_back, other };
inline constexpr std::array<std::string_view, 7> route_kind_names{
    "unicast", "local", "blackhole", "unreachable", "prohibit", "throw", "other"};

struct FoundRoute {
    RouteKind kind = RouteKind::unicast;
    std::optional<Prefix>
        destination; ///< nothing: a look-up was refused, and the kernel does not say by whom
    std::vector<FoundNexthop> nexthops;
    std::uint32_t table = main_table;
    std::uint32_t metric = 0;
    unsigned protocol = 0;           ///< RTPROT_*
    std::optional<IpAddress> source; ///< from which the node itself sends
};

/// In the order of neighbour_state_names. NUD_* of linux/neighbour.h.
enum class NeighbourState { incomplete, reachable, stale, delay, probe, failed, noarp, permanent, none };
inline constexpr std::array<std::string_view, 9> neighbour_state_names{
    "incomplete", "reachable", "stale", "delay", "probe", "failed", "noarp", "permanent", "none"};

struct FoundNeighbour {
    std::string interface;
    IpAddress address;
    std::optional<MacAddress> mac;
    NeighbourState state = NeighbourState::none;
};

/// In the order of fdb_state_names, which are those of bridge-fdb(8) but for the first.
enum class FdbState { learned, stale, fixed, permanent };
inline constexpr std::array<std::string_view, 4> fdb_state_names{"learned", "stale", "static", "permanent"};

struct FoundFdbEntry {
    std::string port;   ///< the interface
    std::string bridge; ///< what it is a port of; empty for none
    MacAddress mac;
    std::optional<unsigned> vlan;
    std::optional<IpAddress> remote; ///< of a VXLAN
    FdbState state = FdbState::learned;
};

/// A socket that takes what comes from anybody: listening, or of UDP without a peer.
struct FoundListener {
    Transport transport = Transport::tcp;
    IpAddress address; ///< of zeros: every address
    std::uint16_t port = 0;
    bool ipv6_only = true; ///< an IPv6 socket that takes no IPv4
    std::string interface; ///< bound to it; empty for none
};

/// A counter of nftables: a named one, or of the rules with one comment in a table.
struct FoundNftCounter {
    std::string family, table, name; ///< or the comment
    bool counts = true;              ///< false: of rules with that comment, none of which has a counter
    std::uint64_t packets = 0, bytes = 0;
};

/// By their names in rtnl_link_stats64 (linux/if_link.h).
using LinkStatistics = std::map<std::string, std::uint64_t>;
inline constexpr std::array<std::string_view, 25> link_statistic_names{
    "rx_packets",       "tx_packets",        "rx_bytes",          "tx_bytes",        "rx_errors",
    "tx_errors",        "rx_dropped",        "tx_dropped",        "multicast",       "collisions",
    "rx_length_errors", "rx_over_errors",    "rx_crc_errors",     "rx_frame_errors", "rx_fifo_errors",
    "rx_missed_errors", "tx_aborted_errors", "tx_carrier_errors", "tx_fifo_errors",  "tx_heartbeat_errors",
    "tx_window_errors", "rx_compressed",     "tx_compressed",     "rx_nohandler",    "rx_otherhost_dropped"};

/// Asks the kernel of one node. An Error means that it could not be asked, and never that nothing is there.
class NodeState {
public:
    virtual ~NodeState() = default;

    virtual Result<std::vector<FoundAddress>> addresses(NodeIndex node) = 0;
    /// Nothing where there is no route. The source is what the node would send from.
    virtual Result<std::optional<FoundRoute>> look_up(NodeIndex node, const RouteQuestion& question) = 0;
    /// All entries of all tables.
    virtual Result<std::vector<FoundRoute>> routes(NodeIndex node) = 0;
    virtual Result<std::vector<FoundNeighbour>> neighbours(NodeIndex node) = 0;
    virtual Result<std::vector<FoundFdbEntry>> fdb(NodeIndex node) = 0;
    virtual Result<std::vector<Rule>> rules(NodeIndex node) = 0;
    /// The hardware addresses of the interfaces that have one, by their names.
    virtual Result<std::map<std::string, MacAddress>> macs(NodeIndex node) = 0;
    /// Nothing where there is none of that name (with dots). One line, blanks between several values.
    virtual Result<std::optional<std::string>> sysctl(NodeIndex node, const std::string& name) = 0;
    virtual Result<std::vector<FoundListener>> listeners(NodeIndex node, Transport transport) = 0;
    /// Nothing where there is no such interface.
    virtual Result<std::optional<LinkStatistics>> statistics(NodeIndex node,
                                                             const std::string& interface) = 0;
    virtual Result<std::vector<FoundNftCounter>> nft_counters(NodeIndex node) = 0;
};

/// "10.0.0.1/24 tentative"; the state where it is not the usual one.
std::string show(const FoundAddress& found);
/// "10.2.0.0/16 via 10.0.0.2 dev eth0 metric 20 proto ospf", as ip-route(8) prints it.
std::string show(const FoundRoute& found);
std::string show(const FoundNeighbour& found);
std::string show(const FoundFdbEntry& found);
/// "10.0.0.1:80", "[::]:80"
std::string show(const FoundListener& found);

/// "ospf", or the number.
std::string show_protocol(unsigned protocol);
std::optional<unsigned> parse_protocol(std::string_view word);
std::vector<std::string> protocol_names();

} // namespace netrig
