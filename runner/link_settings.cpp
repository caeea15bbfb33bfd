#include "runner/link_settings.h"

#include "runner/netlink_attributes.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <span>
#include <sys/socket.h>

namespace netrig {

namespace {

/// In the order of IPV4_DEVCONF_*, which begins with 1. A newer kernel's further ones go by their numbers.
constexpr auto ipv4_settings = std::to_array<std::string_view>({"forwarding",
                                                                "mc_forwarding",
                                                                "proxy_arp",
                                                                "accept_redirects",
                                                                "secure_redirects",
                                                                "send_redirects",
                                                                "shared_media",
                                                                "rp_filter",
                                                                "accept_source_route",
                                                                "bootp_relay",
                                                                "log_martians",
                                                                "tag",
                                                                "arp_filter",
                                                                "medium_id",
                                                                "disable_xfrm",
                                                                "disable_policy",
                                                                "force_igmp_version",
                                                                "arp_announce",
                                                                "arp_ignore",
                                                                "promote_secondaries",
                                                                "arp_accept",
                                                                "arp_notify",
                                                                "accept_local",
                                                                "src_valid_mark",
                                                                "proxy_arp_pvlan",
                                                                "route_localnet",
                                                                "igmpv2_unsolicited_report_interval",
                                                                "igmpv3_unsolicited_report_interval",
                                                                "ignore_routes_with_linkdown",
                                                                "drop_unicast_in_l2_multicast",
                                                                "drop_gratuitous_arp",
                                                                "bc_forwarding",
                                                                "arp_evict_nocarrier"});

/// In the order of DEVCONF_*, which begins with 0.
constexpr auto ipv6_settings = std::to_array<std::string_view>({"forwarding",
                                                                "hop_limit",
                                                                "mtu",
                                                                "accept_ra",
                                                                "accept_redirects",
                                                                "autoconf",
                                                                "dad_transmits",
                                                                "router_solicitations",
                                                                "router_solicitation_interval",
                                                                "router_solicitation_delay",
                                                                "use_tempaddr",
                                                                "temp_valid_lft",
                                                                "temp_prefered_lft",
                                                                "regen_max_retry",
                                                                "max_desync_factor",
                                                                "max_addresses",
                                                                "force_mld_version",
                                                                "accept_ra_defrtr",
                                                                "accept_ra_pinfo",
                                                                "accept_ra_rtr_pref",
                                                                "router_probe_interval",
                                                                "accept_ra_rt_info_max_plen",
                                                                "proxy_ndp",
                                                                "optimistic_dad",
                                                                "accept_source_route",
                                                                "mc_forwarding",
                                                                "disable_ipv6",
                                                                "accept_dad",
                                                                "force_tllao",
                                                                "ndisc_notify",
                                                                "mldv1_unsolicited_report_interval",
                                                                "mldv2_unsolicited_report_interval",
                                                                "suppress_frag_ndisc",
                                                                "accept_ra_from_local",
                                                                "use_optimistic",
                                                                "accept_ra_mtu",
                                                                "stable_secret",
                                                                "use_oif_addrs_only",
                                                                "accept_ra_min_hop_limit",
                                                                "ignore_routes_with_linkdown",
                                                                "drop_unicast_in_l2_multicast",
                                                                "drop_unsolicited_na",
                                                                "keep_addr_on_down",
                                                                "router_solicitation_max_interval",
                                                                "seg6_enabled",
                                                                "seg6_require_hmac",
                                                                "enhanced_dad",
                                                                "addr_gen_mode",
                                                                "disable_policy",
                                                                "accept_ra_rt_info_min_plen",
                                                                "ndisc_tclass",
                                                                "rpl_seg_enabled",
                                                                "ra_defrtr_metric",
                                                                "ioam6_enabled",
                                                                "ioam6_id",
                                                                "ioam6_id_wide",
                                                                "ndisc_evict_nocarrier",
                                                                "accept_untracked_na",
                                                                "accept_ra_min_lft"});

constexpr auto neighbour_settings = std::to_array<AttributeWord>({
    {NDTPA_BASE_REACHABLE_TIME, "base_reachable_time_ms", AttributeForm::number},
    {NDTPA_RETRANS_TIME, "retrans_time_ms", AttributeForm::number},
    {NDTPA_GC_STALETIME, "gc_stale_time", AttributeForm::number},
    {NDTPA_DELAY_PROBE_TIME, "delay_first_probe_time", AttributeForm::number},
    {NDTPA_QUEUE_LEN, "unres_qlen", AttributeForm::number},
    {NDTPA_APP_PROBES, "app_solicit", AttributeForm::number},
    {NDTPA_UCAST_PROBES, "ucast_solicit", AttributeForm::number},
    {NDTPA_MCAST_PROBES, "mcast_solicit", AttributeForm::number},
    {NDTPA_ANYCAST_DELAY, "anycast_delay", AttributeForm::number},
    {NDTPA_PROXY_DELAY, "proxy_delay", AttributeForm::number},
    {NDTPA_PROXY_QLEN, "proxy_qlen", AttributeForm::number},
    {NDTPA_LOCKTIME, "locktime", AttributeForm::number},
    {NDTPA_QUEUE_LENBYTES, "unres_qlen_bytes", AttributeForm::number},
    {NDTPA_MCAST_REPROBES, "mcast_resolicit", AttributeForm::number},
    {NDTPA_INTERVAL_PROBE_TIME_MS, "interval_probe_time_ms", AttributeForm::number},
});

void add_array(const nlattr* array, std::span<const std::string_view> names, const std::string& prefix,
               MachineState& state) {
    const auto* bytes = static_cast<const char*>(mnl_attr_get_payload(array));
    std::size_t count = mnl_attr_get_payload_len(array) / sizeof(std::int32_t);
    for (std::size_t i = 0; i < count; ++i) {
        std::int32_t value = 0;
        std::memcpy(&value, bytes + i * sizeof value, sizeof value);
        std::string name = i < names.size() ? std::string(names[i]) : fmt::format("(number {})", i);
        state.add(MachinePart::sysctl, prefix + name, fmt::format("{}", value));
    }
}

} // namespace

void read_link_settings(const nlmsghdr* header, const std::string& link, MachineState& state) {
    const nlattr* families = find_attribute(header, sizeof(ifinfomsg), IFLA_AF_SPEC);
    if (families == nullptr)
        return;
    for_each_nested(families, [&](const nlattr* family) {
        bool is_ipv4 = mnl_attr_get_type(family) == AF_INET;
        if (!is_ipv4 && mnl_attr_get_type(family) != AF_INET6)
            return;
        for_each_nested(family, [&](const nlattr* attribute) {
            if (mnl_attr_get_type(attribute) != (is_ipv4 ? int(IFLA_INET_CONF) : int(IFLA_INET6_CONF)))
                return;
            std::string prefix = fmt::format("net.{}.conf.{}.", is_ipv4 ? "ipv4" : "ipv6", link);
            if (is_ipv4)
                add_array(attribute, ipv4_settings, prefix, state);
            else
                add_array(attribute, ipv6_settings, prefix, state);
        });
    });
}

void read_neighbour_settings(const nlmsghdr* header, const LinkNames& names, MachineState& state) {
    const nlattr* settings = find_attribute(header, sizeof(ndtmsg), NDTA_PARMS);
    if (settings == nullptr)
        return;
    int family = static_cast<const ndtmsg*>(mnl_nlmsg_get_payload(header))->ndtm_family;
    std::string link;
    for_each_nested(settings, [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) == NDTPA_IFINDEX)
            link = name_in(names, static_cast<Ifindex>(mnl_attr_get_u32(attribute)));
    });
    if (link.empty() || (family != AF_INET && family != AF_INET6))
        return;
    std::string prefix = fmt::format("net.{}.neigh.{}.", family == AF_INET ? "ipv4" : "ipv6", link);
    for_each_nested(settings, [&](const nlattr* attribute) {
        std::uint16_t type = mnl_attr_get_type(attribute);
        auto known = std::find_if(neighbour_settings.begin(), neighbour_settings.end(),
                                  [type](const AttributeWord& each) { return each.type == type; });
        if (known != neighbour_settings.end())
            state.add(MachinePart::sysctl, prefix + std::string(known->word),
                      show_attribute(attribute, known->form));
    });
}

} // namespace netrig
