// bridge: a switch (IEEE 802.1D and 802.1Q as linux/if_link.h IFLA_BR_* has them).
#pragma once

#include "core/kinds/kind.h"
#include "core/ports.h"

namespace netrig {

/// The kernel counts a bridge's times in hundredths of a second (USER_HZ).
std::uint32_t hundredths(Duration duration);

/// What is not set is as the kernel has it.
struct Bridge : KindDefaults {
    static constexpr std::string_view name = "bridge";
    static constexpr std::string_view meaning = "a switch";
    static constexpr std::string_view feature = "kernel:bridge";
    static constexpr Passes passes = Passes::with_carrier;
    static constexpr bool has_ports = true;
    static constexpr std::array<Key, 12> keys{{
        {"stp", KeyType::boolean, "whether a spanning tree cuts loops; false"},
        {"forward-delay", KeyType::duration, "of the spanning tree's listening and learning; \"2s\""},
        {"hello-time", KeyType::duration, "between the spanning tree's messages; \"2s\""},
        {"max-age", KeyType::duration, "after which the spanning tree takes a bridge for lost; \"6s\""},
        {"priority", KeyType::integer, "of the spanning tree, 0 to 65535; the least becomes the root"},
        {"ageing", KeyType::duration, "of learnt addresses; \"300s\""},
        {"multicast-snooping", KeyType::boolean, "whether IGMP and MLD say who is sent a group; true"},
        {"multicast-querier", KeyType::boolean, "whether it asks who is in which group; false"},
        {"vlan-filtering", KeyType::boolean, "whether ports belong to VLANs; false"},
        {"vlan-default", KeyType::integer, "the VLAN of ports that name none; 1, and 0 for none"},
        {"vlan", KeyType::any, "VLANs whose frames the bridge itself takes with their tag"},
        {"pvid", KeyType::integer, "the VLAN of the bridge's own frames without a tag; 0 for none"},
    }};
    bool stp = false;
    std::optional<Duration> forward_delay, hello_time, max_age, ageing;
    std::optional<std::uint16_t> priority, vlan_default;
    std::optional<bool> multicast_snooping, multicast_querier;
    bool vlan_filtering = false;
    PortSettings own; ///< of the bridge as a port of itself

    static std::optional<Bridge> load(TableReader& reader, KindContext& context);
    [[nodiscard]] std::string ip_words() const;
};

} // namespace netrig
