// bond and vrf: interfaces joined to one, and interfaces with a routing table of their own
// (Documentation/networking/bonding.rst and vrf.rst).
#pragma once

#include "core/kinds/kind.h"

namespace netrig {

/// In the kernel's order (linux/if_bonding.h).
enum class BondMode {
    balance_rr,
    active_backup,
    balance_xor,
    broadcast,
    ieee_802_3ad,
    balance_tlb,
    balance_alb
};

struct Bond : KindDefaults {
    static constexpr std::string_view name = "bond";
    static constexpr std::string_view meaning = "interfaces joined to one";
    static constexpr std::string_view feature = "kernel:bond";
    static constexpr Passes passes = Passes::with_carrier;
    static constexpr bool own_mac = false; // its first port's
    static constexpr bool has_ports = true;
    static constexpr std::array<Key, 6> keys{{
        {"mode", KeyType::text,
         "\"active-backup\" (default), \"802.3ad\", \"balance-rr\", \"balance-xor\", "
         "\"broadcast\", \"balance-tlb\" or \"balance-alb\""},
        {"miimon", KeyType::duration, "how often the ports' carrier is looked at; \"100ms\""},
        {"primary", KeyType::text, "the port that is used while it works (active-backup)"},
        {"lacp-rate", KeyType::text, "\"fast\" (default here) or \"slow\" (802.3ad)"},
        {"min-links", KeyType::integer, "ports that must work for the bond to (802.3ad)"},
        {"hash", KeyType::text, "what chooses the port: \"layer2\", \"layer2+3\" or \"layer3+4\""},
    }};
    BondMode mode = BondMode::active_backup;
    Duration miimon = std::chrono::milliseconds(100);
    std::optional<std::size_t> primary; ///< an interface of the same node
    Span primary_span;
    bool lacp_fast = true;
    std::optional<std::uint32_t> min_links;
    std::optional<std::uint8_t> hash; ///< BOND_XMIT_POLICY_* of linux/if_bonding.h

    static std::optional<Bond> load(TableReader& reader, KindContext& context);
    [[nodiscard]] std::string ip_words() const;
};

struct Vrf : KindDefaults {
    static constexpr std::string_view name = "vrf";
    static constexpr std::string_view meaning = "a routing table of its own for its ports";
    static constexpr std::string_view feature = "kernel:vrf";
    static constexpr bool ethernet = false;
    static constexpr bool has_ports = true;
    static constexpr std::array<Key, 1> keys{{
        {"table", KeyType::integer, "the number of its routing table"},
    }};
    std::uint32_t table = 0;

    static std::optional<Vrf> load(TableReader& reader, KindContext& context);
    [[nodiscard]] std::string ip_words() const;
};

} // namespace netrig
