#include "runner/change_watcher.h"

#include "runner/system_error.h"

#include <array>
#include <linux/rtnetlink.h>
#include <sys/epoll.h>

namespace netrig {

static constexpr std::array<unsigned, 10> groups{
    RTNLGRP_LINK,       RTNLGRP_NEIGH,     RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,  RTNLGRP_IPV4_ROUTE,
    RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE,   RTNLGRP_IPV4_NETCONF, RTNLGRP_IPV6_NETCONF};

/// The key of what is no socket.
static constexpr std::uint64_t nobody = ~0ULL;

Result<ChangeWatcher> ChangeWatcher::open(const std::vector<NodeNamespaces>& nodes, const StopRequest& stop) {
    ChangeWatcher watcher;
    watcher.epoll_ = Fd(epoll_create1(EPOLL_CLOEXEC));
    if (!watcher.epoll_.valid())
        return system_failure("make an epoll descriptor");
    for (const NodeNamespaces& node : nodes) {
        auto socket = open_netlink(node, groups);
        if (!socket)
            return failure(socket.error());
        if (Status watched = watcher.watch(socket->descriptor(), watcher.sockets_.size()); !watched)
            return failure(in_node(node, watched.error()));
        watcher.sockets_.push_back(std::move(*socket));
    }
    if (Status watched = watcher.watch(stop.descriptor(), nobody); !watched)
        return failure(watched.error());
    return watcher;
}

Status ChangeWatcher::watch(int descriptor, std::uint64_t key) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = key;
    if (descriptor >= 0 && epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0)
        return system_failure(key == nobody ? "watch for the lab's end" : "watch a netlink socket");
    return {};
}

Status ChangeWatcher::wait(std::chrono::nanoseconds at_most) {
    std::array<epoll_event, 64> events;
    auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(at_most).count();
    int count = epoll_wait(epoll_.get(), events.data(), events.size(), static_cast<int>(milliseconds));
    if (count < 0 && errno != EINTR)
        return system_failure("wait for changes in the lab");
    for (int i = 0; i < count; ++i)
        if (std::uint64_t key = events[static_cast<std::size_t>(i)].data.u64; key != nobody)
            sockets_[key].drain();
    return {};
}

} // namespace netrig
