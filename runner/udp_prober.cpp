#include "runner/udp_prober.h"

#include "runner/exchange_socket.h"
#include "runner/socket_address.h"
#include "runner/system_error.h"

#include <array>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/epoll.h>

namespace netrig {

namespace {

constexpr std::size_t largest = 65'536; // bytes of a datagram

/// The address that a datagram came to, in control data (ip(7) IP_PKTINFO, ipv6(7) IPV6_PKTINFO): an answer
/// must come from there, which the routes alone would not see to.
struct Arrival {
    std::array<char, largest> data;
    std::array<char, 128> control;
    sockaddr_storage from{};
    iovec part{};
    msghdr message{};

    msghdr* fresh() {
        part = {data.data(), data.size()};
        message = {};
        message.msg_name = &from;
        message.msg_namelen = sizeof from;
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        return &message;
    }

    /// As it came, to where it came from, out of the address that it came to.
    const msghdr* turned_round(std::size_t size) {
        part.iov_len = size;
        for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr; each = CMSG_NXTHDR(&message, each))
            if (each->cmsg_level == IPPROTO_IP && each->cmsg_type == IP_PKTINFO) {
                in_pktinfo info{};
                std::memcpy(&info, CMSG_DATA(each), sizeof info);
                info.ipi_spec_dst = info.ipi_addr;
                info.ipi_ifindex = 0;
                std::memcpy(CMSG_DATA(each), &info, sizeof info);
            }
        return &message;
    }
};

} // namespace

Result<Fd> UdpProber::start_server(const ExchangeRequest& request) {
    const NodeNamespaces& node = nodes_[*request.server];
    auto fd = open_server(Transport::udp, request.to.family, request.port, node);
    if (!fd)
        return fd;
    int on = 1;
    bool v4 = request.to.family == Family::ipv4;
    if (setsockopt(fd->get(), v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_PKTINFO : IPV6_RECVPKTINFO, &on,
                   sizeof on) != 0)
        return system_failure("ask for addresses on a UDP socket in " + node.name);
    if (Status watched = watch(*request.server, fd->get(), EPOLLIN, EPOLL_CTL_ADD); !watched)
        return failure(watched.error());
    return fd;
}

/// One that is too large for the path and must not be fragmented does not arrive.
static std::optional<ExchangeOutcome> outcome_of_datagram(int code) {
    return code == EMSGSIZE ? ExchangeOutcome::unreachable : outcome_of(code);
}

Status UdpProber::start_client(std::size_t number) {
    const ExchangeRequest& request = requests_[number];
    const NodeNamespaces& node = nodes_[request.from];
    if (Status entered = enter_network(node); !entered)
        return failure(entered.error());
    auto fd = open_socket(Transport::udp, request.to.family, node);
    if (!fd)
        return failure(fd.error());
    if (Status bound = bind_source(fd->get(), request, node); !bound)
        return bound;
    int on = 1;
    bool v4 = request.to.family == Family::ipv4;
    setsockopt(fd->get(), v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_RECVERR : IPV6_RECVERR, &on, sizeof on);
    auto begin = Clock::now();
    SocketAddress to(request.to, request.port);
    std::string bytes = pattern(0, request.size);
    if (connect(fd->get(), to.get(), to.size()) != 0 || send(fd->get(), bytes.data(), bytes.size(), 0) < 0) {
        fail(number, begin, errno, outcome_of_datagram(errno));
        return {};
    }
    int key = fd->get();
    if (Status watched = watch(request.from, key, EPOLLIN, EPOLL_CTL_ADD); !watched)
        return watched;
    clients_.emplace(key, Client{std::move(*fd), number, begin, 1, false});
    return {};
}

Status UdpProber::handle(int fd) {
    auto client = clients_.find(fd);
    if (client == clients_.end())
        return serve(fd);
    handle_client(client->second);
    return {};
}

Status UdpProber::serve(int fd) {
    static Arrival arrival;
    for (;;) {
        ssize_t size = recvmsg(fd, arrival.fresh(), 0);
        if (size < 0 && errno == EAGAIN)
            return {};
        if (size < 0 && !outcome_of(errno))
            return system_failure("receive a datagram to echo");
        if (size >= 0 && sendmsg(fd, arrival.turned_round(static_cast<std::size_t>(size)), 0) < 0 &&
            errno != EAGAIN && !outcome_of(errno))
            return system_failure("echo a datagram");
    }
}

void UdpProber::handle_client(Client& client) {
    if (client.over)
        return;
    static std::array<char, largest> data;
    ssize_t size = recv(client.fd.get(), data.data(), data.size(), 0);
    if (size < 0 && errno == EAGAIN)
        return;
    std::string wanted = pattern(0, requests_[client.request].size);
    // A router found it too big, and the kernel knows the path's MTU from now on: in smaller fragments it
    // passes. A path may have several such routers.
    constexpr unsigned most_times = 16;
    if (size < 0 && errno == EMSGSIZE && client.sent++ < most_times &&
        send(client.fd.get(), wanted.data(), wanted.size(), 0) >= 0)
        return;
    if (size < 0) {
        fail(client.request, client.begin, errno, outcome_of_datagram(errno));
        client.over = true;
        return;
    }
    if (std::string_view(data.data(), static_cast<std::size_t>(size)) == wanted)
        finish(client, ExchangeOutcome::done, {});
    else
        finish(client, ExchangeOutcome::mismatch,
               fmt::format("{} bytes came back that are not the {} that were sent", size, wanted.size()));
}

void UdpProber::finish(Client& client, ExchangeOutcome outcome, std::string why) {
    answers_[client.request] = {outcome, Clock::now() - client.begin, std::move(why)};
    client.over = true;
}

void UdpProber::forget_those_over() {
    std::erase_if(clients_, [](const auto& each) { return each.second.over; });
}

void UdpProber::give_up_late() {
    auto now = Clock::now();
    for (auto& [key, client] : clients_)
        if (!client.over && is_late(client.request, client.begin, now))
            finish(client, ExchangeOutcome::timeout, "no answer to the datagram");
}

} // namespace netrig
