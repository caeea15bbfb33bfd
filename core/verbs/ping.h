// ping: ICMP and ICMPv6 echo from the runner's own sockets, every outcome told apart.
#pragma once

#include "core/verbs/probe_keys.h"

#include <array>

namespace netrig {

/// The outcomes in the order of EchoOutcome.
inline constexpr std::array<std::string_view, 8> echo_outcome_names{
    "reply",           "no-reply",   "no-route", "host-unreachable",
    "net-unreachable", "prohibited", "too-big",  "ttl-exceeded"};

struct Ping {
    static constexpr std::string_view name = "ping";
    static constexpr std::string_view meaning = "ICMP echo between nodes";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 13> keys{{
        between_key,
        family_key,
        {"expect", KeyType::text, "the outcome: reply (default), no-reply, no-route, host-unreachable, ..."},
        {"count", KeyType::integer, "requests a pair; 1"},
        {"interval", KeyType::duration, "between requests; 100ms"},
        {"size", KeyType::size, "bytes of payload; 56B"},
        {"dont-fragment", KeyType::boolean, "set DF and never fragment at the source"},
        {"ttl", KeyType::integer, "hop limit of the requests"},
        source_key,
        {"max-loss", KeyType::percent, "share of requests that may stay unanswered; 0%"},
        {"max-rtt", KeyType::duration, "no reply may take longer"},
        {"min-rtt", KeyType::duration, "no reply may be faster"},
        {"timeout", KeyType::duration, "wait for replies after the last request; 2s"},
    }};

    Between between;
    FamilyChoice family = FamilyChoice::automatic;
    EchoOutcome expect = EchoOutcome::reply;
    EchoRequest request;      ///< what all pairs have in common
    bool own_timeout = false; ///< the timeout was written, so `within` does not shorten it
    double max_loss = 0;
    std::optional<Duration> max_rtt, min_rtt;

    static std::optional<Ping> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const { return "ping " + between.text; }
};

} // namespace netrig
