#include "runner/kinds/requests.h"

#include <arpa/inet.h>
#include <linux/if_link.h>

namespace netrig {

/// An attribute for each family.
static void put_address(nlmsghdr* header, std::uint16_t ipv4, std::uint16_t ipv6, const AddressText& text) {
    if (!text.address)
        return;
    std::uint16_t type = text.address->family == Family::ipv4 ? ipv4 : ipv6;
    mnl_attr_put(header, type, text.address->size(), text.address->bytes.data());
}

void put_data(nlmsghdr* header, const Vxlan& vxlan) {
    mnl_attr_put_u32(header, IFLA_VXLAN_ID, vxlan.id);
    mnl_attr_put_u16(header, IFLA_VXLAN_PORT, htons(vxlan.port));
    put_address(header, IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6, vxlan.remote);
    put_address(header, IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6, vxlan.local);
    mnl_attr_put_u8(header, IFLA_VXLAN_LEARNING, vxlan.learning ? 1 : 0);
    if (vxlan.ttl)
        mnl_attr_put_u8(header, IFLA_VXLAN_TTL, *vxlan.ttl);
    bool over_ipv6 = !vxlan.flood.empty() && vxlan.flood.front().address &&
                     vxlan.flood.front().address->family == Family::ipv6;
    if (over_ipv6 && !vxlan.local.given()) // without an address to tell, the kernel takes IPv4
        mnl_attr_put(header, IFLA_VXLAN_LOCAL6, 16, IpAddress{Family::ipv6, {}}.bytes.data());
}

void put_device(nlmsghdr* header, const Vxlan&, Ifindex parent) {
    mnl_attr_put_u32(header, IFLA_VXLAN_LINK, static_cast<std::uint32_t>(parent));
}

void put_data(nlmsghdr* header, const Geneve& geneve) {
    mnl_attr_put_u32(header, IFLA_GENEVE_ID, geneve.id);
    put_address(header, IFLA_GENEVE_REMOTE, IFLA_GENEVE_REMOTE6, geneve.remote);
    mnl_attr_put_u16(header, IFLA_GENEVE_PORT, htons(geneve.port));
    if (geneve.ttl)
        mnl_attr_put_u8(header, IFLA_GENEVE_TTL, *geneve.ttl);
}

} // namespace netrig
