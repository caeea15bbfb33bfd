#include "runner/icmp_socket.h"

#include "runner/socket_address.h"
#include "runner/system_error.h"

// Before the kernel's headers, which then leave to it what both define.
#include <netinet/in.h>

#include <array>
#include <cstring>
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <sys/socket.h>

namespace netrig {

namespace {

constexpr std::size_t header_size =
    8; // type, code, checksum, identifier, sequence: the same in both versions
constexpr int icmp_filter_option =
    1; // ICMP_FILTER and ICMPV6_FILTER of the kernel's headers, which clash with libc's

std::uint16_t checksum(const std::vector<std::uint8_t>& packet) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < packet.size(); ++i)
        sum += static_cast<std::uint32_t>(packet[i] << (i % 2 == 0 ? 8 : 0));
    while (sum >> 16 != 0)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

void put16(std::uint8_t* where, std::uint32_t value) {
    where[0] = static_cast<std::uint8_t>(value >> 8);
    where[1] = static_cast<std::uint8_t>(value);
}

std::uint32_t number_of(const std::uint8_t* icmp) {
    return static_cast<std::uint32_t>(icmp[4] << 24 | icmp[5] << 16 | icmp[6] << 8 | icmp[7]);
}

std::uint8_t request_type(Family family) {
    return family == Family::ipv4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST;
}
std::uint8_t reply_type(Family family) {
    return family == Family::ipv4 ? ICMP_ECHOREPLY : ICMPV6_ECHO_REPLY;
}

EchoOutcome outcome_v4(std::uint8_t type, std::uint8_t code) {
    if (type == ICMP_TIME_EXCEEDED)
        return EchoOutcome::ttl_exceeded;
    switch (code) {
    case ICMP_NET_UNREACH:
    case ICMP_NET_UNKNOWN:
        return EchoOutcome::net_unreachable;
    case ICMP_FRAG_NEEDED:
        return EchoOutcome::too_big;
    case ICMP_NET_ANO:
    case ICMP_HOST_ANO:
    case ICMP_PKT_FILTERED:
        return EchoOutcome::prohibited;
    default:
        return EchoOutcome::host_unreachable;
    }
}

EchoOutcome outcome_v6(std::uint8_t type, std::uint8_t code) {
    if (type == ICMPV6_TIME_EXCEED)
        return EchoOutcome::ttl_exceeded;
    if (type == ICMPV6_PKT_TOOBIG)
        return EchoOutcome::too_big;
    switch (code) {
    case ICMPV6_NOROUTE:
        return EchoOutcome::net_unreachable;
    case ICMPV6_ADM_PROHIBITED:
    case ICMPV6_POLICY_FAIL:
    case ICMPV6_REJECT_ROUTE:
        return EchoOutcome::prohibited;
    default:
        return EchoOutcome::host_unreachable;
    }
}

/// What the own kernel's refusal means; nothing when it is no answer about the network.
std::optional<EchoOutcome> refusal(int code) {
    switch (code) {
    case ENETUNREACH:
    case ENETDOWN:
        return EchoOutcome::no_route;
    case EHOSTUNREACH:
    case ENOKEY:       // WireGuard knows no peer with the address
    case EDESTADDRREQ: // or not yet where the peer is (wg_xmit() in drivers/net/wireguard/device.c)
        return EchoOutcome::host_unreachable;
    case EACCES: // a prohibit route
    case EPERM:  // a firewall's output chain
        return EchoOutcome::prohibited;
    case EMSGSIZE:
        return EchoOutcome::too_big;
    default:
        return std::nullopt;
    }
}

Status set_option(int fd, int level, int option, int value, const char* doing) {
    if (setsockopt(fd, level, option, &value, sizeof value) != 0)
        return system_failure(doing);
    return {};
}

/// Only echo replies are wanted in the receive queue; errors come by the error queue.
Status filter_types(int fd, Family family) {
    if (family == Family::ipv4) {
        std::uint32_t ignored = ~(1U << ICMP_ECHOREPLY);
        if (setsockopt(fd, SOL_RAW, icmp_filter_option, &ignored, sizeof ignored) != 0)
            return system_failure("filter ICMP types");
        return {};
    }
    std::array<std::uint32_t, 8> ignored;
    ignored.fill(~0U);
    ignored[ICMPV6_ECHO_REPLY / 32] &= ~(1U << (ICMPV6_ECHO_REPLY % 32));
    if (setsockopt(fd, IPPROTO_ICMPV6, icmp_filter_option, ignored.data(), sizeof ignored) != 0)
        return system_failure("filter ICMPv6 types");
    return {};
}

Status set_options(int fd, Family family, bool dont_fragment) {
    constexpr int receive_buffer =
        1 << 20; // a burst of replies must not overrun it; the kernel caps it silently
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (Status filtered = filter_types(fd, family); !filtered)
        return filtered;
    if (family == Family::ipv4) {
        int mode = dont_fragment ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT;
        if (Status set = set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, mode, "set IP_MTU_DISCOVER"); !set)
            return set;
        return set_option(fd, IPPROTO_IP, IP_RECVERR, 1, "set IP_RECVERR");
    }
    int mode = dont_fragment ? IPV6_PMTUDISC_DO : IPV6_PMTUDISC_DONT;
    if (Status set = set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, mode, "set IPV6_MTU_DISCOVER"); !set)
        return set;
    if (Status set = set_option(fd, IPPROTO_IPV6, IPV6_DONTFRAG, dont_fragment ? 1 : 0, "set IPV6_DONTFRAG");
        !set)
        return set;
    return set_option(fd, IPPROTO_IPV6, IPV6_RECVERR, 1, "set IPV6_RECVERR");
}

