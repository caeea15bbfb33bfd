#include "core/verbs/path.h"

#include "core/verbs/probe_verdict.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netrig {

namespace {

void load_hops(TableReader& reader, Path& path, LoadContext& context) {
    reader.require("hops");
    for (const Text& hop : reader.texts("hops")) {
        path.words.push_back(hop.value);
        std::vector<NodeIndex> nodes;
        if (hop.value != "*")
            for (const Text& either : split(hop, "|"))
                for (NodeIndex node : find_nodes(either, context))
                    nodes.push_back(node);
        path.hops.push_back(std::move(nodes));
    }
    constexpr std::size_t most = 255; // of a hop limit
    const TomlValue* hops = reader.find("hops");
    if (hops != nullptr && path.hops.empty())
        reader.report(hops->span, "'hops' is empty, so nothing would be checked");
    if (path.hops.size() > most)
        reader.report(hops->span, fmt::format("a packet passes at most {} hops", most));
}

std::optional<NodeIndex> node_with(const Topology& topology, const IpAddress& address) {
    for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
        for (const Interface& interface : topology.nodes[node].interfaces)
            for (const InterfaceAddress& given : interface.addresses)
                if (given.prefix.address == address)
                    return node;
    return std::nullopt;
}

/// One hop as it was seen.
struct Seen {
    std::optional<NodeIndex> node; ///< whose address it is, if any node's of the file
    std::string words;             ///< "r1", or what is known instead of a node
    bool last = false;             ///< the way ends here
    std::string why;               ///< with the address and the outcome, for people
};

Seen seen_of(const EchoAnswer& answer, const Pair& pair, const Topology& topology) {
    if (answer.outcome == EchoOutcome::reply) {
        auto node = pair.to_node ? pair.to_node : node_with(topology, pair.to);
        std::string words = node ? topology.nodes[*node].name : show(pair.to);
        return {node, words, true, fmt::format("{} ({}) replied", words, show(pair.to))};
    }
    if (answer.outcome == EchoOutcome::no_reply)
        return {std::nullopt, "?", false, "no answer"};
    if (!answer.reported_by)
        return {pair.from, fmt::format("nothing ({})", answer.why), true,
                fmt::format("the sender's own kernel says: {}", answer.why)};
    auto node = node_with(topology, *answer.reported_by);
    std::string words = node ? topology.nodes[*node].name : show(*answer.reported_by);
    bool ends = answer.outcome != EchoOutcome::ttl_exceeded;
    std::string why = ends ? fmt::format(" reports that the target can't be reached") : "";
    return {node, words, ends, fmt::format("{} ({}){}", words, show(*answer.reported_by), why)};
}

/// Of one pair: all that was seen up to the end of the way.
std::vector<Seen> way_of(std::span<const EchoAnswer> answers, const Pair& pair, const Topology& topology) {
    std::vector<Seen> way;
    for (const EchoAnswer& answer : answers) {
        way.push_back(seen_of(answer, pair, topology));
        if (way.back().last)
            return way;
    }
    return way;
}

bool fits(const Path& path, const std::vector<Seen>& way, std::span<const EchoAnswer> answers) {
    if (way.size() != path.hops.size() || answers[way.size() - 1].outcome != EchoOutcome::reply)
        return false;
    for (std::size_t i = 0; i < way.size(); ++i) {
        const std::vector<NodeIndex>& allowed = path.hops[i];
        bool named = way[i].node && std::find(allowed.begin(), allowed.end(), *way[i].node) != allowed.end();
        if (!allowed.empty() && !named)
            return false;
    }
    return true;
}

/// Silence behind the last that answered says nothing more.
std::string show_way(const std::vector<Seen>& way) {
    std::size_t known = way.size();
    while (known > 0 && way[known - 1].words == "?")
        --known;
    std::vector<std::string> words;
    for (std::size_t i = 0; i < known; ++i)
        words.push_back(way[i].words);
    if (known < way.size())
        words.emplace_back("no answer");
    return fmt::format("{}", fmt::join(words, ", "));
}

} // namespace

std::optional<Path> Path::load(const TomlValue& value, LoadContext& context) {
    std::size_t mistakes = context.diagnostics.size();
    ProbeReader reader(value, name, keys, context);
    Path path;
    if (TableReader* table = reader.table()) {
        path.family = load_family(*table);
        path.request.source = load_source(*table);
        load_hops(*table, path, context);
        path.own_timeout = load_timeout(*table, path.request.timeout);
    } else if (std::holds_alternative<std::string>(value.data)) {
        context.diagnostics.push_back({"'path' lacks its hops, so nothing would be checked",
                                       value.span,
                                       {},
                                       fmt::format("path = {{ between = \"{}\", hops = [\"r1\", \"r2\"] }}",
                                                   std::get<std::string>(value.data)),
                                       {}});
    }
    auto between = reader.pairs(path.family);
    if (!between)
        return std::nullopt;
    path.between = std::move(*between);
    reader.check_source(path.request.source, path.between, path.family);
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(std::move(path));
}

Verdict Path::run(Lab& lab, const StepLimits& limits) const {
    std::string expected = fmt::format("{}", fmt::join(words, ", "));
    std::vector<Pair> pairs = pairs_of(between, family, lab.topology());
    std::size_t asked = std::min<std::size_t>(hops.size() + 1, 255); // one more, to see a longer way
    std::vector<EchoRequest> requests;
    for (const Pair& pair : pairs)
        for (std::size_t hop = 1; hop <= asked; ++hop) {
            EchoRequest each = request;
            each.from = pair.from;
            each.to = pair.to;
            each.source = request.source ? request.source : pair.source;
            each.hop_limit = static_cast<unsigned>(hop);
            each.timeout = attempt_timeout(limits, request.timeout, own_timeout);
            requests.push_back(each);
        }
    auto answers = lab.ping(requests);
    if (!answers)
        return could_not_ask(expected, netrig::describe(answers.error()));
    std::vector<ProbeResult> results;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        std::span<const EchoAnswer> of_pair = std::span(*answers).subspan(i * asked, asked);
        std::vector<Seen> way = way_of(of_pair, pairs[i], lab.topology());
        std::vector<std::string> lines;
        for (std::size_t hop = 0; hop < way.size(); ++hop)
            lines.push_back(fmt::format("{} {}", hop + 1, way[hop].why));
        results.push_back(
            {fits(*this, way, of_pair), show_way(way),
             fmt::format("{}: {}", netrig::show(pairs[i], lab.topology()), fmt::join(lines, "; "))});
    }
    return judge_probes(expected, results);
}

} // namespace netrig
