#include "core/verbs/tcp_echo.h"

#include "core/verbs/probe_verdict.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

void load_table(TableReader& reader, TcpEcho& probe) {
    probe.family = load_family(reader);
    if (auto port = reader.integer("port", 1, 65'535))
        probe.request.port = static_cast<std::uint16_t>(*port);
    if (auto size = reader.size("size")) {
        constexpr std::uint64_t most = 1U << 30;
        if (*size < 1 || *size > most)
            reader.report(reader.find("size")->span, "'size' is from 1B to 1GiB");
        else
            probe.request.size = static_cast<unsigned>(*size);
    }
    if (auto timeout = reader.duration("timeout")) {
        probe.request.timeout = *timeout;
        probe.own_timeout = true;
    }
    std::span<const std::string_view> outcomes(tcp_outcome_names.data(), tcp_outcome_names.size() - 1);
    probe.expect = reader.choice_of<TcpOutcome>("expect", outcomes).value_or(probe.expect);
}

/// The echo server stands in a node, so each target must be one of the file's nodes.
bool check_targets(const TcpEcho& probe, Span span, LoadContext& context) {
    for (const Pair& pair : pairs_of(probe.between, probe.family, context.topology))
        if (!pair.to_node && context.topology_is_whole) {
            context.diagnostics.push_back(
                {fmt::format("no node has the address {}, so no echo server can be started for it",
                             show(pair.to)),
                 span});
            return false;
        }
    return true;
}

std::string seen(const TcpEchoAnswer& answer, const TcpEchoRequest& request) {
    std::string_view outcome = tcp_outcome_names[static_cast<std::size_t>(answer.outcome)];
    if (answer.outcome == TcpOutcome::echo)
        return fmt::format("{} bytes echoed in {}", request.size, show(answer.took));
    return fmt::format("{} after {}{}{}", outcome, show(answer.took), answer.why.empty() ? "" : ": ",
                       answer.why);
}

} // namespace

std::string TcpEcho::describe() const {
    return fmt::format("tcp-echo {} port {}", between.text, request.port);
}

std::optional<TcpEcho> TcpEcho::load(const TomlValue& value, LoadContext& context) {
    std::size_t mistakes = context.diagnostics.size();
    TcpEcho probe;
    std::optional<TableReader> reader;
    if (const auto* table = std::get_if<TomlTable>(&value.data)) {
        reader.emplace(*table, value.span, "tcp-echo", keys, context.diagnostics);
        load_table(*reader, probe);
    } else if (!std::holds_alternative<std::string>(value.data)) {
        context.diagnostics.push_back(
            {fmt::format("'tcp-echo' takes a pair or a table, not {}", type_name(value)), value.span});
        return std::nullopt;
    }
    auto between = load_probe_pairs(value, reader ? &*reader : nullptr, context);
    if (!between || context.diagnostics.size() > mistakes)
        return std::nullopt;
    probe.between = std::move(*between);
    Span where = (reader ? reader->find("between") : &value)->span;
    if (!check_pairs(probe.between, probe.family, where, context) || !check_targets(probe, where, context))
        return std::nullopt;
    return probe;
}

Verdict TcpEcho::run(Lab& lab, const StepLimits& limits) const {
    std::vector<Pair> pairs = pairs_of(between, family, lab.topology());
    std::vector<TcpEchoRequest> requests(pairs.size(), request);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        requests[i].from = pairs[i].from;
        requests[i].server = *pairs[i].to_node;
        requests[i].to = pairs[i].to;
        requests[i].timeout = attempt_timeout(limits, request.timeout, own_timeout);
    }
    std::string expected(tcp_outcome_names[static_cast<std::size_t>(expect)]);
    auto answers = lab.tcp_echo(requests);
    if (!answers)
        return could_not_ask(expected, netrig::describe(answers.error()));
    std::vector<ProbeResult> results;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const TcpEchoAnswer& answer = (*answers)[i];
        std::string came(tcp_outcome_names[static_cast<std::size_t>(answer.outcome)]);
        std::string line = fmt::format("{} port {}: {}", show(pairs[i], lab.topology()), request.port,
                                       seen(answer, request));
        results.push_back({answer.outcome == expect, came, line});
    }
    return judge_probes(expected, results);
}

} // namespace netrig
