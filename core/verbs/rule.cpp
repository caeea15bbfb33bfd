#include "core/verbs/rule.h"

#include "core/ip_words.h"

#include <fmt/format.h>

namespace netrig {

namespace {

void load_mark(TableReader& reader, RuleCheck& check, const LoadContext& context) {
    auto text = text_or_number(reader, "mark");
    if (!text)
        return;
    WordsContext words{0, *text, context.topology, context.diagnostics};
    std::vector<Text> pieces = split(*text, "/");
    auto value = read_number(pieces[0], "mark", 0, UINT32_MAX, words);
    auto mask = pieces.size() > 1 ? read_number(pieces[1], "mask", 0, UINT32_MAX, words)
                                  : std::optional<std::uint64_t>(UINT32_MAX);
    if (value && mask)
        check.mark = Mark{static_cast<std::uint32_t>(*value), static_cast<std::uint32_t>(*mask)};
}

std::optional<Prefix> load_prefix(TableReader& reader, std::string_view key, const LoadContext& context) {
    auto text = reader.text(key);
    if (!text)
        return std::nullopt;
    return read_network(*text, "prefix", "\"10.0.0.0/8\" or an address",
                        {0, *text, context.topology, context.diagnostics});
}

void load_wanted(TableReader& reader, RuleCheck& check, LoadContext& context) {
    if (auto priority = reader.integer("priority", 0, UINT32_MAX))
        check.priority = static_cast<std::uint32_t>(*priority);
    check.from = load_prefix(reader, "from", context);
    check.to = load_prefix(reader, "to", context);
    load_mark(reader, check, context);
    if (auto in = reader.text("iif"))
        check.in = in->value;
    if (auto out = reader.text("oif"))
        check.out = out->value;
    if (auto table = text_or_number(reader, "table"))
        check.table = read_table(*table, {0, *table, context.topology, context.diagnostics});
    check.action = reader.choice_of<RuleAction>("action", rule_action_names);
    check.family = family_at(reader);
    bool asks = false;
    for (const Key& key : RuleCheck::keys)
        asks = asks || (key.name != "on" && key.name != "present" && reader.has(key.name));
    if (!asks)
        reader.report(reader.where(), "this 'rule' checks nothing, for every node has rules", {},
                      "add one of: priority, from, to, mark, iif, oif, table, action");
    for (const auto& [key, prefix] : {std::pair("from", check.from), std::pair("to", check.to)})
        if (prefix && check.family && prefix->address.family != *check.family)
            reader.report(reader.find(key)->span, fmt::format("this is no {} prefix", show(*check.family)));
}

/// In the order of show(Rule).
std::string expected_words(const RuleCheck& check) {
    std::string text = check.places.present ? "a rule" : "no rule";
    if (check.family)
        text += fmt::format(" for {}", show(*check.family));
    if (check.from)
        text += " from " + show(*check.from);
    if (check.to)
        text += " to " + show(*check.to);
    if (check.mark)
        text += check.mark->mask == UINT32_MAX
                    ? fmt::format(" fwmark {:#x}", check.mark->value)
                    : fmt::format(" fwmark {:#x}/{:#x}", check.mark->value, check.mark->mask);
    text += check.in.empty() ? "" : " iif " + check.in;
    text += check.out.empty() ? "" : " oif " + check.out;
    if (check.action && *check.action != RuleAction::lookup)
        text += fmt::format(" {}", rule_action_names[static_cast<std::size_t>(*check.action)]);
    if (check.table)
        text += " table " + show_table(*check.table);
    if (check.priority)
        text += fmt::format(" priority {}", *check.priority);
    return text;
}

/// What a rule is told by: its selectors, or its priority where only that was asked for.
bool selects(const RuleCheck& check, const Rule& rule) {
    return (!check.family || *check.family == rule.family) && (!check.from || check.from == rule.from) &&
           (!check.to || check.to == rule.to) && (!check.mark || check.mark == rule.mark) &&
           (check.in.empty() || check.in == rule.in) && (check.out.empty() || check.out == rule.out);
}

bool fits(const RuleCheck& check, const Rule& rule) {
    return selects(check, rule) && (!check.priority || *check.priority == rule.priority) &&
           (!check.table || (rule.action == RuleAction::lookup && *check.table == rule.table)) &&
           (!check.action || *check.action == rule.action);
}

bool is_near(const RuleCheck& check, const Rule& rule) {
    bool has_selector = check.from || check.to || check.mark || !check.in.empty() || !check.out.empty();
    return has_selector ? selects(check, rule) : check.priority == rule.priority;
}

} // namespace

std::optional<RuleCheck> RuleCheck::load(const TomlValue& value, LoadContext& context) {
    const TomlTable* table =
        table_of(value, name, "rule = { on = \"red\", from = \"10.0.0.0/8\", table = 100 }", context);
    if (table == nullptr)
        return std::nullopt;
    std::size_t mistakes = context.diagnostics.size();
    TableReader reader(*table, value.span, std::string(name), keys, context.diagnostics);
    RuleCheck check;
    check.places = load_state_places(reader, InterfacePart::none, context);
    load_wanted(reader, check, context);
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(check);
}

Verdict RuleCheck::run(Lab& lab, const StepLimits&) const {
    std::string expected = expected_words(*this);
    std::vector<ProbeResult> results;
    for (const Place& place : places.on) {
        auto rules = lab.state().rules(place.node);
        if (!rules)
            return could_not_ask(expected, netrig::describe(rules.error()));
        FoundEntries entries;
        for (const Rule& rule : *rules)
            (fits(*this, rule)      ? entries.fitting
             : is_near(*this, rule) ? entries.near
                                    : entries.others)
                .push_back(netrig::show(rule));
        results.push_back(
            judge_entries(netrig::show(place, lab.topology()), places.present, "no such rule", entries));
    }
    return judge_probes(expected, results, {"on", "nodes"});
}

std::string RuleCheck::describe() const {
    return fmt::format("{} on {}", expected_words(*this), places.text);
}

} // namespace netrig
