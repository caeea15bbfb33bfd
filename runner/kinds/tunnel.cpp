#include "runner/kinds/requests.h"

#include <arpa/inet.h>
#include <linux/if_tunnel.h>
#include <linux/ip.h>

namespace netrig {

namespace {

void put_address(nlmsghdr* header, std::uint16_t type, const AddressText& text) {
    if (text.address)
        mnl_attr_put(header, type, text.address->size(), text.address->bytes.data());
}

void put_gre(nlmsghdr* header, const TunnelEnds& ends) {
    put_address(header, IFLA_GRE_LOCAL, ends.local);
    put_address(header, IFLA_GRE_REMOTE, ends.remote);
    if (ends.key) {
        mnl_attr_put_u32(header, IFLA_GRE_IKEY, htonl(*ends.key));
        mnl_attr_put_u32(header, IFLA_GRE_OKEY, htonl(*ends.key));
        mnl_attr_put_u16(header, IFLA_GRE_IFLAGS, GRE_KEY);
        mnl_attr_put_u16(header, IFLA_GRE_OFLAGS, GRE_KEY);
    }
    if (ends.ttl)
        mnl_attr_put_u8(header, IFLA_GRE_TTL, *ends.ttl);
    else if (ends.over_ipv6) // zero would be sent as such: 64 is what ip-link(8) takes
        mnl_attr_put_u8(header, IFLA_GRE_TTL, 64);
    if (ends.over_ipv6) { // ip-link(8)'s too: room for one more encapsulation
        mnl_attr_put_u8(header, IFLA_GRE_ENCAP_LIMIT, 4);
    }
}

/// IPv4 outside, without GRE.
void put_tunnel(nlmsghdr* header, const TunnelEnds& ends) {
    put_address(header, IFLA_IPTUN_LOCAL, ends.local);
    put_address(header, IFLA_IPTUN_REMOTE, ends.remote);
    if (ends.ttl)
        mnl_attr_put_u8(header, IFLA_IPTUN_TTL, *ends.ttl);
    mnl_attr_put_u8(header, IFLA_IPTUN_PMTUDISC, 1);
}

} // namespace

void put_data(nlmsghdr* header, const Gre& gre) {
    put_gre(header, gre.ends);
}

void put_data(nlmsghdr* header, const Gretap& gretap) {
    put_gre(header, gretap.ends);
}

void put_data(nlmsghdr* header, const Ip6gre& gre) {
    put_gre(header, gre.ends);
}

void put_data(nlmsghdr* header, const Ipip& ipip) {
    put_tunnel(header, ipip.ends);
}

void put_data(nlmsghdr* header, const Sit& sit) {
    put_tunnel(header, sit.ends);
}

} // namespace netrig
