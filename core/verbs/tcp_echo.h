// tcp-echo: the runner starts an echo server (RFC 862) in the target node, connects to it from the source
// node, sends bytes and compares what comes back.
#pragma once

#include "core/endpoints.h"
#include "core/verbs/ping.h"
#include "core/verbs/verb.h"

#include <array>

namespace netrig {

/// The outcomes in the order of TcpOutcome.
inline constexpr std::array<std::string_view, 6> tcp_outcome_names{"echo",  "refused",     "timeout",
                                                                   "reset", "unreachable", "mismatch"};

struct TcpEcho {
    static constexpr std::string_view name = "tcp-echo";
    static constexpr std::string_view meaning =
        "a TCP connection to an echo server that is started for the probe";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 8> keys{{
        between_key,
        family_key,
        {"expect", KeyType::text, "the outcome: echo (default), refused, timeout, reset, unreachable"},
        {"port", KeyType::integer, "of the echo server; 7"},
        {"size", KeyType::size, "bytes sent and expected back; 16B"},
        {"timeout", KeyType::duration, "from connecting to the last byte; 3s"},
        {"source", KeyType::text, "address that the connection comes from", true},
        {"source-port", KeyType::integer, "port that the connection comes from", true},
    }};

    Between between;
    FamilyChoice family = FamilyChoice::automatic;
    TcpOutcome expect = TcpOutcome::echo;
    TcpEchoRequest request;   ///< what all pairs have in common
    bool own_timeout = false; ///< the timeout was written, so `within` does not shorten it

    static std::optional<TcpEcho> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const;
};

} // namespace netrig
