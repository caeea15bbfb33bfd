// WireGuard's settings by generic netlink (linux/wireguard.h, linux/genetlink.h). Each function works in the
// calling thread's network namespace.
#pragma once

#include "core/address.h"
#include "core/result.h"
#include "core/topology.h"

#include <array>
#include <optional>
#include <vector>

namespace netrig {

using WireguardKey = std::array<std::uint8_t, 32>;

/// A new private key, the port to listen on, and the mark of what is sent.
Status configure_wireguard(Ifindex index, const Wireguard& wireguard);

Result<WireguardKey> wireguard_public_key(Ifindex index);

struct WireguardPeerRequest {
    WireguardKey key{}; ///< public
    std::optional<IpAddress> endpoint;
    std::uint16_t port = 0; ///< of the endpoint
    std::optional<Duration> keepalive;
    std::vector<Prefix> allowed;
};

Status add_wireguard_peer(Ifindex index, const WireguardPeerRequest& peer);

} // namespace netrig
