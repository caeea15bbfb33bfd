#include "runner/tcp_prober.h"

#include "runner/descriptors.h"
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

/// Each takes two descriptors, one at each end.
std::size_t most_clients() {
    constexpr std::size_t enough = 1000, spare = 8;
    std::size_t left = descriptors_left();
    return std::clamp<std::size_t>((left - std::min(left, spare)) / 2, 1, enough);
}

constexpr std::size_t chunk = 65536; // bytes a call
constexpr int most_events = 256;

/// Whether accept(2) could not do its part; anything else concerns one connection, whose client sees it.
bool is_want(int code) {
    return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}

} // namespace

Result<std::vector<ExchangeAnswer>> TcpProber::run(std::span<const ExchangeRequest> requests) {
    requests_ = requests;
    answers_.assign(requests.size(), {});
    epoll_ = Fd(epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_.valid())
        return system_failure("make an epoll descriptor");
    if (stop_.descriptor() >= 0 && !control(stop_.descriptor(), EPOLLIN, EPOLL_CTL_ADD))
        return system_failure("watch for the lab's end");
    if (Status listening = listen_everywhere(); !listening)
        return failure(listening.error());
    most_clients_ = most_clients();
    for (;;) {
        if (Status started = start_clients(); !started)
            return failure(started.error());
        if (broken_)
            return failure(*broken_);
        if (clients_.empty())
            return std::move(answers_);
        if (Status handled = wait_and_handle(); !handled)
            return failure(handled.error());
        give_up_late();
    }
}

bool TcpProber::control(int fd, std::uint32_t events, int operation) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
}

Status TcpProber::watch(NodeIndex node, int fd, std::uint32_t events, int operation) {
    if (!control(fd, events, operation))
        return system_failure("watch a TCP socket in " + nodes_[node].name);
    return {};
}

Status TcpProber::listen_everywhere() {
    for (const ExchangeRequest& request : requests_)
        if (request.server && !listeners_.contains({*request.server, request.to.family, request.port}))
            if (Status listening = listen_for(request); !listening)
                return listening;
    return {};
}

Status TcpProber::listen_for(const ExchangeRequest& request) {
    auto fd = open_server(Transport::tcp, request.to.family, request.port, nodes_[*request.server]);
    bool taken = !fd && fd.error().code == EADDRINUSE && request.size == 0;
    if (!fd && !taken)
        return failure(fd.error());
    if (fd)
        if (Status watched = watch(*request.server, fd->get(), EPOLLIN, EPOLL_CTL_ADD); !watched)
            return watched;
    listeners_.emplace(std::tuple(*request.server, request.to.family, request.port),
                       fd ? std::move(*fd) : Fd());
    return {};
}

Status TcpProber::start_clients() {
    // A client's end may be closed before the server's, which then still holds its descriptor.
    auto has_room = [&] {
        return clients_.empty() || 2 * (clients_.size() + 1) + servers_.size() <= 2 * most_clients_;
    };
    while (next_ < requests_.size() && has_room())
        if (Status started = start_client(next_++); !started)
            return started;
    return {};
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
        fail(number, client.begin, errno);
        return {};
    }
    int key = client.fd.get();
    if (Status watched = watch(request.from, key, EPOLLOUT, EPOLL_CTL_ADD); !watched)
        return watched;
    clients_.emplace(key, std::move(client));
    return {};
}

Status TcpProber::wait_and_handle() {
    constexpr int wait_milliseconds = 10; // deadlines are looked at this often when nothing happens
    std::array<epoll_event, most_events> events;
    int count = epoll_wait(epoll_.get(), events.data(), most_events, wait_milliseconds);
    if (count < 0 && errno != EINTR)
        return system_failure("wait for TCP sockets");
    for (int i = 0; i < count; ++i) {
        int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == stop_.descriptor())
            return failure(told_to_end());
        if (auto client = clients_.find(fd); client != clients_.end())
            handle_client(fd, client->second);
        else if (auto server = servers_.find(fd); server != servers_.end())
            handle_server(fd, server->second);
        else
            accept_all(fd);
    }
    for (int fd : over_)
        clients_.erase(fd);
    over_.clear();
    return {};
}

NodeIndex TcpProber::node_of_listener(int fd) const {
    auto is_it = [&](const auto& listener) { return listener.second.get() == fd; };
    return std::get<0>(std::find_if(listeners_.begin(), listeners_.end(), is_it)->first);
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
        servers_.insert_or_assign(key, Server{std::move(fd), node, {}});
    }
}

void TcpProber::handle_server(int fd, Server& server) {
    std::array<char, chunk> data;
    if (server.pending.empty()) {
        ssize_t size = recv(fd, data.data(), data.size(), 0);
        if (size < 0 && errno == EAGAIN)
            return;
        if (size <= 0) {
            servers_.erase(fd);
            return;
        }
        server.pending.assign(data.data(), static_cast<std::size_t>(size));
    }
    ssize_t sent = send(fd, server.pending.data(), server.pending.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
        if (!outcome_of(errno))
            broken_ = Error{"echo bytes in " + nodes_[server.node].name, errno, {}, {}};
        servers_.erase(fd);
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

void TcpProber::fail(std::size_t request, Clock::time_point begin, int code) {
    auto outcome = outcome_of(code);
    if (!outcome)
        broken_ = Error{fmt::format("exchange bytes between {} and {}", nodes_[requests_[request].from].name,
                                    show(requests_[request].to)),
                        code,
                        {},
                        {}};
    answers_[request] = {outcome.value_or(ExchangeOutcome::timeout), Clock::now() - begin,
                         strerrordesc_np(code)};
}

void TcpProber::fail_client(Client& client, int code) {
    fail(client.request, client.begin, code);
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
        nanoseconds timeout = requests_[client.request].timeout;
        if (client.over || now - client.begin < timeout)
            continue;
        std::string why = client.connected ? fmt::format("{} of {} bytes came back", client.received,
                                                         requests_[client.request].size)
                                           : "no answer to the connection request";
        finish(client, ExchangeOutcome::timeout, std::move(why));
    }
    for (int fd : over_)
        clients_.erase(fd);
    over_.clear();
}

} // namespace netrig
