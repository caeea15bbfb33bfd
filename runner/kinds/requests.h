// How each kind of interface of core/kinds is asked of the kernel: what stands in IFLA_INFO_DATA of
// RTM_NEWLINK (linux/if_link.h), one unit for each of core's.
#pragma once

#include "core/kinds.h"
#include "core/topology.h"

#include <libmnl/libmnl.h>

namespace netrig {

/// A kind without settings.
template <class K>
void put_data(nlmsghdr*, const K&) {}

/// The interface that an outer packet leaves by, for kinds whose parent is a "dev" of ip-link(8).
template <class K>
void put_device(nlmsghdr*, const K&, Ifindex) {}

void put_device(nlmsghdr* header, const Vxlan& vxlan, Ifindex parent);
template <class Which>
void put_device(nlmsghdr* header, const Tunnel<Which>&, Ifindex parent) {
    constexpr std::uint16_t link = 1; // IFLA_GRE_LINK and IFLA_IPTUN_LINK of linux/if_tunnel.h
    mnl_attr_put_u32(header, link, static_cast<std::uint32_t>(parent));
}

void put_data(nlmsghdr* header, const Bridge& bridge);
void put_data(nlmsghdr* header, const Bond& bond);
void put_data(nlmsghdr* header, const Vrf& vrf);
void put_data(nlmsghdr* header, const Vlan& vlan);
void put_data(nlmsghdr* header, const Vxlan& vxlan);
void put_data(nlmsghdr* header, const Geneve& geneve);
void put_data(nlmsghdr* header, const Macvlan& macvlan);
void put_data(nlmsghdr* header, const Ipvlan& ipvlan);
void put_data(nlmsghdr* header, const Gre& gre);
void put_data(nlmsghdr* header, const Gretap& gretap);
void put_data(nlmsghdr* header, const Ip6gre& gre);
void put_data(nlmsghdr* header, const Ipip& ipip);
void put_data(nlmsghdr* header, const Sit& sit);

} // namespace netrig
