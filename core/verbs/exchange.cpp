#include "core/verbs/exchange.h"

#include "core/verbs/probe_verdict.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

std::string_view outcome_name(ExchangeOutcome outcome, const ExchangeTraits& traits) {
    return outcome == ExchangeOutcome::done ? traits.done
                                            : exchange_outcome_names[static_cast<std::size_t>(outcome)];
}

/// A mismatch is never wanted, and no datagram is reset.
std::vector<std::string_view> outcomes_to_expect(const ExchangeTraits& traits) {
    std::vector<std::string_view> names{traits.done, "refused", "timeout"};
    if (traits.transport == Transport::tcp)
        names.emplace_back("reset");
    names.emplace_back("unreachable");
    return names;
}

void load_size(TableReader& reader, Exchange& probe) {
    auto size = reader.size("size");
    if (!size)
        return;
    bool tcp = probe.request.transport == Transport::tcp;
    constexpr std::uint64_t most_of_stream = 1U << 30;
    constexpr std::uint64_t most_of_datagram = 65'507; // 65535 less the headers of IPv4 and UDP
    if (*size < 1 || *size > (tcp ? most_of_stream : most_of_datagram))
        reader.report(
            reader.find("size")->span,
            tcp ? "'size' is from 1B to 1GiB"
                : fmt::format("'size' is from 1B to {}B, which one datagram holds", most_of_datagram));
    else
        probe.request.size = static_cast<unsigned>(*size);
}

void load_table(TableReader& reader, const ExchangeTraits& traits, Exchange& probe) {
    probe.family = load_family(reader);
    if (!traits.echoes)
        reader.require("port");
    if (auto port = reader.integer("port", 1, 65'535))
        probe.request.port = static_cast<std::uint16_t>(*port);
    if (auto port = reader.integer("source-port", 1, 65'535))
        probe.request.source_port = static_cast<std::uint16_t>(*port);
    probe.request.source = load_source(reader);
    if (traits.echoes)
        load_size(reader, probe);
    probe.own_timeout = load_timeout(reader, probe.request.timeout);
    auto expect = reader.choice("expect", outcomes_to_expect(traits));
    for (std::size_t i = 0; expect && i < exchange_outcome_names.size(); ++i)
        if (auto outcome = static_cast<ExchangeOutcome>(i); *expect == outcome_name(outcome, traits))
            probe.expect = outcome;
}

/// The echo server stands in a node, so each target must be one of the file's nodes.
bool check_targets(const Exchange& probe, Span span, LoadContext& context) {
    for (const Pair& pair : pairs_of(probe.between, probe.family, context.topology))
        if (!pair.to_node && context.topology_is_whole) {
            context.diagnostics.push_back(
                {fmt::format("no node has the address {}, so no echo server can be started for it",
                             show(pair.to)),
                 span,
                 {},
                 probe.request.transport == Transport::tcp ? "'tcp-connect' asks what is there by itself"
                                                           : "",
                 {}});
            return false;
        }
    return true;
}

/// Two connections between the same two ports can't be told apart.
bool check_source_port(const Exchange& probe, ProbeReader& reader, LoadContext& context) {
    if (probe.request.source_port == 0)
        return true;
    std::vector<std::pair<NodeIndex, IpAddress>> asked;
    for (const Pair& pair : pairs_of(probe.between, probe.family, context.topology)) {
        std::pair each(pair.from, pair.to);
        if (std::find(asked.begin(), asked.end(), each) != asked.end()) {
            reader.table()->report(reader.table()->find("source-port")->span,
                                   fmt::format("{} would be asked twice from the same port", show(pair.to)));
            return false;
        }
        asked.push_back(each);
    }
    return true;
}

std::string seen(const ExchangeAnswer& answer, const Exchange& probe, const ExchangeTraits& traits) {
    if (answer.outcome == ExchangeOutcome::done)
        return traits.echoes ? fmt::format("{} bytes echoed in {}", probe.request.size, show(answer.took))
                             : fmt::format("{} after {}", traits.done, show(answer.took));
    return fmt::format("{} after {}{}{}", outcome_name(answer.outcome, traits), show(answer.took),
                       answer.why.empty() ? "" : ": ", answer.why);
}

} // namespace

std::optional<Exchange> load_exchange(const TomlValue& value, const ExchangeTraits& traits, Keys keys,
                                      LoadContext& context) {
    std::size_t mistakes = context.diagnostics.size();
    ProbeReader reader(value, traits.verb, keys, context);
    Exchange probe;
    probe.request.transport = traits.transport;
    if (!traits.echoes)
        probe.request.size = 0;
    if (reader.table() != nullptr)
        load_table(*reader.table(), traits, probe);
    else if (!traits.echoes && std::holds_alternative<std::string>(value.data))
        context.diagnostics.push_back({fmt::format("'{}' lacks a port", traits.verb),
                                       value.span,
                                       {},
                                       fmt::format("{} = {{ between = \"{}\", port = 80 }}", traits.verb,
                                                   std::get<std::string>(value.data)),
                                       {}});
    auto between = reader.pairs(probe.family);
    if (!between)
        return std::nullopt;
    probe.between = std::move(*between);
    bool whole = reader.check_source(probe.request.source, probe.between, probe.family) &&
                 (!traits.echoes || check_targets(probe, reader.where(), context)) &&
                 check_source_port(probe, reader, context) && context.diagnostics.size() == mistakes;
    return whole ? std::optional(std::move(probe)) : std::nullopt;
}

Verdict run_exchange(const Exchange& exchange, const ExchangeTraits& traits, Lab& lab,
                     const StepLimits& limits) {
    std::vector<Pair> pairs = pairs_of(exchange.between, exchange.family, lab.topology());
    std::vector<ExchangeRequest> requests(pairs.size(), exchange.request);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        requests[i].from = pairs[i].from;
        if (traits.echoes)
            requests[i].server = pairs[i].to_node;
        requests[i].to = pairs[i].to;
        if (!requests[i].source)
            requests[i].source = pairs[i].source;
        requests[i].timeout = attempt_timeout(limits, exchange.request.timeout, exchange.own_timeout);
    }
    std::string expected(outcome_name(exchange.expect, traits));
    auto answers = lab.exchange(requests);
    if (!answers)
        return could_not_ask(expected, describe(answers.error()));
    std::vector<ProbeResult> results;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const ExchangeAnswer& answer = (*answers)[i];
        std::string line = fmt::format("{} port {}: {}", show(pairs[i], lab.topology()),
                                       exchange.request.port, seen(answer, exchange, traits));
        results.push_back({answer.outcome == exchange.expect,
                           std::string(outcome_name(answer.outcome, traits)), std::move(line)});
    }
    return judge_probes(expected, results);
}

} // namespace netrig
