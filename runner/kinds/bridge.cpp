#include "runner/kinds/requests.h"

#include <linux/if_link.h>

namespace netrig {

void put_data(nlmsghdr* header, const Bridge& bridge) {
    auto put_time = [&](std::uint16_t type, const std::optional<Duration>& time) {
        if (time)
            mnl_attr_put_u32(header, type, hundredths(*time));
    };
    auto put_switch = [&](std::uint16_t type, const std::optional<bool>& on) {
        if (on)
            mnl_attr_put_u8(header, type, *on ? 1 : 0);
    };
    put_time(IFLA_BR_FORWARD_DELAY, bridge.forward_delay);
    put_time(IFLA_BR_HELLO_TIME, bridge.hello_time);
    put_time(IFLA_BR_MAX_AGE, bridge.max_age);
    put_time(IFLA_BR_AGEING_TIME, bridge.ageing);
    if (bridge.stp)
        mnl_attr_put_u32(header, IFLA_BR_STP_STATE, 1);
    if (bridge.priority)
        mnl_attr_put_u16(header, IFLA_BR_PRIORITY, *bridge.priority);
    if (bridge.vlan_filtering)
        mnl_attr_put_u8(header, IFLA_BR_VLAN_FILTERING, 1);
    if (bridge.vlan_default)
        mnl_attr_put_u16(header, IFLA_BR_VLAN_DEFAULT_PVID, *bridge.vlan_default);
    put_switch(IFLA_BR_MCAST_SNOOPING, bridge.multicast_snooping);
    put_switch(IFLA_BR_MCAST_QUERIER, bridge.multicast_querier);
}

} // namespace netrig
