#include "runner/change_watcher.h"

#include "runner/system_error.h"

#include <array>
#include <linux/rtnetlink.h>
#include <sys/epoll.h>

namespace netrig {

static constexpr std::array<unsigned, 6> groups{RTNLGRP_LINK,        RTNLGRP_NEIGH,      RTNLGRP_IPV4_IFADDR,
                                                RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE};

Result<ChangeWatcher> ChangeWatcher::open(const std::vector<NodeNamespaces>& nodes) {
    ChangeWatcher watcher;
    watcher.epoll_ = Fd(epoll_create1(EPOLL_CLOEXEC));
    if (!watcher.epoll_.valid())
        return system_failure("make an epoll descriptor");
    for (const NodeNamespaces& node : nodes) {
        if (Status entered = enter_network(node); !entered)
            return failure(entered.error());
        auto socket = NetlinkSocket::open(groups);
        if (!socket)
            return failure(socket.error());
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = watcher.sockets_.size();
        if (epoll_ctl(watcher.epoll_.get(), EPOLL_CTL_ADD, socket->descriptor(), &event) != 0)
            return system_failure("watch a netlink socket");
        watcher.sockets_.push_back(std::move(*socket));
    }
    return watcher;
}

Status ChangeWatcher::wait(std::chrono::nanoseconds at_most) {
    std::array<epoll_event, 64> events;
    auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(at_most).count();
    int count = epoll_wait(epoll_.get(), events.data(), events.size(), static_cast<int>(milliseconds));
    if (count < 0 && errno != EINTR)
        return system_failure("wait for changes in the lab");
    for (int i = 0; i < count; ++i)
        sockets_[events[static_cast<std::size_t>(i)].data.u64].drain();
    return {};
}

} // namespace netrig
