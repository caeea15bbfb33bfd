// vlan: one VLAN of the interface that it stands on (IEEE 802.1Q and 802.1ad, linux/if_link.h).
#pragma once

#include "core/kinds/kind.h"

namespace netrig {

enum class VlanProtocol { dot1q, dot1ad };

struct Vlan : KindDefaults {
    static constexpr std::string_view name = "vlan";
    static constexpr std::string_view meaning = "one VLAN of the interface that it stands on";
    static constexpr std::string_view feature = "kernel:vlan";
    static constexpr ParentUse parent = ParentUse::required;
    static constexpr Passes passes = Passes::with_carrier;
    static constexpr bool own_mac = false; // its parent's
    static constexpr std::array<Key, 2> keys{{
        {"id", KeyType::integer, "the VLAN's number, 1 to 4094"},
        {"protocol", KeyType::text, "\"802.1Q\" (default) or \"802.1ad\""},
    }};
    std::uint16_t id = 0;
    VlanProtocol protocol = VlanProtocol::dot1q;

    static std::optional<Vlan> load(TableReader& reader, KindContext& context);
    [[nodiscard]] std::uint32_t number() const { return id; }
    [[nodiscard]] std::string ip_words() const;
};

} // namespace netrig
