#include "runner/relay.h"

#include "runner/relay_loop.h"
#include "runner/relay_messages.h"
#include "runner/system_error.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <set>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace netrig {

namespace {

Result<std::vector<RelayWatch>> open_watches(const std::vector<RelayedLink>& links,
                                             const std::vector<NodeNamespaces>& nodes) {
    std::set<NodeIndex> wanted;
    for (const RelayedLink& link : links)
        for (const RelayedEnd& end : link.ends)
            wanted.insert(end.node);
    const std::array<unsigned, 1> groups{RTNLGRP_LINK};
    std::vector<RelayWatch> watches;
    for (NodeIndex node : wanted) {
        if (Status entered = enter_network(nodes[node]); !entered)
            return failure(entered.error());
        auto changes = NetlinkSocket::open(groups), questions = NetlinkSocket::open();
        for (const auto* opened : {&changes, &questions})
            if (!*opened)
                return failure(opened->error());
        watches.push_back({node, std::move(*changes), std::move(*questions)});
    }
    return watches;
}

/// Nothing of the engine's comes along but these and the standard descriptors.
void keep_only(std::vector<int> kept) {
    std::sort(kept.begin(), kept.end());
    auto next = 3U;
    for (int each : kept) {
        auto number = static_cast<unsigned>(each);
        if (number > next)
            syscall(SYS_close_range, next, number - 1, 0);
        next = number + 1;
    }
    syscall(SYS_close_range, next, ~0U, 0);
}

[[noreturn]] void be_relay(std::vector<RelayedLink> links, std::vector<RelayWatch> watches, Fd engine) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); // the socket tells as well, should the engine have died by now
    prctl(PR_SET_NAME, "netrig-relay");
    std::vector<int> kept{engine.get()};
    for (const RelayedLink& link : links)
        for (const RelayedEnd& end : link.ends)
            kept.push_back(end.tap.get());
    for (const RelayWatch& watch : watches)
        for (int each : {watch.changes.descriptor(), watch.questions.descriptor()})
            kept.push_back(each);
    keep_only(std::move(kept));
    _exit(run_relay(std::move(links), std::move(watches), std::move(engine)));
}

} // namespace

Result<Relay> Relay::start(std::vector<RelayedLink> links, const std::vector<NodeNamespaces>& nodes) {
    auto watches = open_watches(links, nodes);
    if (!watches)
        return failure(watches.error());
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return system_failure("make a socket for the relay");
    Fd here(ends[0]), there(ends[1]);
    pid_t pid = fork();
    if (pid == 0)
        be_relay(std::move(links), std::move(*watches), std::move(there));
    if (pid < 0)
        return system_failure("start the relay");
    return Relay(pid, std::move(here));
}

const Error& Relay::its_end() {
    if (ended_)
        return *ended_;
    int status = 0;
    std::string how = "nobody knows how";
    if (waitpid(pid_, &status, 0) == pid_)
        how = WIFSIGNALED(status)
                  ? fmt::format("signal {} ({})", WTERMSIG(status), sigdescr_np(WTERMSIG(status)))
                  : fmt::format("exit status {}", WEXITSTATUS(status));
    ended_ = {"carry frames any more", 0, fmt::format("the relay between taps ended: {}", how), {}};
    return *ended_;
}

Status Relay::sound() {
    pollfd wait{socket_.get(), POLLIN, 0};
    if (poll(&wait, 1, 0) == 1 && (wait.revents & POLLHUP) != 0)
        return failure(its_end());
    return {};
}

Result<std::string> Relay::ask(const std::string& request) {
    constexpr int patience = 10'000; // ms; it is never busy for long
    if (send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0)
        return errno == EPIPE ? failure(its_end()) : system_failure("tell the relay between taps");
    pollfd wait{socket_.get(), POLLIN, 0};
    int ready = 0;
    while ((ready = poll(&wait, 1, patience)) < 0 && errno == EINTR) {
    }
    if (ready == 0)
        return failure({"ask the relay between taps", 0, "it does not answer", {}});
    std::string answer(1 << 20, '\0');
    ssize_t size = recv(socket_.get(), answer.data(), answer.size(), 0);
    if (size <= 0)
        return failure(its_end());
    answer.resize(static_cast<std::size_t>(size));
    int code = 0;
    std::memcpy(&code, answer.data(), sizeof code);
    if (code != 0)
        return failure({"have the relay between taps do it", code, {}, {}});
    return answer.substr(sizeof code);
}

static std::uint32_t number_of(WireRef wire) {
    return static_cast<std::uint32_t>(2 * wire.link + wire.sender);
}

static Status status_of(Result<std::string> answer) {
    return answer ? Status() : failure(std::move(answer.error()));
}

Status Relay::impair(WireRef wire, const Impairment& impairment) {
    return status_of(ask(encode({RelayRequest::Kind::impair, number_of(wire), impairment})));
}

Status Relay::set_cut(WireRef wire, bool cut) {
    auto kind = cut ? RelayRequest::Kind::cut : RelayRequest::Kind::heal;
    return status_of(ask(encode({kind, number_of(wire), {}})));
}

Status Relay::set_plugged(std::size_t link, bool plugged) {
    auto kind = plugged ? RelayRequest::Kind::plug : RelayRequest::Kind::unplug;
    return status_of(ask(encode({kind, number_of({link, 0}), {}})));
}

Status Relay::settle() {
    return status_of(ask(encode(RelayRequest{RelayRequest::Kind::settle, 0, {}})));
}

Result<std::vector<WireCounts>> Relay::counts() {
    auto answer = ask(encode(RelayRequest{RelayRequest::Kind::count, 0, {}}));
    if (!answer)
        return failure(answer.error());
    return decode_counts(*answer);
}

} // namespace netrig