/// Ancillary data of one packet: hop limit and source address, where asked for.
class Control {
public:
    Control(const EchoRequest& request, msghdr& message) {
        message.msg_control = buffer_.data();
        message.msg_controllen = buffer_.size();
        next_ = CMSG_FIRSTHDR(&message);
        bool v4 = request.to.family == Family::ipv4;
        if (request.hop_limit)
            put(message, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TTL : IPV6_HOPLIMIT,
                static_cast<int>(*request.hop_limit));
        if (request.source && v4) {
            in_pktinfo info{};
            std::memcpy(&info.ipi_spec_dst, request.source->bytes.data(), 4);
            put(message, IPPROTO_IP, IP_PKTINFO, info);
        } else if (request.source) {
            in6_pktinfo info{};
            std::memcpy(&info.ipi6_addr, request.source->bytes.data(), 16);
            put(message, IPPROTO_IPV6, IPV6_PKTINFO, info);
        }
        message.msg_controllen = used_;
        if (used_ == 0)
            message.msg_control = nullptr;
    }

private:
    template <class T>
    void put(msghdr& message, int level, int type, const T& value) {
        next_->cmsg_level = level;
        next_->cmsg_type = type;
        next_->cmsg_len = CMSG_LEN(sizeof(T));
        std::memcpy(CMSG_DATA(next_), &value, sizeof(T));
        used_ += CMSG_SPACE(sizeof(T));
        next_ = CMSG_NXTHDR(&message, next_);
    }

    alignas(cmsghdr) std::array<char, 128> buffer_{};
    cmsghdr* next_ = nullptr;
    std::size_t used_ = 0;
};

