#include "runner/fd.h"
#include "runner/link_messages.h"
#include "runner/netlink_attributes.h"
#include "runner/probe.h"
#include "runner/system_error.h"

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>

namespace netrig {

namespace {

using PutData = void (*)(nlmsghdr*);

constexpr const char* probe_name = "probe";
constexpr Ifindex lower_index = 1000;

void no_data(nlmsghdr*) {}

/// IFLA_GRE_* of linux/if_tunnel.h, which cannot be included beside <net/if.h> everywhere.
constexpr std::uint16_t gre_local = 6, gre_remote = 7;
constexpr std::uint16_t tunnel_local = 2, tunnel_remote = 3;

/// Two addresses of documentation (RFC 5737, RFC 3849): without a remote the kernel takes a tunnel for its
/// fallback device.
void put_ipv4_ends(nlmsghdr* header, std::uint16_t local, std::uint16_t remote) {
    mnl_attr_put_u32(header, local, htonl(0xc0000201));
    mnl_attr_put_u32(header, remote, htonl(0xc0000202));
}

void put_ipv6_ends(nlmsghdr* header) {
    std::array<std::uint8_t, 16> address{0x20, 0x01, 0x0d, 0xb8};
    address.back() = 1;
    mnl_attr_put(header, gre_local, address.size(), address.data());
    address.back() = 2;
    mnl_attr_put(header, gre_remote, address.size(), address.data());
}

NetlinkMessage new_link(const char* name, const char* kind, Ifindex index, bool on_lower, PutData put) {
    NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    message.extra<ifinfomsg>().ifi_index = index;
    nlmsghdr* header = message.header();
    mnl_attr_put_strz(header, IFLA_IFNAME, name);
    if (on_lower)
        mnl_attr_put_u32(header, IFLA_LINK, static_cast<std::uint32_t>(lower_index));
    nlattr* link = mnl_attr_nest_start(header, IFLA_LINKINFO);
    mnl_attr_put_strz(header, IFLA_INFO_KIND, kind);
    nlattr* data = mnl_attr_nest_start(header, IFLA_INFO_DATA);
    put(header);
    mnl_attr_nest_end(header, data);
    mnl_attr_nest_end(header, link);
    return message;
}

Probed ask_link(const char* kind, PutData put = no_data) {
    auto netlink = NetlinkSocket::open();
    if (!netlink)
        return could_not_ask(netlink.error());
    NetlinkMessage message = new_link(probe_name, kind, 0, false, put);
    return probed(netlink->request(message, "ask"));
}

/// Of a kind that stands on another interface.
Probed ask_upper(const char* kind, PutData put) {
    auto netlink = NetlinkSocket::open();
    if (!netlink)
        return could_not_ask(netlink.error());
    NetlinkMessage lower = new_link("lower", "veth", lower_index, false, no_data);
    if (Status made = netlink->request(lower, "make a veth pair to stand on"); !made)
        return could_not_ask(made.error());
    NetlinkMessage message = new_link(probe_name, kind, 0, true, put);
    return probed(netlink->request(message, "ask"));
}

bool has_vlan_filtering(const nlmsghdr* header) {
    bool on = false;
    for_each_attribute(header, sizeof(ifinfomsg), [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) != IFLA_LINKINFO)
            return;
        for_each_nested(attribute, [&](const nlattr* info) {
            if (mnl_attr_get_type(info) != IFLA_INFO_DATA)
                return;
            for_each_nested(info, [&](const nlattr* data) {
                if (mnl_attr_get_type(data) == IFLA_BR_VLAN_FILTERING)
                    on = mnl_attr_get_u8(data) == 1;
            });
        });
    });
    return on;
}

/// A kernel without it passes over the attribute in silence, so the bridge itself is asked.
Probed ask_vlan_filtering() {
    auto netlink = NetlinkSocket::open();
    if (!netlink)
        return could_not_ask(netlink.error());
    NetlinkMessage create = new_link(probe_name, "bridge", 0, false,
                                     [](nlmsghdr* h) { mnl_attr_put_u8(h, IFLA_BR_VLAN_FILTERING, 1); });
    if (Status made = netlink->request(create, "ask"); !made)
        return probed(made);
    bool on = false;
    NetlinkMessage read = get_link_message(probe_name);
    Status asked = netlink->ask(read, "read the bridge",
                                [&](const nlmsghdr* header) { on = has_vlan_filtering(header); });
    if (!asked)
        return could_not_ask(asked.error());
    return on ? Probed{} : Probed{Answer::no, "a bridge that is made with vlan_filtering is without it"};
}

