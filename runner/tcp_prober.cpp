#include "runner/tcp_prober.h"

#include "runner/exchange_socket.h"
#include "runner/socket_address.h"
#include "runner/system_error.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/epoll.h>

namespace netrig {

namespace {

constexpr std::size_t chunk = 65536; // bytes a call

/// Whether accept(2) could not do its part; anything else concerns one connection, whose client sees it.
bool is_want(int code) {
    return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}

} // namespace

Result<Fd> TcpProber::start_server(const ExchangeRequest& request) {
    auto fd = open_server(Transport::tcp, request.to.family, request.port, nodes_[*request.server]);
    if (!fd && fd.error().code == EADDRINUSE && request.size == 0)
        return Fd();
    if (!fd)
        return fd;
    if (Status watched = watch(*request.server, fd->get(), EPOLLIN, EPOLL_CTL_ADD); !watched)
        return failure(watched.error());
    return fd;
}

Status TcpProber::start_client(std::size_t number) {
    const ExchangeRequest& request = requests_[number];
    if (Status entered = enter_network(nodes_[request.from]); !entered)
        return failure(entered.error());
    auto fd = open_socket(Transport::tcp, request.to.family, nodes_[request.from]);
    if (!fd)
        return failure(fd.error());
    if (Status bound = bind_source(fd->get(), request, nodes_[request.from]); !bound)
        return bound;
    Client client{std::move(*fd), number, 0, 0, false, false, Clock::now()};
    SocketAddress to(request.to, request.port);
    if (connect(client.fd.get(), to.get(), to.size()) != 0 && errno != EINPROGRESS) {
        fail(number, client.begin, errno, outcome_of(errno));
        return {};
    }
    int key = client.fd.get();
    if (Status watched = watch(request.from, key, EPOLLOUT, EPOLL_CTL_ADD); !watched)
        return watched;
    clients_.emplace(key, std::move(client));
    return {};
}

Status TcpProber::handle(int fd) {
    if (auto client = clients_.find(fd); client != clients_.end())
        handle_client(fd, client->second);
    else if (auto accepted = accepted_.find(fd); accepted != accepted_.end())
        handle_accepted(fd, accepted->second);
    else
        accept_all(fd);
    return {};
}

void TcpProber::forget_those_over() {
    for (int fd : over_)
        clients_.erase(fd);
    over_.clear();
}

NodeIndex TcpProber::node_of_listener(int fd) const {
    auto is_it = [&](const auto& listener) { return listener.second.get() == fd; };
    return std::get<0>(std::find_if(servers_.begin(), servers_.end(), is_it)->first);
}

void TcpProber::accept_all(int listener) {
    NodeIndex node = node_of_listener(listener);
    for (;;) {
        Fd fd(accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!fd.valid() && is_want(errno))
            broken_ = Error{"accept a connection in " + nodes_[node].name, errno, {}, {}};
        if (!fd.valid())
            return;
        int key = fd.get();
        if (Status watched = watch(node, key, EPOLLIN, EPOLL_CTL_ADD); !watched) {
            broken_ = watched.error();
            return;
        }
        accepted_.insert_or_assign(key, Accepted{std::move(fd), node, {}});
    }
}

void TcpProber::handle_accepted(int fd, Accepted& server) {
    std::array<char, chunk> data;
    if (server.pending.empty()) {
        ssize_t size = recv(fd, data.data(), data.size(), 0);
        if (size < 0 && errno == EAGAIN)
            return;
        if (size <= 0) {
            accepted_.erase(fd);
            return;
        }
        server.pending.assign(data.data(), static_cast<std::size_t>(size));
    }
    ssize_t sent = send(fd, server.pending.data(), server.pending.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
        if (!outcome_of(errno))
            broken_ = Error{"echo bytes in " + nodes_[server.node].name, errno, {}, {}};
        accepted_.erase(fd);
        return;
    }
    server.pending.erase(0, static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    Status watched = watch(server.node, fd, server.pending.empty() ? EPOLLIN : EPOLLOUT, EPOLL_CTL_MOD);
    if (!watched)
        broken_ = watched.error();
}

void TcpProber::handle_client(int fd, Client& client) {
    if (!client.connected) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) {
            fail_client(client, error);
            return;
        }
        client.connected = true;
    }
    if (requests_[client.request].size == 0) {
        finish(client, ExchangeOutcome::done, {});
        return;
    }
    send_more(client);
    if (!client.over)
        receive_more(client);
}

void TcpProber::send_more(Client& client) {
    std::size_t total = requests_[client.request].size;
    while (client.sent < total) {
        std::string bytes = pattern(client.sent, std::min(chunk, total - client.sent));
        ssize_t sent = send(client.fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN)
            break;
        if (sent < 0) {
            fail_client(client, errno);
            return;
        }
        client.sent += static_cast<std::size_t>(sent);
    }
    std::uint32_t events = client.sent < total ? EPOLLIN | EPOLLOUT : EPOLLIN;
    if (Status watched = watch(requests_[client.request].from, client.fd.get(), events, EPOLL_CTL_MOD);
        !watched)
        broken_ = watched.error();
}

void TcpProber::receive_more(Client& client) {
    std::size_t total = requests_[client.request].size;
    std::array<char, chunk> data;
    for (;;) {
        ssize_t size = recv(client.fd.get(), data.data(), data.size(), 0);
        if (size < 0 && errno == EAGAIN)
            return;
        if (size < 0) {
            fail_client(client, errno);
            return;
        }
        if (size == 0) {
            finish(client, ExchangeOutcome::mismatch,
                   fmt::format("closed after {} of {} bytes", client.received, total));
            return;
        }
        for (ssize_t i = 0; i < size; ++i, ++client.received)
            if (data[static_cast<std::size_t>(i)] != pattern_at(client.received) ||
                client.received >= total) {
                finish(client, ExchangeOutcome::mismatch,
                       fmt::format("byte {} is not what was sent", client.received));
                return;
            }
        if (client.received == total) {
            finish(client, ExchangeOutcome::done, {});
            return;
        }
    }
}

void TcpProber::fail_client(Client& client, int code) {
    fail(client.request, client.begin, code, outcome_of(code));
    forget(client);
}

void TcpProber::finish(Client& client, ExchangeOutcome outcome, std::string why) {
    answers_[client.request] = {outcome, Clock::now() - client.begin, std::move(why)};
    forget(client);
}

void TcpProber::forget(Client& client) {
    client.over = true;
    over_.push_back(client.fd.get());
}

void TcpProber::give_up_late() {
    auto now = Clock::now();
    for (auto& [key, client] : clients_) {
        if (client.over || !is_late(client.request, client.begin, now))
            continue;
        std::string why = client.connected ? fmt::format("{} of {} bytes came back", client.received,
                                                         requests_[client.request].size)
                                           : "no answer to the connection request";
        finish(client, ExchangeOutcome::timeout, std::move(why));
    }
}

} // namespace netrig
