#include "runner/kinds/requests.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>

namespace netrig {

void put_data(nlmsghdr* header, const Vlan& vlan) {
    mnl_attr_put_u16(header, IFLA_VLAN_ID, vlan.id);
    std::uint16_t type = vlan.protocol == VlanProtocol::dot1ad ? ETH_P_8021AD : ETH_P_8021Q;
    mnl_attr_put_u16(header, IFLA_VLAN_PROTOCOL, htons(type));
}

} // namespace netrig
