#include "runner/socket_address.h"

#include <cstring>
#include <netinet/in.h>

namespace netrig {

SocketAddress::SocketAddress(const IpAddress& address, std::uint16_t port) {
    if (address.family == Family::ipv4) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&v4.sin_addr, address.bytes.data(), 4);
        std::memcpy(&storage_, &v4, sizeof v4);
        size_ = sizeof v4;
    } else {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        std::memcpy(&v6.sin6_addr, address.bytes.data(), 16);
        std::memcpy(&storage_, &v6, sizeof v6);
        size_ = sizeof v6;
    }
}

std::optional<IpAddress> address_of_sockaddr(const void* address) {
    sa_family_t family = 0;
    std::memcpy(&family, address, sizeof family);
    IpAddress result;
    if (family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, address, sizeof v4);
        std::memcpy(result.bytes.data(), &v4.sin_addr, 4);
        return result;
    }
    if (family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, address, sizeof v6);
        result.family = Family::ipv6;
        std::memcpy(result.bytes.data(), &v6.sin6_addr, 16);
        return result;
    }
    return std::nullopt;
}

} // namespace netrig
