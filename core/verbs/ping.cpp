#include "core/verbs/ping.h"

#include "core/verbs/probe_verdict.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

std::string round_trips(const EchoAnswer& answer) {
    if (answer.received == 1)
        return show(answer.mean);
    return fmt::format("{}/{}/{} least/mean/most", show(answer.least), show(answer.mean), show(answer.most));
}

std::string seen(const EchoAnswer& answer, const Ping& ping) {
    std::string_view outcome = echo_outcome_names[static_cast<std::size_t>(answer.outcome)];
    if (answer.received > 0)
        return fmt::format("{} of {} answered, round trip {}", answer.received, answer.sent,
                           round_trips(answer));
    if (answer.reported_by)
        return fmt::format("{}, reported by {}", outcome, show(*answer.reported_by));
    if (!answer.why.empty())
        return fmt::format("{}, the sender's own kernel says: {}", outcome, answer.why);
    return fmt::format("{}, {} sent, waited {}", outcome, answer.sent, show(ping.request.timeout));
}

/// Why the replies are not what was asked for; empty when they are.
std::string complaint(const EchoAnswer& answer, const Ping& ping) {
    if (answer.outcome != ping.expect)
        return std::string(echo_outcome_names[static_cast<std::size_t>(answer.outcome)]);
    if (ping.expect != EchoOutcome::reply)
        return {};
    // In packets, since shares are not exact: 3 of 10 lost are 30%.
    constexpr double rounding = 1e-9;
    double lost = answer.sent - answer.received, loss = lost / std::max(answer.sent, 1U);
    if (lost > ping.max_loss * answer.sent + rounding)
        return fmt::format("{:.3g}% loss, over the {:.3g}% allowed", 100 * loss, 100 * ping.max_loss);
    if (ping.max_rtt && answer.most > *ping.max_rtt)
        return fmt::format("a round trip over {}", show(*ping.max_rtt));
    if (ping.min_rtt && answer.least < *ping.min_rtt)
        return fmt::format("a round trip under {}", show(*ping.min_rtt));
    return {};
}

std::string expected_words(const Ping& ping) {
    std::string words(echo_outcome_names[static_cast<std::size_t>(ping.expect)]);
    if (ping.expect != EchoOutcome::reply)
        return words;
    if (ping.max_loss > 0)
        words += fmt::format(" (at most {:.3g}% lost)", 100 * ping.max_loss);
    if (ping.max_rtt)
        words += fmt::format(" within {}", show(*ping.max_rtt));
    if (ping.min_rtt)
        words += fmt::format(" after {} or more", show(*ping.min_rtt));
    return words;
}

void load_request(TableReader& reader, EchoRequest& request) {
    if (auto count = reader.integer("count", 1, 100'000))
        request.count = static_cast<unsigned>(*count);
    if (auto interval = reader.duration("interval"))
        request.interval = *interval;
    if (auto size = reader.size("size")) {
        constexpr std::uint64_t most = 65'507; // 65535 less the headers of IPv4 and ICMP
        if (*size > most)
            reader.report(reader.find("size")->span,
                          fmt::format("'size' is at most {}B in one packet", most));
        else
            request.size = static_cast<unsigned>(*size);
    }
    request.dont_fragment = reader.boolean("dont-fragment").value_or(false);
    if (auto ttl = reader.integer("ttl", 1, 255))
        request.hop_limit = static_cast<unsigned>(*ttl);
    request.source = load_source(reader);
}

void load_table(TableReader& reader, Ping& ping) {
    ping.family = load_family(reader);
    load_request(reader, ping.request);
    ping.own_timeout = load_timeout(reader, ping.request.timeout);
    ping.max_loss = reader.percent("max-loss").value_or(0);
    ping.max_rtt = reader.duration("max-rtt");
    ping.min_rtt = reader.duration("min-rtt");
    ping.expect = reader.choice_of<EchoOutcome>("expect", echo_outcome_names).value_or(ping.expect);
    for (const char* key : {"max-loss", "max-rtt", "min-rtt"})
        if (ping.expect != EchoOutcome::reply && reader.has(key))
            reader.report(reader.find(key)->span,
                          fmt::format("'{}' says something of replies, and 'expect' wants none", key));
}

} // namespace

std::optional<Ping> Ping::load(const TomlValue& value, LoadContext& context) {
    std::size_t mistakes = context.diagnostics.size();
    ProbeReader reader(value, name, keys, context);
    Ping ping;
    if (reader.table() != nullptr)
        load_table(*reader.table(), ping);
    auto between = reader.pairs(ping.family);
    if (!between)
        return std::nullopt;
    ping.between = std::move(*between);
    reader.check_source(ping.request.source, ping.between, ping.family);
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(std::move(ping));
}

Verdict Ping::run(Lab& lab, const StepLimits& limits) const {
    Ping effective = *this;
    effective.request.timeout = attempt_timeout(limits, request.timeout, own_timeout);
    std::vector<Pair> pairs = pairs_of(between, family, lab.topology());
    std::vector<EchoRequest> requests(pairs.size(), effective.request);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        requests[i].from = pairs[i].from;
        requests[i].to = pairs[i].to;
        if (pairs[i].source)
            requests[i].source = pairs[i].source;
    }
    std::string expected = expected_words(*this);
    auto answers = lab.ping(requests);
    if (!answers)
        return could_not_ask(expected, netrig::describe(answers.error()));
    std::vector<ProbeResult> results;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const EchoAnswer& answer = (*answers)[i];
        std::string problem = complaint(answer, *this);
        std::string line =
            fmt::format("{}: {}", netrig::show(pairs[i], lab.topology()), seen(answer, effective));
        results.push_back({problem.empty(), problem, line});
    }
    return judge_probes(expected, results);
}

} // namespace netrig
