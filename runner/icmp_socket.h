// One raw ICMP or ICMPv6 socket in a node: sends echo requests, reads replies and the errors that came for
// them. RFC 792, RFC 4443, ip(7) IP_RECVERR, ipv6(7) IPV6_RECVERR.
#pragma once

#include "core/lab.h"
#include "core/result.h"
#include "runner/fd.h"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace netrig {

/// Something came for the request that carried `number`.
struct EchoArrival {
    std::uint32_t number = 0;
    EchoOutcome outcome = EchoOutcome::reply;
    std::optional<IpAddress> reported_by; ///< of an error
};

/// What sending said.
struct SendResult {
    enum class Kind { sent, busy, refused, broken } kind = Kind::sent;
    EchoOutcome outcome = EchoOutcome::no_reply; ///< when refused: the own kernel's answer as an outcome
    int code = 0;                                ///< errno
};

class IcmpSocket {
public:
    /// In the calling thread's network namespace; needs CAP_NET_RAW there.
    static Result<IcmpSocket> open(Family family, bool dont_fragment);

    /// `number` comes back in the answer: 16 bits as the identifier, 16 as the sequence number.
    SendResult send(const EchoRequest& request, std::uint32_t number);

    /// Takes all that has come, without waiting.
    void receive(const std::function<void(const EchoArrival&)>& visit);

    [[nodiscard]] int descriptor() const { return fd_.get(); }

private:
    void receive_replies(const std::function<void(const EchoArrival&)>& visit);
    void receive_errors(const std::function<void(const EchoArrival&)>& visit);

    Fd fd_;
    Family family_ = Family::ipv4;
    std::vector<std::uint8_t> packet_;
};

} // namespace netrig
