// tcp-echo, udp-echo and tcp-connect: an exchange of bytes, or a connection alone, by the runner's own
// sockets. For the echoes a server (RFC 862) is started in the target node for as long as the probe lasts.
#pragma once

#include "core/verbs/probe_keys.h"

#include <array>

namespace netrig {

/// The outcomes in the order of ExchangeOutcome; the first is called as the verb's own.
inline constexpr std::array<std::string_view, 6> exchange_outcome_names{"done",  "refused",     "timeout",
                                                                        "reset", "unreachable", "mismatch"};

inline constexpr std::array<Key, 8> exchange_keys{{
    between_key,
    family_key,
    {"port", KeyType::integer, "that is asked; 7 of an echo"},
    {"timeout", KeyType::duration, "from the first packet to the last; 3s"},
    source_key,
    {"source-port", KeyType::integer, "port that the requests come from"},
    {"expect", KeyType::text, "the outcome: echo or open (default), refused, timeout, reset, unreachable"},
    {"size", KeyType::size, "bytes sent and expected back; 16B"},
}};

/// What all three are.
struct Exchange {
    Between between;
    FamilyChoice family = FamilyChoice::automatic;
    ExchangeOutcome expect = ExchangeOutcome::done;
    ExchangeRequest request{}; ///< what all pairs have in common
    bool own_timeout = false;  ///< the timeout was written, so `within` does not shorten it
};

/// How one of them differs from the others.
struct ExchangeTraits {
    std::string_view verb;
    std::string_view done; ///< what the first outcome is called
    Transport transport = Transport::tcp;
    bool echoes = true; ///< by a server of the probe's own; else the connection alone, to what there is
};

std::optional<Exchange> load_exchange(const TomlValue& value, const ExchangeTraits& traits, Keys keys,
                                      LoadContext& context);
Verdict run_exchange(const Exchange& exchange, const ExchangeTraits& traits, Lab& lab,
                     const StepLimits& limits);

/// `Which` gives name, meaning and traits.
template <class Which>
struct ExchangeProbe : Exchange {
    static constexpr std::string_view name = Which::traits.verb;
    static constexpr std::string_view meaning = Which::meaning;
    static constexpr bool is_action = false;
    static constexpr Keys keys = Keys(exchange_keys).first(Which::traits.echoes ? 8 : 7);

    static std::optional<ExchangeProbe> load(const TomlValue& value, LoadContext& context) {
        auto loaded = load_exchange(value, Which::traits, keys, context);
        return loaded ? std::optional(ExchangeProbe{std::move(*loaded)}) : std::nullopt;
    }
    Verdict run(Lab& lab, const StepLimits& limits) const {
        return run_exchange(*this, Which::traits, lab, limits);
    }
    [[nodiscard]] std::string describe() const {
        return std::string(name) + " " + between.text + " port " + std::to_string(request.port);
    }
};

struct TcpEchoTraits {
    static constexpr ExchangeTraits traits{"tcp-echo", "echo", Transport::tcp, true};
    static constexpr std::string_view meaning =
        "a TCP connection to an echo server that is started for the probe";
};
struct UdpEchoTraits {
    static constexpr ExchangeTraits traits{"udp-echo", "echo", Transport::udp, true};
    static constexpr std::string_view meaning =
        "a UDP datagram to an echo server that is started for the probe";
};
struct TcpConnectTraits {
    static constexpr ExchangeTraits traits{"tcp-connect", "open", Transport::tcp, false};
    static constexpr std::string_view meaning = "a TCP connection to what the node itself runs";
};

using TcpEcho = ExchangeProbe<TcpEchoTraits>;
using UdpEcho = ExchangeProbe<UdpEchoTraits>;
using TcpConnect = ExchangeProbe<TcpConnectTraits>;

} // namespace netrig
