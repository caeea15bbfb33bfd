#include "core/verbs/counter.h"

#include "core/suggest.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::array<std::string_view, 6> nft_families{"ip", "ip6", "inet", "arp", "bridge", "netdev"};

/// The name may have blanks in it, as a comment of a rule may.
std::optional<NftCounterName> load_nft(const Text& text, TableReader& reader) {
    std::size_t first = text.value.find(' ');
    std::size_t second = first == std::string::npos ? first : text.value.find(' ', first + 1);
    if (second == std::string::npos || second + 1 == text.value.size()) {
        reader.report(text.span, fmt::format("'{}' names no counter", text.value), {},
                      "family, table, and a counter's name or a rule's comment: \"inet guard dropped\"");
        return std::nullopt;
    }
    NftCounterName name{text.value.substr(0, first), text.value.substr(first + 1, second - first - 1),
                        text.value.substr(second + 1)};
    if (std::find(nft_families.begin(), nft_families.end(), name.family) != nft_families.end())
        return name;
    reader.report(text.part(0, first), fmt::format("'{}' is no family of nftables", name.family), {},
                  suggestion(name.family, {nft_families.begin(), nft_families.end()}));
    return std::nullopt;
}

void load_what(TableReader& reader, CounterCheck& check) {
    static constexpr std::array<std::string_view, 2> units{"packets", "bytes"};
    if (auto statistic = reader.choice("statistic", link_statistic_names))
        check.statistic = *statistic;
    if (auto nft = reader.text("nft"))
        check.nft = load_nft(*nft, reader);
    if (auto of = reader.choice("of", units))
        check.of_bytes = *of == "bytes";
    if (reader.has("statistic") == reader.has("nft"))
        reader.report(reader.where(), "'counter' takes one of 'statistic' and 'nft'");
    else if (reader.has("statistic") && reader.has("of"))
        reader.report(reader.find("of")->span,
                      "'of' belongs to 'nft'; a statistic's name says what it counts");
}

void load_bounds(TableReader& reader, CounterCheck& check) {
    for (auto [key, bound] :
         {std::pair("is", &check.is), std::pair("min", &check.min), std::pair("max", &check.max)})
        if (auto value = reader.integer(key, 0, INT64_MAX))
            *bound = static_cast<std::uint64_t>(*value);
    bool any = reader.has("min") || reader.has("max");
    if (!any && !reader.has("is"))
        reader.report(reader.where(), "this 'counter' checks nothing", {}, "add one of: is, min, max");
    else if (any && reader.has("is"))
        reader.report(reader.find("is")->span,
                      "'is' says it all, so 'min' and 'max' have no place beside it");
    else if (check.min && check.max && *check.min > *check.max)
        reader.report(reader.find("max")->span, "'max' is less than 'min'");
    else if (check.min == 0U && !check.max)
        reader.report(reader.find("min")->span, "every counter is at least 0, so nothing would be checked");
}

std::string counter_words(const CounterCheck& check) {
    if (!check.nft)
        return check.statistic;
    return fmt::format("{} of '{} {} {}'", check.of_bytes ? "bytes" : "packets", check.nft->family,
                       check.nft->table, check.nft->name);
}

std::string expected_words(const CounterCheck& check) {
    std::string bounds = check.is ? fmt::format("{}", *check.is) : "";
    if (check.min)
        bounds += fmt::format("at least {}", *check.min);
    if (check.max)
        bounds += fmt::format("{}at most {}", check.min ? " and " : "", *check.max);
    return fmt::format("{}: {}", counter_words(check), bounds);
}

ProbeResult judge_value(const CounterCheck& check, const std::string& place, std::uint64_t value) {
    bool fits = (!check.is || *check.is == value) && (!check.min || *check.min <= value) &&
                (!check.max || value <= *check.max);
    return {fits, fmt::format("{}", value), fmt::format("{}: {}", place, value)};
}

Result<ProbeResult> ask_statistic(const CounterCheck& check, const Place& place, Lab& lab) {
    std::string where = show(place, lab.topology());
    auto found = lab.state().statistics(place.node, place.interface);
    if (!found)
        return failure(found.error());
    if (!*found)
        return ProbeResult{false, "no such interface", where + ": no such interface"};
    auto value = (*found)->find(check.statistic);
    if (value == (*found)->end()) // the kernel is older than the statistic
        return failure(
            {fmt::format("read {} of {}", check.statistic, where), 0, "this kernel does not count that", {}});
    return judge_value(check, where, value->second);
}

Result<ProbeResult> ask_nft(const CounterCheck& check, const Place& place, Lab& lab) {
    std::string where = show(place, lab.topology());
    auto counters = lab.state().nft_counters(place.node);
    if (!counters)
        return failure(counters.error());
    std::vector<std::string> others;
    for (const FoundNftCounter& found : *counters) {
        if (found.family != check.nft->family || found.table != check.nft->table ||
            found.name != check.nft->name) {
            others.push_back(fmt::format("'{} {} {}'", found.family, found.table, found.name));
            continue;
        }
        if (!found.counts)
            return ProbeResult{false, "a rule without a counter",
                               where + ": the rule of that comment has no counter"};
        return judge_value(check, where, check.of_bytes ? found.bytes : found.packets);
    }
    std::string there = others.empty() ? "" : "; there is " + list_some(others);
    return ProbeResult{false, "no such counter", fmt::format("{}: no such counter{}", where, there)};
}

} // namespace

std::optional<CounterCheck> CounterCheck::load(const TomlValue& value, LoadContext& context) {
    const TomlTable* table =
        table_of(value, name, "counter = { on = \"r1:eth0\", statistic = \"rx_dropped\", max = 0 }", context);
    if (table == nullptr)
        return std::nullopt;
    std::size_t mistakes = context.diagnostics.size();
    TableReader reader(*table, value.span, std::string(name), keys, context.diagnostics);
    CounterCheck check;
    InterfacePart part = reader.has("nft") ? InterfacePart::none : InterfacePart::required;
    check.places = load_state_places(reader, part, context);
    load_what(reader, check);
    load_bounds(reader, check);
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(check);
}

Verdict CounterCheck::run(Lab& lab, const StepLimits&) const {
    std::string expected = expected_words(*this);
    std::vector<ProbeResult> results;
    for (const Place& place : places.on) {
        auto result = nft ? ask_nft(*this, place, lab) : ask_statistic(*this, place, lab);
        if (!result)
            return could_not_ask(expected, netrig::describe(result.error()));
        results.push_back(std::move(*result));
    }
    return judge_probes(expected, results, {"on", "places"});
}

std::string CounterCheck::describe() const {
    return fmt::format("{} on {}", expected_words(*this), places.text);
}

} // namespace netrig
