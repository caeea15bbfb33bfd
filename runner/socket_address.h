// IpAddress and port as the socket calls want them, and back.
#pragma once

#include "core/address.h"

#include <optional>
#include <sys/socket.h>

namespace netrig {

class SocketAddress {
public:
    SocketAddress(const IpAddress& address, std::uint16_t port);
    /// The wildcard address.
    SocketAddress(Family family, std::uint16_t port) : SocketAddress(IpAddress{family, {}}, port) {}

    [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage_); }
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
    [[nodiscard]] socklen_t size() const { return size_; }

private:
    sockaddr_storage storage_{};
    socklen_t size_ = 0;
};

/// Nothing when it is neither an IPv4 nor an IPv6 address. Needs no alignment.
std::optional<IpAddress> address_of_sockaddr(const void* address);

} // namespace netrig
