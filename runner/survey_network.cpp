#include "core/address.h"
#include "runner/attribute_words.h"
#include "runner/link_messages.h"
#include "runner/link_settings.h"
#include "runner/machine_survey.h"
#include "runner/netlink_attributes.h"
#include "runner/netlink_socket.h"

#include <array>
#include <fmt/format.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

namespace netrig {

namespace {

constexpr auto link_words = std::to_array<AttributeWord>({
    {IFLA_MTU, "mtu", AttributeForm::number},
    {IFLA_MASTER, "master-index", AttributeForm::number}, // its name may not be known yet
    {IFLA_ADDRESS, "address", AttributeForm::mac},
    {IFLA_IFALIAS, "alias", AttributeForm::text},
});

constexpr auto route_words = std::to_array<AttributeWord>({
    {RTA_DST, "", AttributeForm::left_out}, // in the route's name
    {RTA_TABLE, "", AttributeForm::left_out},
    {RTA_CACHEINFO, "", AttributeForm::left_out}, // counts and times
    {RTA_EXPIRES, "", AttributeForm::left_out},
    {RTA_PREF, "", AttributeForm::left_out},
    {RTA_SRC, "from", AttributeForm::address},
    {RTA_OIF, "dev", AttributeForm::device},
    {RTA_GATEWAY, "via", AttributeForm::address},
    {RTA_PRIORITY, "metric", AttributeForm::number},
    {RTA_PREFSRC, "src", AttributeForm::address},
    {RTA_MULTIPATH, "nexthops", AttributeForm::nexthops},
    {RTA_METRICS, "metrics", AttributeForm::hexadecimal},
    {RTA_NH_ID, "nexthop-id", AttributeForm::number},
});

constexpr auto rule_words = std::to_array<AttributeWord>({
    {FRA_PRIORITY, "", AttributeForm::left_out}, // in the rule's name
    {FRA_SUPPRESS_PREFIXLEN, "suppress-prefix-length", AttributeForm::number_or_none},
    {FRA_SUPPRESS_IFGROUP, "suppress-group", AttributeForm::number_or_none},
    {FRA_SRC, "from", AttributeForm::address},
    {FRA_DST, "to", AttributeForm::address},
    {FRA_IIFNAME, "iif", AttributeForm::text},
    {FRA_OIFNAME, "oif", AttributeForm::text},
    {FRA_FWMARK, "fwmark", AttributeForm::number},
    {FRA_FWMASK, "mask", AttributeForm::number},
    {FRA_TABLE, "table", AttributeForm::number},
    {FRA_PROTOCOL, "protocol", AttributeForm::number},
    {FRA_L3MDEV, "l3mdev", AttributeForm::number},
    {FRA_GOTO, "goto", AttributeForm::number},
    {FRA_IP_PROTO, "ipproto", AttributeForm::number},
});

/// RTN_*, by their numbers.
constexpr auto route_types =
    std::to_array<std::string_view>({"unspecified", "unicast", "local", "broadcast", "anycast", "multicast",
                                     "blackhole", "unreachable", "prohibit", "throw", "nat", "xresolve"});

std::string route_type(unsigned type) {
    return type < route_types.size() ? std::string(route_types[type]) : fmt::format("type {}", type);
}

using Read = void (*)(const nlmsghdr* header, LinkNames& names, MachineState& state);

/// A dump that changes broke up (NLM_F_DUMP_INTR) is asked for again. On a machine that never rests the last
/// one is taken as it is.
Status survey(NetlinkSocket& socket, NetlinkMessage (*message)(), const std::string& doing, Read read,
              LinkNames& names, MachineState& state) {
    for (int tries = 3;; --tries) {
        MachineState part;
        bool whole = true;
        NetlinkMessage request = message();
        Status asked = socket.ask(request, doing, [&](const nlmsghdr* header) {
            whole = whole && (header->nlmsg_flags & NLM_F_DUMP_INTR) == 0;
            read(header, names, part);
        });
        if (!asked)
            return asked;
        if (!whole && tries > 1)
            continue;
        state.found.merge(part.found);
        return {};
    }
}

void read_links(const nlmsghdr* header, LinkNames& names, MachineState& state) {
    auto report = read_link(header);
    if (!report)
        return;
    names[report->index] = report->name;
    std::string kind;
    if (const nlattr* info = find_attribute(header, sizeof(ifinfomsg), IFLA_LINKINFO))
        for_each_nested(info, [&](const nlattr* nested) {
            if (mnl_attr_get_type(nested) == IFLA_INFO_KIND)
                kind = std::string(", ") + mnl_attr_get_str(nested);
        });
    unsigned flags = family_header<ifinfomsg>(header).ifi_flags;
    std::string value =
        fmt::format("index {}{}, {}{}, {}", report->index, kind, (flags & IFF_UP) != 0 ? "up" : "down",
                    (flags & IFF_PROMISC) != 0 ? ", promiscuous" : "",
                    words_of(header, sizeof(ifinfomsg), {link_words, OtherAttributes::left_out}, names));
    state.add(MachinePart::link, report->name, std::move(value));
    read_link_settings(header, report->name, state);
}

void read_addresses(const nlmsghdr* header, LinkNames& names, MachineState& state) {
    if (header->nlmsg_type != RTM_NEWADDR)
        return;
    const auto& info = family_header<ifaddrmsg>(header);
    const nlattr* local =
        find_attribute(header, sizeof info, IFA_LOCAL); // of IPv4; the other may be the peer's
    const nlattr* address = local != nullptr ? local : find_attribute(header, sizeof info, IFA_ADDRESS);
    if (address == nullptr)
        return;
    std::string name = fmt::format("{}/{} on {}", show_attribute(address, AttributeForm::address),
                                   info.ifa_prefixlen, name_in(names, static_cast<Ifindex>(info.ifa_index)));
    state.add(MachinePart::address, name, {});
}

/// Those that the kernel made by itself, for addresses and links, tell nothing new.
void read_routes(const nlmsghdr* header, LinkNames& names, MachineState& state) {
    if (header->nlmsg_type != RTM_NEWROUTE)
        return;
    const auto& info = family_header<rtmsg>(header);
    bool is_ip = info.rtm_family == AF_INET || info.rtm_family == AF_INET6;
    if (!is_ip || info.rtm_protocol == RTPROT_KERNEL || (info.rtm_flags & RTM_F_CLONED) != 0)
        return;
    const nlattr* to = find_attribute(header, sizeof info, RTA_DST);
    const nlattr* table = find_attribute(header, sizeof info, RTA_TABLE);
    std::string where = to != nullptr                ? show_attribute(to, AttributeForm::address)
                        : info.rtm_family == AF_INET ? "0.0.0.0"
                                                     : "::";
    std::string name = fmt::format("{}/{} in table {}", where, info.rtm_dst_len,
                                   table != nullptr ? show_attribute(table, AttributeForm::number)
                                                    : std::to_string(info.rtm_table));
    std::string words = words_of(header, sizeof info, {route_words, OtherAttributes::by_number}, names);
    state.add(MachinePart::route, name,
              fmt::format("{} {} protocol {}", route_type(info.rtm_type), words, info.rtm_protocol));
}

void read_rules(const nlmsghdr* header, LinkNames& names, MachineState& state) {
    if (header->nlmsg_type != RTM_NEWRULE)
        return;
    const auto& info = family_header<fib_rule_hdr>(header);
    const nlattr* priority = find_attribute(header, sizeof info, FRA_PRIORITY);
    std::string name =
        fmt::format("{} of {}", priority != nullptr ? show_attribute(priority, AttributeForm::number) : "0",
                    info.family == AF_INET    ? "IPv4"
                    : info.family == AF_INET6 ? "IPv6"
                                              : fmt::format("family {}", info.family));
    std::string words = words_of(header, sizeof info, {rule_words, OtherAttributes::by_number}, names);
    if (info.src_len != 0 || info.dst_len != 0)
        words += fmt::format(" of {} and {} bits", info.src_len, info.dst_len);
    if (info.action != FR_ACT_TO_TBL)
        words += fmt::format(" action {}", info.action);
    state.add(MachinePart::rule, name, std::move(words));
}

void read_neighbour_tables(const nlmsghdr* header, LinkNames& names, MachineState& state) {
    if (header->nlmsg_type == RTM_NEWNEIGHTBL)
        read_neighbour_settings(header, names, state);
}

struct Dump {
    NetlinkMessage (*message)();
    const char* doing;
    Read read;
};

/// The links come first, for their names.
constexpr auto dumps = std::to_array<Dump>({
    {dump_links_message, "read the machine's links", read_links},
    {[] { return dump_message<ifaddrmsg>(RTM_GETADDR); }, "read the machine's addresses", read_addresses},
    {[] { return dump_message<rtmsg>(RTM_GETROUTE); }, "read the machine's routes", read_routes},
    {[] { return dump_message<fib_rule_hdr>(RTM_GETRULE); }, "read the machine's rules", read_rules},
    {[] { return dump_message<ndtmsg>(RTM_GETNEIGHTBL); }, "read the machine's neighbour tables",
     read_neighbour_tables},
});

} // namespace

Status survey_network(MachineState& state) {
    auto socket = NetlinkSocket::open();
    if (!socket)
        return failure(socket.error());
    LinkNames names;
    for (const Dump& dump : dumps)
        if (Status surveyed = survey(*socket, dump.message, dump.doing, dump.read, names, state); !surveyed)
            return surveyed;
    return {};
}

} // namespace netrig