/// Empty: the table's.
std::string tun_remedy(int code) {
    if (code == EACCES)
        return "chmod 0666 /dev/net/tun, its usual mode";
    if (code == ENOENT || code == EPERM)
        return "modprobe tun, or in a container '--device /dev/net/tun'";
    return {};
}

Probed ask_tun(int flag) {
    constexpr const char* device = "/dev/net/tun";
    Fd file(open(device, O_RDWR | O_CLOEXEC));
    if (!file.valid()) {
        Error error{"", errno, {}, {}};
        return {Answer::no, std::string(device) + ": " + kernel_words(error), tun_remedy(error.code)};
    }
    ifreq request{};
    request.ifr_flags = static_cast<short>(flag | IFF_NO_PI);
    std::strcpy(request.ifr_name, probe_name);
    Status made;
    if (ioctl(file.get(), TUNSETIFF, &request) != 0)
        made = system_failure("ask");
    return probed(made);
}

void put_u32(nlmsghdr* header, std::uint16_t type, std::uint32_t value) {
    mnl_attr_put_u32(header, type, value);
}

constexpr auto table = std::to_array<Probe>({
    {"kernel:veth", [] { return ask_link("veth"); }},
    {"kernel:bridge", [] { return ask_link("bridge"); }},
    {"kernel:bridge-vlan-filtering", ask_vlan_filtering},
    {"kernel:dummy", [] { return ask_link("dummy"); }},
    {"kernel:ifb", [] { return ask_link("ifb"); }},
    {"kernel:bond", [] { return ask_link("bond"); }},
    {"kernel:wireguard", [] { return ask_link("wireguard"); }},
    {"kernel:vrf", [] { return ask_link("vrf", [](nlmsghdr* h) { put_u32(h, IFLA_VRF_TABLE, 10); }); }},
    {"kernel:vxlan", [] { return ask_link("vxlan", [](nlmsghdr* h) { put_u32(h, IFLA_VXLAN_ID, 10); }); }},
    {"kernel:geneve",
     [] {
         return ask_link("geneve", [](nlmsghdr* h) {
             put_u32(h, IFLA_GENEVE_ID, 10);
             put_u32(h, IFLA_GENEVE_REMOTE, htonl(0xc0000202));
         });
     }},
    {"kernel:vlan",
     [] { return ask_upper("vlan", [](nlmsghdr* h) { mnl_attr_put_u16(h, IFLA_VLAN_ID, 10); }); }},
    {"kernel:macvlan",
     [] {
         return ask_upper("macvlan", [](nlmsghdr* h) { put_u32(h, IFLA_MACVLAN_MODE, MACVLAN_MODE_BRIDGE); });
     }},
    {"kernel:ipvlan",
     [] {
         return ask_upper("ipvlan",
                          [](nlmsghdr* h) { mnl_attr_put_u16(h, IFLA_IPVLAN_MODE, IPVLAN_MODE_L2); });
     }},
    {"kernel:gre",
     [] { return ask_link("gre", [](nlmsghdr* h) { put_ipv4_ends(h, gre_local, gre_remote); }); }},
    {"kernel:gretap",
     [] { return ask_link("gretap", [](nlmsghdr* h) { put_ipv4_ends(h, gre_local, gre_remote); }); }},
    {"kernel:ip6gre", [] { return ask_link("ip6gre", put_ipv6_ends); }},
    {"kernel:ipip",
     [] { return ask_link("ipip", [](nlmsghdr* h) { put_ipv4_ends(h, tunnel_local, tunnel_remote); }); }},
    {"kernel:sit",
     [] { return ask_link("sit", [](nlmsghdr* h) { put_ipv4_ends(h, tunnel_local, tunnel_remote); }); }},
    {"kernel:tun", [] { return ask_tun(IFF_TUN); }},
    {"kernel:tap", [] { return ask_tun(IFF_TAP); }},
});

} // namespace

std::span<const Probe> link_probes() {
    return table;
}

} // namespace netrig
