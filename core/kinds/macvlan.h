// macvlan and ipvlan: further interfaces on one that there is already, told apart by MAC or by IP address
// (linux/if_link.h, Documentation/networking/ipvlan.rst).
#pragma once

#include "core/kinds/kind.h"

namespace netrig {

enum class MacvlanMode { bridge, private_, vepa, passthru };

struct Macvlan : KindDefaults {
    static constexpr std::string_view name = "macvlan";
    static constexpr std::string_view meaning = "a further MAC address on the interface that it stands on";
    static constexpr std::string_view feature = "kernel:macvlan";
    static constexpr ParentUse parent = ParentUse::required;
    static constexpr Passes passes = Passes::with_carrier;
    static constexpr std::array<Key, 1> keys{{
        {"mode", KeyType::text, "\"bridge\" (default), \"private\", \"vepa\" or \"passthru\""},
    }};
    MacvlanMode mode = MacvlanMode::bridge;

    static std::optional<Macvlan> load(TableReader& reader, KindContext& context);
    [[nodiscard]] std::string ip_words() const;
};

enum class IpvlanMode { l2, l3, l3s };

struct Ipvlan : KindDefaults {
    static constexpr std::string_view name = "ipvlan";
    static constexpr std::string_view meaning = "further IP addresses on the interface that it stands on";
    static constexpr std::string_view feature = "kernel:ipvlan";
    static constexpr ParentUse parent = ParentUse::required;
    static constexpr Passes passes = Passes::with_carrier;
    static constexpr bool own_mac = false; // its parent's
    static constexpr std::array<Key, 1> keys{{
        {"mode", KeyType::text, "\"l2\" (default), \"l3\" or \"l3s\""},
    }};
    IpvlanMode mode = IpvlanMode::l2;

    static std::optional<Ipvlan> load(TableReader& reader, KindContext& context);
    [[nodiscard]] std::string ip_words() const;
};

} // namespace netrig
