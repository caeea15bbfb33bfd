#include "runner/kinds/requests.h"

#include <array>
#include <linux/if_link.h>

namespace netrig {

void put_data(nlmsghdr* header, const Macvlan& macvlan) {
    constexpr std::array modes{MACVLAN_MODE_BRIDGE, MACVLAN_MODE_PRIVATE, MACVLAN_MODE_VEPA,
                               MACVLAN_MODE_PASSTHRU};
    mnl_attr_put_u32(header, IFLA_MACVLAN_MODE, modes[static_cast<std::size_t>(macvlan.mode)]);
}

void put_data(nlmsghdr* header, const Ipvlan& ipvlan) {
    constexpr std::array modes{IPVLAN_MODE_L2, IPVLAN_MODE_L3, IPVLAN_MODE_L3S};
    mnl_attr_put_u16(header, IFLA_IPVLAN_MODE, modes[static_cast<std::size_t>(ipvlan.mode)]);
}

} // namespace netrig
