#include "core/impairment.h"

#include "core/toml_reader.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::int64_t most_packets = 1'000'000, most_drops = 10'000;

void load_drop(TableReader& reader, Impairment& impairment) {
    const TomlValue* value = reader.find("drop");
    if (value == nullptr)
        return;
    impairment.drop.clear();
    const auto* array = std::get_if<TomlArray>(&value->data);
    for (const TomlValue& element : array != nullptr ? std::span(*array) : std::span(value, 1)) {
        const auto* number = std::get_if<std::int64_t>(&element.data);
        if (number == nullptr || *number < 1 || *number > most_drops)
            reader.report(element.span,
                          fmt::format("'drop' takes numbers of packets from 1 to {}", most_drops), {},
                          "drop = [3, 7]");
        else
            impairment.drop.push_back(static_cast<std::uint32_t>(*number));
    }
    std::sort(impairment.drop.begin(), impairment.drop.end());
    auto twice = std::adjacent_find(impairment.drop.begin(), impairment.drop.end());
    if (twice != impairment.drop.end())
        reader.report(value->span, fmt::format("packet {} is dropped twice", *twice));
}

void load_match(TableReader& reader, Impairment& impairment) {
    auto text = reader.text("match");
    if (!text)
        return;
    auto filter = PacketFilter::compile(text->value);
    if (text->value.empty())
        reader.report(text->span, "'match' is empty", {}, "\"icmp\", \"tcp port 80\": see pcap-filter(7)");
    else if (!filter)
        reader.report(text->span, fmt::format("'{}' is no packet filter: {}", text->value, filter.error()),
                      {}, "\"icmp\", \"tcp port 80\": see pcap-filter(7)");
    else
        impairment.match = std::move(*filter);
}

/// `wanting` makes sense only beside something else.
void check_beside(TableReader& reader, std::string_view wanting, bool there, const std::string& what) {
    if (reader.has(wanting) && !there)
        reader.report(reader.find(wanting)->span, fmt::format("'{}' {}", wanting, what));
}

void check_together(TableReader& reader, const Impairment& impairment) {
    bool delays = impairment.delay.count() > 0;
    check_beside(reader, "jitter", delays, "needs a 'delay' that it makes shorter or longer");
    check_beside(reader, "reorder", delays, "needs a 'delay' that some packets are spared");
    check_beside(reader, "limit", delays || impairment.rate > 0,
                 "bounds what 'delay' or 'rate' hold back, and neither is here");
    check_beside(reader, "match", impairment.exact(),
                 "says which packets 'drop' and 'drop-first' count, and neither is here");
    bool random = impairment.loss > 0 || impairment.duplicate > 0 || impairment.reorder > 0 ||
                  impairment.corrupt > 0 || impairment.jitter.count() > 0;
    check_beside(reader, "seed", random, "needs something that is random: loss, jitter and the like");
    if (delays && impairment.jitter > impairment.delay && (reader.has("jitter") || reader.has("delay")))
        reader.report(reader.find(reader.has("jitter") ? "jitter" : "delay")->span,
                      fmt::format("a jitter of {} is more than the delay of {}",
                                  exact_words(impairment.jitter), exact_words(impairment.delay)));
}

void load_times_and_rate(TableReader& reader, Impairment& impairment) {
    impairment.delay = reader.duration("delay").value_or(impairment.delay);
    impairment.jitter = reader.duration("jitter").value_or(impairment.jitter);
    if (auto rate = reader.rate("rate")) {
        constexpr BitsPerSecond least = 8; // tc(8) counts bytes
        if (*rate < least)
            reader.report(reader.find("rate")->span, fmt::format("'rate' is at least {}bit", least));
        impairment.rate = *rate;
    }
    if (auto limit = reader.integer("limit", 1, most_packets))
        impairment.limit = static_cast<std::uint32_t>(*limit);
}

void load_shares(TableReader& reader, Impairment& impairment) {
    impairment.loss = reader.percent("loss").value_or(impairment.loss);
    impairment.duplicate = reader.percent("duplicate").value_or(impairment.duplicate);
    impairment.reorder = reader.percent("reorder").value_or(impairment.reorder);
    impairment.corrupt = reader.percent("corrupt").value_or(impairment.corrupt);
    if (auto seed = reader.integer("seed", 0, INT64_MAX))
        impairment.seed = static_cast<std::uint64_t>(*seed);
}

} // namespace

std::vector<Key> with_impairment_keys(Keys own) {
    std::vector<Key> keys(own.begin(), own.end());
    keys.insert(keys.end(), impairment_keys.begin(), impairment_keys.end());
    return keys;
}

void load_impairment(TableReader& reader, Impairment& impairment) {
    bool here = false;
    for (const Key& key : impairment_keys)
        if (const TomlValue* value = reader.find(key.name)) {
            here = true;
            impairment.span = value->span;
        }
    if (!here)
        return;
    std::size_t mistakes = reader.diagnostics().size();
    load_times_and_rate(reader, impairment);
    load_shares(reader, impairment);
    load_drop(reader, impairment);
    if (auto first = reader.integer("drop-first", 0, most_packets))
        impairment.drop_first = static_cast<std::uint32_t>(*first);
    load_match(reader, impairment);
    for (const char* key : {"drop", "drop-first"})
        if (const TomlValue* value = reader.find(key))
            impairment.exact_span = value->span;
    if (reader.diagnostics().size() == mistakes)
        check_together(reader, impairment);
}

std::string words(const Impairment& impairment) {
    std::string text;
    auto add = [&](bool there, const auto& format, const auto&... values) {
        if (there)
            text += fmt::format(fmt::runtime(std::string(text.empty() ? "" : " ") + format), values...);
    };
    bool delays = impairment.delay.count() > 0;
    add(delays, "delay {}", exact_words(impairment.delay));
    add(delays && impairment.jitter.count() > 0, "{}", exact_words(impairment.jitter));
    add(impairment.loss > 0, "loss {}", percent_words(impairment.loss));
    add(impairment.duplicate > 0, "duplicate {}", percent_words(impairment.duplicate));
    add(impairment.reorder > 0, "reorder {}", percent_words(impairment.reorder));
    add(impairment.corrupt > 0, "corrupt {}", percent_words(impairment.corrupt));
    add(impairment.rate > 0, "rate {}", rate_words(impairment.rate));
    add(impairment.limit != Impairment::usual_limit, "limit {}", impairment.limit);
    add(impairment.seed.has_value(), "seed {}", impairment.seed.value_or(0));
    add(!impairment.drop.empty(), "drop {}", fmt::join(impairment.drop, ","));
    add(impairment.drop_first > 0, "drop-first {}", impairment.drop_first);
    add(!impairment.match.empty(), "match '{}'", impairment.match.text);
    return text.empty() ? "nothing" : text;
}

std::string_view word(ImpairedBy by) {
    switch (by) {
    case ImpairedBy::nobody:
        return "nobody";
    case ImpairedBy::netem:
        return "netem";
    case ImpairedBy::tbf:
        return "tbf";
    case ImpairedBy::drop_rule:
        return "nftables";
    case ImpairedBy::relay:
        return "relay";
    }
    return "";
}

} // namespace netrig
