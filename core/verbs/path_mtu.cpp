#include "core/verbs/path_mtu.h"

#include "core/verbs/probe_verdict.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

constexpr unsigned largest_packet = 65'535;

unsigned headers_of(Family family) {
    return family == Family::ipv4 ? 20 + 8 : 40 + 8; // IP and ICMP
}

/// RFC 791 and RFC 8200 have every link carry as much.
unsigned smallest_packet(Family family) {
    return family == Family::ipv4 ? 68 : 1280;
}

void load_bounds(TableReader& reader, PathMtu& probe) {
    auto is = reader.integer("is", 68, largest_packet);
    auto least = reader.integer("min", 68, largest_packet), most = reader.integer("max", 68, largest_packet);
    bool bounded = reader.has("min") || reader.has("max");
    if (!reader.has("is") && !bounded)
        reader.report(reader.where(), "this 'path-mtu' checks nothing", {}, "add 'is', 'min' or 'max'");
    if (reader.has("is") && bounded)
        reader.report(reader.find("is")->span, "'is' says all that 'min' and 'max' could");
    if (least && most && *least > *most)
        reader.report(reader.find("min")->span, "'min' is more than 'max'");
    probe.least = static_cast<unsigned>(is.value_or(least.value_or(68)));
    probe.most = static_cast<unsigned>(is.value_or(most.value_or(largest_packet)));
}

std::string expected_words(const PathMtu& probe) {
    if (probe.least == probe.most)
        return fmt::format("{} bytes", probe.least);
    if (probe.most == largest_packet)
        return fmt::format("at least {} bytes", probe.least);
    if (probe.least == 68)
        return fmt::format("at most {} bytes", probe.most);
    return fmt::format("{} to {} bytes", probe.least, probe.most);
}

/// The search for one pair's largest size: all from `passes` down pass, all from `fails` up do not.
struct Search {
    Pair pair;
    unsigned passes = 0, fails = largest_packet + 1;
    EchoAnswer why{}; ///< of the smallest that failed
    bool reached = false;

    [[nodiscard]] bool over() const { return fails - passes <= 1; }
    [[nodiscard]] unsigned next(unsigned wanted) const {
        if (passes == 0 && !reached) // whether anything passes at all
            return smallest_packet(pair.to.family);
        for (unsigned guess : {wanted, wanted + 1}) // right in most tests
            if (guess > passes && guess < fails)
                return guess;
        return passes + (fails - passes) / 2;
    }
    void learn(unsigned size, const EchoAnswer& answer) {
        if (answer.outcome == EchoOutcome::reply) {
            passes = std::max(passes, size);
            reached = true;
            return;
        }
        fails = std::min(fails, size);
        why = answer;
        if (!reached)
            fails = passes + 1; // not even the smallest
    }
};

Status search(const PathMtu& probe, std::vector<Search>& searches, Lab& lab, const StepLimits& limits) {
    for (;;) {
        std::vector<EchoRequest> requests;
        std::vector<std::pair<Search*, unsigned>> asked;
        for (Search& each : searches) {
            if (each.over())
                continue;
            unsigned size = each.next(probe.least == probe.most ? probe.most : 0);
            EchoRequest request = probe.request;
            request.from = each.pair.from;
            request.to = each.pair.to;
            request.source = request.source ? request.source : each.pair.source;
            request.size = size - headers_of(each.pair.to.family);
            request.dont_fragment = true;
            request.timeout = attempt_timeout(limits, probe.request.timeout, probe.own_timeout);
            requests.push_back(request);
            asked.emplace_back(&each, size);
        }
        if (requests.empty())
            return {};
        auto answers = lab.ping(requests);
        if (!answers)
            return failure(answers.error());
        for (std::size_t i = 0; i < asked.size(); ++i)
            asked[i].first->learn(asked[i].second, (*answers)[i]);
    }
}

std::string seen(const Search& search) {
    if (!search.reached)
        return fmt::format("nothing passes, not even {} bytes", smallest_packet(search.pair.to.family));
    std::string words = fmt::format("{} bytes pass", search.passes);
    if (search.why.outcome == EchoOutcome::too_big)
        return words + (search.why.reported_by ? fmt::format(", for more {} says that they are too big",
                                                             show(*search.why.reported_by))
                                               : ", more the sender's own kernel finds too big");
    return words + ", more vanish without a word";
}

} // namespace

std::optional<PathMtu> PathMtu::load(const TomlValue& value, LoadContext& context) {
    std::size_t mistakes = context.diagnostics.size();
    ProbeReader reader(value, name, keys, context);
    PathMtu probe;
    probe.request.timeout = std::chrono::seconds(1);
    if (TableReader* table = reader.table()) {
        probe.family = load_family(*table);
        probe.request.source = load_source(*table);
        load_bounds(*table, probe);
        probe.own_timeout = load_timeout(*table, probe.request.timeout);
    } else if (std::holds_alternative<std::string>(value.data)) {
        context.diagnostics.push_back(
            {"'path-mtu' lacks a size, so nothing would be checked",
             value.span,
             {},
             fmt::format("path-mtu = {{ between = \"{}\", is = 1400 }}", std::get<std::string>(value.data)),
             {}});
    }
    auto between = reader.pairs(probe.family);
    if (!between)
        return std::nullopt;
    probe.between = std::move(*between);
    reader.check_source(probe.request.source, probe.between, probe.family);
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(std::move(probe));
}

Verdict PathMtu::run(Lab& lab, const StepLimits& limits) const {
    std::string expected = expected_words(*this);
    std::vector<Search> searches;
    for (const Pair& pair : pairs_of(between, family, lab.topology()))
        searches.push_back({pair});
    if (Status searched = search(*this, searches, lab, limits); !searched)
        return could_not_ask(expected, netrig::describe(searched.error()));
    std::vector<ProbeResult> results;
    for (const Search& each : searches) {
        bool fits = each.reached && each.passes >= least && each.passes <= most;
        std::string came = each.reached ? fmt::format("{} bytes", each.passes) : "nothing passes";
        results.push_back(
            {fits, came, fmt::format("{}: {}", netrig::show(each.pair, lab.topology()), seen(each))});
    }
    return judge_probes(expected, results);
}

} // namespace netrig
