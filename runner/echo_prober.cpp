#include "runner/echo_prober.h"

#include "runner/system_error.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <sys/epoll.h>

namespace netrig {

namespace {

constexpr std::size_t packets_between_receiving =
    16; // few enough for a receive buffer, many enough to be cheap

} // namespace

Result<std::vector<EchoAnswer>> EchoProber::run(std::span<const EchoRequest> requests,
                                                Clock::time_point deadline) {
    requests_ = requests;
    answers_.assign(requests.size(), {});
    progress_.assign(requests.size(), {});
    open_ = requests.size();
    auto now = Clock::now();
    for (std::size_t i = 0; i < requests.size(); ++i) {
        progress_[i].left = requests[i].count;
        due_.emplace(now, i);
    }
    if (Status opened = open_sockets(); !opened)
        return failure(opened.error());
    while (open_ > 0 && Clock::now() < deadline) {
        if (Status sent = send_due(); !sent)
            return failure(sent.error());
        if (open_ == 0)
            break;
        if (Status received = receive(wait_time()); !received)
            return failure(received.error());
        give_up_late();
    }
    for (std::size_t i = 0; i < answers_.size(); ++i)
        if (answers_[i].received > 0)
            answers_[i].mean = progress_[i].total / answers_[i].received;
    return std::move(answers_);
}

Status EchoProber::open_sockets() {
    epoll_ = Fd(epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_.valid())
        return system_failure("make an epoll descriptor");
    if (Status watched = watch(stop_.descriptor(), nullptr); !watched)
        return watched;
    for (const EchoRequest& request : requests_) {
        std::tuple key{request.from, request.to.family, request.dont_fragment};
        if (sockets_.contains(key))
            continue;
        const NodeNamespaces& node = nodes_[request.from];
        if (Status entered = enter_network(node); !entered)
            return failure(entered.error());
        auto socket = IcmpSocket::open(request.to.family, request.dont_fragment);
        if (!socket)
            return failure(in_node(node, socket.error()));
        auto place = sockets_.emplace(key, std::move(*socket)).first;
        if (Status watched = watch(place->second.descriptor(), &place->second); !watched)
            return failure(in_node(node, watched.error()));
    }
    return {};
}

/// Without a socket, what ends all waiting.
Status EchoProber::watch(int descriptor, IcmpSocket* socket) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLERR;
    event.data.ptr = socket;
    if (descriptor >= 0 && epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0)
        return system_failure(socket == nullptr ? "watch for the lab's end" : "watch an ICMP socket");
    return {};
}

IcmpSocket& EchoProber::socket_of(const EchoRequest& request) {
    return sockets_.at({request.from, request.to.family, request.dont_fragment});
}

Status EchoProber::send_due() {
    std::size_t sent = 0;
    while (!due_.empty() && due_.top().first <= Clock::now()) {
        std::size_t request = due_.top().second;
        due_.pop();
        if (Status one = send_one(request); !one)
            return one;
        if (++sent % packets_between_receiving == 0)
            if (Status received = receive(0); !received)
                return received;
    }
    return {};
}

Status EchoProber::send_one(std::size_t number) {
    const EchoRequest& request = requests_[number];
    Progress& progress = progress_[number];
    EchoAnswer& answer = answers_[number];
    auto now = Clock::now();
    flights_.push_back({number, now, false});
    SendResult result =
        socket_of(request).send(request, first_ + static_cast<std::uint32_t>(flights_.size()) - 1);
    if (result.kind == SendResult::Kind::broken)
        return failure(
            {fmt::format("send an echo request from {} to {}", nodes_[request.from].name, show(request.to)),
             result.code,
             {},
             {}});
    if (result.kind == SendResult::Kind::busy) { // the queue is full for now: no answer, so try again
        flights_.back().over = true;
        due_.emplace(now + std::chrono::milliseconds(1), number);
        return {};
    }
    ++answer.sent;
    --progress.left;
    ++progress.under_way;
    progress.give_up = now + request.timeout;
    if (progress.left > 0)
        due_.emplace(now + request.interval, number);
    if (result.kind != SendResult::Kind::refused)
        return {};
    flights_.back().over = true;
    if (!progress.refused && answer.received == 0) {
        answer.outcome = result.outcome;
        answer.why = strerrordesc_np(result.code);
    }
    progress.refused = true;
    finish_packet(number);
    return {};
}

void EchoProber::finish_packet(std::size_t number) {
    Progress& progress = progress_[number];
    --progress.under_way;
    if (progress.under_way == 0 && progress.left == 0)
        --open_;
}

void EchoProber::arrived(const EchoArrival& arrival) {
    std::uint32_t index = arrival.number - first_;
    if (index >= flights_.size() || flights_[index].over)
        return; // of an earlier batch, or a duplicate
    Flight& flight = flights_[index];
    flight.over = true;
    Progress& progress = progress_[flight.request];
    EchoAnswer& answer = answers_[flight.request];
    if (arrival.outcome == EchoOutcome::reply) {
        nanoseconds took = Clock::now() - flight.sent;
        answer.least = answer.received == 0 ? took : std::min(answer.least, took);
        answer.most = std::max(answer.most, took);
        progress.total += took;
        ++answer.received;
        answer.outcome = EchoOutcome::reply;
    } else if (answer.received == 0 && !progress.refused) {
        answer.outcome = arrival.outcome;
        answer.reported_by = arrival.reported_by;
    }
    progress.refused = progress.refused || arrival.outcome != EchoOutcome::reply;
    finish_packet(flight.request);
}

Status EchoProber::receive(int wait_milliseconds) {
    std::array<epoll_event, 64> events;
    int count = epoll_wait(epoll_.get(), events.data(), events.size(), wait_milliseconds);
    if (count < 0 && errno != EINTR)
        return system_failure("wait for echo replies");
    for (int i = 0; i < count; ++i) {
        auto* socket = static_cast<IcmpSocket*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (socket == nullptr)
            return failure(told_to_end());
        socket->receive([this](const EchoArrival& arrival) { this->arrived(arrival); });
    }
    return {};
}

/// Until the next packet is due or the first request is to be given up.
int EchoProber::wait_time() const {
    auto next = Clock::time_point::max();
    if (!due_.empty())
        next = due_.top().first;
    else
        for (const Progress& progress : progress_)
            if (progress.under_way > 0)
                next = std::min(next, progress.give_up);
    auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(wait.count(), 0, 1000));
}

void EchoProber::give_up_late() {
    auto now = Clock::now();
    if (now < next_look_)
        return;
    next_look_ = now + std::chrono::milliseconds(1); // a storm of duplicates must not make a look a packet
    for (Flight& flight : flights_) {
        if (flight.over)
            continue;
        Progress& progress = progress_[flight.request];
        if (progress.left > 0 || now < progress.give_up)
            continue;
        flight.over = true;
        finish_packet(flight.request);
    }
}

} // namespace netrig
