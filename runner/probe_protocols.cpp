#include "runner/fd.h"
#include "runner/link_messages.h"
#include "runner/probe.h"
#include "runner/system_error.h"

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <fcntl.h>
#include <linux/lwtunnel.h>
#include <linux/mpls_iptunnel.h>
#include <linux/rtnetlink.h>
#include <linux/seg6_iptunnel.h>
#include <sys/socket.h>

namespace netrig {

namespace {

constexpr Ifindex lo = 1;
constexpr std::uint32_t label = 100U << 12 | 1U << 8; // a label, bottom of the stack (RFC 3032)

Probed ask_ipv6() {
    auto netlink = NetlinkSocket::open();
    if (!netlink)
        return could_not_ask(netlink.error());
    NetlinkMessage message = add_address_message(lo, *parse_prefix("2001:db8::1/128"));
    return probed(netlink->request(message, "ask"));
}

using PutEncapsulation = void (*)(nlmsghdr*);

/// 192.0.2.1 by `lo`, encapsulated.
NetlinkMessage encapsulating_route(lwtunnel_encap_types type, PutEncapsulation put) {
    NetlinkMessage message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
    auto& info = message.extra<rtmsg>();
    info.rtm_family = AF_INET;
    info.rtm_dst_len = 32;
    info.rtm_table = RT_TABLE_MAIN;
    info.rtm_protocol = RTPROT_STATIC;
    info.rtm_scope = RT_SCOPE_LINK;
    info.rtm_type = RTN_UNICAST;
    nlmsghdr* header = message.header();
    mnl_attr_put_u32(header, RTA_DST, htonl(0xc0000201));
    mnl_attr_put_u32(header, RTA_OIF, lo);
    nlattr* nest = mnl_attr_nest_start(header, RTA_ENCAP);
    put(header);
    mnl_attr_nest_end(header, nest);
    mnl_attr_put_u16(header, RTA_ENCAP_TYPE, static_cast<std::uint16_t>(type));
    return message;
}

Result<NetlinkSocket> open_with_lo_up() {
    auto netlink = NetlinkSocket::open();
    if (!netlink)
        return netlink;
    NetlinkMessage up = set_link_message(lo, true);
    if (Status done = netlink->request(up, "set lo up"); !done)
        return failure(done.error());
    return netlink;
}

/// Mode encap with one segment, as struct seg6_iptunnel_encap and struct ipv6_sr_hdr (RFC 8754) lay it out.
void put_seg6(nlmsghdr* header) {
    std::array<std::uint8_t, 4 + 8 + 16> encapsulation{};
    int mode = SEG6_IPTUN_MODE_ENCAP;
    std::memcpy(encapsulation.data(), &mode, sizeof mode);
    encapsulation[5] = 2; // length beyond the first 8 bytes, in units of 8
    encapsulation[6] = 4; // routing type
    std::array<std::uint8_t, 4> prefix{0x20, 0x01, 0x0d, 0xb8};
    std::memcpy(&encapsulation[12], prefix.data(), prefix.size());
    encapsulation.back() = 1;
    mnl_attr_put(header, SEG6_IPTUNNEL_SRH, encapsulation.size(), encapsulation.data());
}

Probed ask_seg6() {
    auto netlink = open_with_lo_up();
    if (!netlink)
        return could_not_ask(netlink.error());
    NetlinkMessage message = encapsulating_route(LWTUNNEL_ENCAP_SEG6, put_seg6);
    return probed(netlink->request(message, "ask"));
}

NetlinkMessage label_route() {
    NetlinkMessage message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
    auto& info = message.extra<rtmsg>();
    info.rtm_family = AF_MPLS;
    info.rtm_dst_len = 20; // bits of a label
    info.rtm_table = RT_TABLE_MAIN;
    info.rtm_protocol = RTPROT_STATIC;
    info.rtm_scope = RT_SCOPE_UNIVERSE;
    info.rtm_type = RTN_UNICAST;
    mnl_attr_put_u32(message.header(), RTA_DST, htonl(label));
    mnl_attr_put_u32(message.header(), RTA_OIF, lo);
    return message;
}

/// How many labels there may be is 0 in a new namespace.
Status permit_labels() {
    Fd file(open("/proc/sys/net/mpls/platform_labels", O_WRONLY | O_CLOEXEC));
    if (!file.valid() || write(file.get(), "1000", 4) < 0)
        return system_failure("set net.mpls.platform_labels");
    return {};
}

/// Encapsulation first: asking for it makes the kernel load what both need.
Probed ask_mpls() {
    auto netlink = open_with_lo_up();
    if (!netlink)
        return could_not_ask(netlink.error());
    NetlinkMessage encapsulating = encapsulating_route(LWTUNNEL_ENCAP_MPLS, [](nlmsghdr* header) {
        mnl_attr_put_u32(header, MPLS_IPTUNNEL_DST, htonl(label));
    });
    if (Status done = netlink->request(encapsulating, "ask"); !done)
        return probed(done);
    if (Status done = permit_labels(); !done)
        return {Answer::no, describe(done.error())};
    NetlinkMessage message = label_route();
    return probed(netlink->request(message, "ask"));
}

Probed ask_mptcp() {
    Status opened;
    Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP));
    if (!socket.valid())
        opened = system_failure("ask");
    return probed(opened);
}

constexpr auto table = std::to_array<Probe>({
    {"kernel:ipv6", ask_ipv6},
    {"kernel:mpls", ask_mpls},
    {"kernel:seg6", ask_seg6},
    {"kernel:mptcp", ask_mptcp},
});

} // namespace

std::span<const Probe> protocol_probes() {
    return table;
}

} // namespace netrig
