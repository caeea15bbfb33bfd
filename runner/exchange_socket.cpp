#include "runner/exchange_socket.h"

#include "runner/socket_address.h"
#include "runner/system_error.h"

#include <fmt/format.h>
#include <netinet/in.h>

namespace netrig {

const char* name_of(Transport transport) {
    return transport == Transport::tcp ? "TCP" : "UDP";
}

std::optional<ExchangeOutcome> outcome_of(int code) {
    switch (code) {
    case ECONNREFUSED:
        return ExchangeOutcome::refused;
    case ETIMEDOUT:
        return ExchangeOutcome::timeout;
    case ECONNRESET:
    case EPIPE:
        return ExchangeOutcome::reset;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
    case EACCES: // a prohibit route
    case EPERM:  // a firewall's output chain
    case EINVAL: // a blackhole route
    case EADDRNOTAVAIL:
        return ExchangeOutcome::unreachable;
    default:
        return std::nullopt;
    }
}

Result<Fd> open_socket(Transport transport, Family family, const NodeNamespaces& node) {
    int domain = family == Family::ipv4 ? AF_INET : AF_INET6;
    int type = transport == Transport::tcp ? SOCK_STREAM : SOCK_DGRAM;
    Fd fd(socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid())
        return system_failure(fmt::format("open a {} socket in {}", name_of(transport), node.name));
    return fd;
}

Result<Fd> open_server(Transport transport, Family family, std::uint16_t port, const NodeNamespaces& node) {
    if (Status entered = enter_network(node); !entered)
        return failure(entered.error());
    auto fd = open_socket(transport, family, node);
    if (!fd)
        return fd;
    int on = 1;
    if (transport == Transport::tcp) // of UDP it would share the port with whoever has it
        setsockopt(fd->get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (family == Family::ipv6)
        setsockopt(fd->get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    SocketAddress wildcard(family, port);
    bool bound = bind(fd->get(), wildcard.get(), wildcard.size()) == 0;
    if (!bound || (transport == Transport::tcp && listen(fd->get(), SOMAXCONN) != 0))
        return system_failure(fmt::format("start an echo server on port {} in {}", port, node.name));
    return fd;
}

Status bind_source(int fd, const ExchangeRequest& request, const NodeNamespaces& node) {
    if (!request.source && request.source_port == 0)
        return {};
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    // Closed without lingering, so that the same two ports can be asked again at once.
    linger at_once{1, 0};
    if (request.transport == Transport::tcp && request.source_port != 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    SocketAddress source = request.source ? SocketAddress(*request.source, request.source_port)
                                          : SocketAddress(request.to.family, request.source_port);
    if (bind(fd, source.get(), source.size()) != 0)
        return system_failure(fmt::format("ask from {} port {} in {}",
                                          request.source ? show(*request.source) : "any address",
                                          request.source_port, node.name));
    return {};
}

char pattern_at(std::size_t offset) {
    return static_cast<char>((offset * 31 + offset / 251) & 0xFF);
}

std::string pattern(std::size_t offset, std::size_t length) {
    std::string bytes(length, '\0');
    for (std::size_t i = 0; i < length; ++i)
        bytes[i] = pattern_at(offset + i);
    return bytes;
}

} // namespace netrig
