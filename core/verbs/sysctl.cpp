#include "core/verbs/sysctl.h"

#include "core/load_nodes.h"

#include <fmt/format.h>

namespace netrig {

namespace {

void load_wanted(TableReader& reader, SysctlCheck& check) {
    reader.require("name");
    if (auto name = reader.text("name")) {
        check.setting = name->value;
        check_sysctl_name(name->value, name->span, reader.diagnostics());
    }
    if (auto is = text_or_number(reader, "is"))
        check.is = is->value;
    if (!check.places.present && reader.has("is"))
        reader.report(reader.find("present")->span, "a sysctl that must not be there has no value");
    else if (check.places.present && !reader.has("is") && !reader.has("present"))
        reader.report(reader.where(), "this 'sysctl' checks nothing", {}, "add 'is' or 'present'");
}

std::string expected_words(const SysctlCheck& check) {
    if (!check.places.present)
        return "no " + check.setting;
    return check.is ? fmt::format("{} = {}", check.setting, *check.is) : check.setting;
}

} // namespace

std::optional<SysctlCheck> SysctlCheck::load(const TomlValue& value, LoadContext& context) {
    const TomlTable* table =
        table_of(value, name, "sysctl = { on = \"red\", name = \"net.ipv4.ip_forward\", is = 1 }", context);
    if (table == nullptr)
        return std::nullopt;
    std::size_t mistakes = context.diagnostics.size();
    TableReader reader(*table, value.span, std::string(name), keys, context.diagnostics);
    SysctlCheck check;
    check.places = load_state_places(reader, InterfacePart::none, context);
    load_wanted(reader, check);
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(check);
}

Verdict SysctlCheck::run(Lab& lab, const StepLimits&) const {
    std::string expected = expected_words(*this);
    std::vector<ProbeResult> results;
    for (const Place& place : places.on) {
        auto found = lab.state().sysctl(place.node, setting);
        if (!found)
            return could_not_ask(expected, netrig::describe(found.error()));
        bool fits = found->has_value() == places.present && (!is || *found == *is);
        std::string words = *found ? fmt::format("{} = {}", setting, **found) : "no " + setting;
        results.push_back({fits, words, fmt::format("{}: {}", netrig::show(place, lab.topology()), words)});
    }
    return judge_probes(expected, results, {"on", "nodes"});
}

std::string SysctlCheck::describe() const {
    return fmt::format("{} on {}", expected_words(*this), places.text);
}

} // namespace netrig
