// gre, gretap, ip6gre, ip6gretap, ipip and sit: packets in packets (RFC 2784 and 2890, RFC 2003, RFC 4213;
// linux/if_tunnel.h).
#pragma once

#include "core/kinds/kind.h"

namespace netrig {

/// The settings that all of them take.
struct TunnelEnds {
    AddressText local, remote;
    std::optional<std::uint32_t> key; ///< RFC 2890
    std::optional<std::uint8_t> ttl;
    bool over_ipv6 = false;

    [[nodiscard]] std::string ip_words() const;
};

inline constexpr std::array<Key, 4> tunnel_keys{{
    {"remote", KeyType::text, "the other end: an address or a node"},
    {"local", KeyType::text, "the address to send from; chosen by the routes if left out"},
    {"ttl", KeyType::integer, "of the outer packets, 1 to 255; that of the inner ones if left out"},
    {"key", KeyType::integer, "tells tunnels between the same ends apart (RFC 2890)"},
}};

/// Nothing when a mistake was reported. A key is only read where `keyed`.
std::optional<TunnelEnds> load_tunnel_ends(TableReader& reader, Family family, bool keyed);

/// `Which` gives name, meaning, feature, the family of the outer packets, and whether it carries frames and
/// has a key.
template <class Which>
struct Tunnel : KindDefaults {
    static constexpr std::string_view name = Which::name;
    static constexpr std::string_view meaning = Which::meaning;
    static constexpr std::string_view feature = Which::feature;
    static constexpr ParentUse parent = ParentUse::optional;
    static constexpr std::string_view parent_word = "dev";
    static constexpr bool ethernet = Which::ethernet, own_mac = Which::ethernet, overlay = true;
    static constexpr bool keyed = Which::keyed;
    static constexpr Family family = Which::family;
    static constexpr Keys keys = Keys(tunnel_keys).first(Which::keyed ? 4 : 3);
    TunnelEnds ends;

    static std::optional<Tunnel> load(TableReader& reader, KindContext&) {
        auto ends = load_tunnel_ends(reader, family, keyed);
        if (!ends)
            return std::nullopt;
        Tunnel tunnel;
        tunnel.ends = std::move(*ends);
        return tunnel;
    }
    [[nodiscard]] std::uint32_t number() const { return ends.key.value_or(0); }
    std::vector<AddressText*> addresses() { return {&ends.local, &ends.remote}; }
    [[nodiscard]] std::string ip_words() const { return ends.ip_words(); }
};

struct GreNames {
    static constexpr std::string_view name = "gre", feature = "kernel:gre";
    static constexpr std::string_view meaning = "IP in GRE over IPv4 (RFC 2784)";
    static constexpr Family family = Family::ipv4;
    static constexpr bool ethernet = false, keyed = true;
};

struct GretapNames {
    static constexpr std::string_view name = "gretap", feature = "kernel:gretap";
    static constexpr std::string_view meaning = "Ethernet in GRE over IPv4";
    static constexpr Family family = Family::ipv4;
    static constexpr bool ethernet = true, keyed = true;
};

struct Ip6greNames {
    static constexpr std::string_view name = "ip6gre", feature = "kernel:ip6gre";
    static constexpr std::string_view meaning = "IP in GRE over IPv6 (RFC 7676)";
    static constexpr Family family = Family::ipv6;
    static constexpr bool ethernet = false, keyed = true;
};

struct IpipNames {
    static constexpr std::string_view name = "ipip", feature = "kernel:ipip";
    static constexpr std::string_view meaning = "IPv4 in IPv4 (RFC 2003)";
    static constexpr Family family = Family::ipv4;
    static constexpr bool ethernet = false, keyed = false;
};

struct SitNames {
    static constexpr std::string_view name = "sit", feature = "kernel:sit";
    static constexpr std::string_view meaning = "IPv6 in IPv4 (RFC 4213)";
    static constexpr Family family = Family::ipv4;
    static constexpr bool ethernet = false, keyed = false;
};

using Gre = Tunnel<GreNames>;
using Gretap = Tunnel<GretapNames>;
using Ip6gre = Tunnel<Ip6greNames>;
using Ipip = Tunnel<IpipNames>;
using Sit = Tunnel<SitNames>;

} // namespace netrig
