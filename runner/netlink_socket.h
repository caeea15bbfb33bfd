// One rtnetlink socket (rtnetlink(7)) in the network namespace in which it was opened: requests with their
// acknowledgement and the kernel's extended words, dumps, and notifications. Uses libmnl.
#pragma once

#include "core/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <libmnl/libmnl.h>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace netrig {

/// A message being filled. The buffer is of a fixed size, which every message of ours fits by far.
class NetlinkMessage {
public:
    NetlinkMessage(std::uint16_t type, std::uint16_t flags);

    [[nodiscard]] nlmsghdr* header() { return reinterpret_cast<nlmsghdr*>(buffer_.data()); }
    /// Appends the family's own header (struct ifinfomsg, ...), zeroed.
    template <class T>
    T& extra() {
        return *static_cast<T*>(mnl_nlmsg_put_extra_header(header(), sizeof(T)));
    }

private:
    alignas(nlmsghdr) std::array<char, 4096> buffer_{};
};

/// Several requests that are sent together, and only the last acknowledged.
class NetlinkBatch {
public:
    void add(NetlinkMessage message);
    [[nodiscard]] std::size_t size() const { return offsets_.size(); }

private:
    friend class NetlinkSocket;
    [[nodiscard]] nlmsghdr* at(std::size_t i) {
        return reinterpret_cast<nlmsghdr*>(bytes_.data() + offsets_[i]);
    }
    std::vector<char> bytes_;
    std::vector<std::size_t> offsets_;
};

class NetlinkSocket {
public:
    /// In the calling thread's network namespace. `groups`: RTNLGRP_* to be notified of, none for requests.
    static Result<NetlinkSocket> open(std::span<const unsigned> groups = {});

    /// The same for generic netlink (linux/genetlink.h).
    static Result<NetlinkSocket> open_generic();
    /// The same for netfilter (linux/netfilter/nfnetlink.h).
    static Result<NetlinkSocket> open_netfilter();

    /// The same for what is known of sockets (linux/sock_diag.h).
    static Result<NetlinkSocket> open_sock_diag();

    /// Sends and waits for the acknowledgement. `doing` names the work in the Error.
    Status request(NetlinkMessage& message, const std::string& doing);

    /// Sends a request that is answered with messages; calls `visit` for each. Dump or single.
    Status ask(NetlinkMessage& message, const std::string& doing,
               const std::function<void(const nlmsghdr*)>& visit);

    /// Which request of a batch was refused, and why.
    struct Refused {
        std::size_t position = 0;
        Error error;
    };

    /// Sends all of them and waits until the kernel is through. The first refusal, if any; it does not keep
    /// the kernel from those after it.
    std::optional<Refused> request_all(NetlinkBatch& batch);

    /// Takes all notifications that have come, without waiting; `visit` may be empty. An overrun is none lost
    /// for us: whoever waits looks at the state itself.
    void drain(const std::function<void(const nlmsghdr*)>& visit = {});

    [[nodiscard]] int descriptor() const { return mnl_socket_get_fd(socket_.get()); }

private:
    static Result<NetlinkSocket> open_bus(int bus);
    struct Close {
        void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
    };
    Status send(NetlinkMessage& message, const std::string& doing);

    std::unique_ptr<mnl_socket, Close> socket_;
    std::uint32_t sequence_ = 0;
};

} // namespace netrig
