#include "runner/exchange_prober.h"

#include "runner/descriptors.h"
#include "runner/exchange_socket.h"
#include "runner/system_error.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <sys/epoll.h>

namespace netrig {

Result<std::vector<ExchangeAnswer>> ExchangeProber::run(std::span<const ExchangeRequest> requests) {
    requests_ = requests;
    answers_.assign(requests.size(), {});
    epoll_ = Fd(epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_.valid())
        return system_failure("make an epoll descriptor");
    if (stop_.descriptor() >= 0 && !control(stop_.descriptor(), EPOLLIN, EPOLL_CTL_ADD))
        return system_failure("watch for the lab's end");
    if (Status started = start_servers(); !started)
        return failure(started.error());
    constexpr std::size_t enough = 1000, spare = 8;
    std::size_t left = descriptors_left();
    most_clients_ =
        std::clamp<std::size_t>((left - std::min(left, spare)) / descriptors_a_client(), 1, enough);
    for (;;) {
        if (Status started = start_clients(); !started)
            return failure(started.error());
        if (broken_)
            return failure(*broken_);
        if (!has_clients())
            return std::move(answers_);
        if (Status handled = wait_and_handle(); !handled)
            return failure(handled.error());
        give_up_late();
        forget_those_over();
    }
}

bool ExchangeProber::control(int fd, std::uint32_t events, int operation) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
}

Status ExchangeProber::watch(NodeIndex node, int fd, std::uint32_t events, int operation) {
    if (!control(fd, events, operation))
        return system_failure(fmt::format("watch a {} socket in {}", name_of(transport_), nodes_[node].name));
    return {};
}

Status ExchangeProber::start_servers() {
    for (const ExchangeRequest& request : requests_) {
        if (!request.server || servers_.contains({*request.server, request.to.family, request.port}))
            continue;
        auto fd = start_server(request);
        if (!fd)
            return failure(fd.error());
        servers_.emplace(std::tuple(*request.server, request.to.family, request.port), std::move(*fd));
    }
    return {};
}

Status ExchangeProber::start_clients() {
    while (next_ < requests_.size() && (!has_clients() || has_room(most_clients_)))
        if (Status started = start_client(next_++); !started)
            return started;
    return {};
}

Status ExchangeProber::wait_and_handle() {
    constexpr int wait_milliseconds = 10; // deadlines are looked at this often when nothing happens
    constexpr int most_events = 256;
    std::array<epoll_event, most_events> events;
    int count = epoll_wait(epoll_.get(), events.data(), most_events, wait_milliseconds);
    if (count < 0 && errno != EINTR)
        return system_failure(fmt::format("wait for {} sockets", name_of(transport_)));
    for (int i = 0; i < count; ++i) {
        int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == stop_.descriptor())
            return failure(told_to_end());
        if (Status handled = handle(fd); !handled)
            return handled;
    }
    forget_those_over();
    return {};
}

void ExchangeProber::fail(std::size_t request, Clock::time_point begin, int code,
                          std::optional<ExchangeOutcome> outcome) {
    if (!outcome)
        broken_ = Error{fmt::format("exchange bytes between {} and {}", nodes_[requests_[request].from].name,
                                    show(requests_[request].to)),
                        code,
                        {},
                        {}};
    answers_[request] = {outcome.value_or(ExchangeOutcome::timeout), Clock::now() - begin,
                         strerrordesc_np(code)};
}

} // namespace netrig