/// Calls `visit` with the extended error and its offender, for each error of the message.
void read_error(msghdr& message, Family family, std::uint32_t number,
                const std::function<void(const EchoArrival&)>& visit) {
    for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr;
         control = CMSG_NXTHDR(&message, control)) {
        bool is_error = (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_RECVERR) ||
                        (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_RECVERR);
        if (!is_error)
            continue;
        sock_extended_err error{};
        std::memcpy(&error, CMSG_DATA(control), sizeof error);
        EchoArrival arrival{number, EchoOutcome::host_unreachable, std::nullopt};
        if (error.ee_origin == SO_EE_ORIGIN_LOCAL) {
            arrival.outcome =
                refusal(static_cast<int>(error.ee_errno)).value_or(EchoOutcome::host_unreachable);
        } else {
            arrival.outcome = family == Family::ipv4 ? outcome_v4(error.ee_type, error.ee_code)
                                                     : outcome_v6(error.ee_type, error.ee_code);
            arrival.reported_by = address_of_sockaddr(CMSG_DATA(control) + sizeof error);
        }
        visit(arrival);
    }
}

} // namespace

Result<IcmpSocket> IcmpSocket::open(Family family, bool dont_fragment) {
    IcmpSocket result;
    result.family_ = family;
    bool v4 = family == Family::ipv4;
    result.fd_ = Fd(socket(v4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
                           v4 ? IPPROTO_ICMP : static_cast<int>(IPPROTO_ICMPV6)));
    if (!result.fd_.valid())
        return system_failure(v4 ? "open an ICMP socket" : "open an ICMPv6 socket");
    if (Status set = set_options(result.fd_.get(), family, dont_fragment); !set)
        return failure(set.error());
    return result;
}

SendResult IcmpSocket::send(const EchoRequest& request, std::uint32_t number) {
    packet_.assign(header_size + request.size, 0x6E);
    packet_[0] = request_type(family_);
    packet_[1] = 0;
    put16(&packet_[2], 0);
    put16(&packet_[4], number >> 16);
    put16(&packet_[6], number);
    if (family_ == Family::ipv4) // the kernel fills ICMPv6's in, which covers the addresses
        put16(&packet_[2], checksum(packet_));
    SocketAddress to(request.to, 0);
    iovec data{packet_.data(), packet_.size()};
    msghdr message{};
    message.msg_name = to.get();
    message.msg_namelen = to.size();
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    Control control(request, message);
    if (sendmsg(fd_.get(), &message, 0) >= 0)
        return {};
    int code = errno;
    if (code == EAGAIN || code == ENOBUFS)
        return {SendResult::Kind::busy, EchoOutcome::no_reply, code};
    if (auto outcome = refusal(code))
        return {SendResult::Kind::refused, *outcome, code};
    return {SendResult::Kind::broken, EchoOutcome::no_reply, code};
}

void IcmpSocket::receive_replies(const std::function<void(const EchoArrival&)>& visit) {
    std::array<std::uint8_t, 128> data; // the headers are all that is looked at
    for (;;) {
        ssize_t size = recv(fd_.get(), data.data(), data.size(), MSG_DONTWAIT);
        // An error that is pending is told once by recv; the error queue has the whole of it.
        if (size < 0 && errno != EAGAIN && errno != EINTR)
            return;
        if (size < 0 && errno == EAGAIN)
            return;
        std::size_t offset = family_ == Family::ipv4 ? static_cast<std::size_t>(data[0] & 0x0F) * 4 : 0;
        if (size < static_cast<ssize_t>(offset + header_size) || data[offset] != reply_type(family_))
            continue;
        visit({number_of(&data[offset]), EchoOutcome::reply, std::nullopt});
    }
}

void IcmpSocket::receive_errors(const std::function<void(const EchoArrival&)>& visit) {
    for (;;) {
        std::array<std::uint8_t, 128> data{}; // the packet that met the error, from its ICMP header on
        alignas(cmsghdr) std::array<char, 512> control;
        iovec vector{data.data(), data.size()};
        msghdr message{};
        message.msg_iov = &vector;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        ssize_t size = recvmsg(fd_.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT);
        if (size < 0)
            return;
        if (size >= static_cast<ssize_t>(header_size) && data[0] == request_type(family_))
            read_error(message, family_, number_of(data.data()), visit);
    }
}

void IcmpSocket::receive(const std::function<void(const EchoArrival&)>& visit) {
    receive_errors(visit);
    receive_replies(visit);
}

} // namespace netrig
