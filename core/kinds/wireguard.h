// wireguard: encrypted IP in UDP (wireguard.com, linux/wireguard.h). Keys are made when the lab is built and
// handed to the peers, so a scenario holds none.
#pragma once

#include "core/kinds/kind.h"
#include "core/quantity.h"

namespace netrig {

struct WireguardPeer {
    std::string name; ///< "r2:wg0"
    Span span;
    NodeIndex node = 0;
    std::size_t interface = 0;         ///< of kind wireguard too
    std::vector<Prefix> allowed;       ///< allowed-ips; empty: the addresses of the peer's interface
    AddressText endpoint;              ///< empty: the peer is waited for
    std::optional<Duration> keepalive; ///< persistent-keepalive
};

struct Wireguard : KindDefaults {
    static constexpr std::string_view name = "wireguard";
    static constexpr std::string_view meaning = "encrypted IP in UDP; keys are made for the lab";
    static constexpr std::string_view feature = "kernel:wireguard";
    static constexpr bool ethernet = false, own_mac = false, overlay = true;
    static constexpr std::array<Key, 3> keys{{
        {"listen-port", KeyType::integer, "of UDP; 51820"},
        {"peers", KeyType::any,
         "\"r2\", \"r2:wg0\", or tables with peer, endpoint, allowed-ips, persistent-keepalive"},
        {"fwmark", KeyType::integer, "on the outer packets"},
    }};
    std::uint16_t listen_port = 51'820;
    std::optional<std::uint32_t> fwmark;
    std::vector<WireguardPeer> peers;

    static std::optional<Wireguard> load(TableReader& reader, KindContext& context);
    std::vector<AddressText*> addresses();
};

} // namespace netrig
