#include "runner/kinds/requests.h"

#include <chrono>
#include <linux/if_link.h>

namespace netrig {

/// IFLA_BOND_PRIMARY waits until the ports are there; see set_primary_message.
void put_data(nlmsghdr* header, const Bond& bond) {
    auto miimon = std::chrono::duration_cast<std::chrono::milliseconds>(bond.miimon);
    mnl_attr_put_u8(header, IFLA_BOND_MODE, static_cast<std::uint8_t>(bond.mode));
    mnl_attr_put_u32(header, IFLA_BOND_MIIMON, static_cast<std::uint32_t>(miimon.count()));
    if (bond.hash)
        mnl_attr_put_u8(header, IFLA_BOND_XMIT_HASH_POLICY, *bond.hash);
    if (bond.min_links)
        mnl_attr_put_u32(header, IFLA_BOND_MIN_LINKS, *bond.min_links);
    if (bond.mode == BondMode::ieee_802_3ad)
        mnl_attr_put_u8(header, IFLA_BOND_AD_LACP_RATE, bond.lacp_fast ? 1 : 0);
}

void put_data(nlmsghdr* header, const Vrf& vrf) {
    mnl_attr_put_u32(header, IFLA_VRF_TABLE, vrf.table);
}

} // namespace netrig
