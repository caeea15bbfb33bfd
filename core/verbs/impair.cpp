#include "core/verbs/impair.h"

#include <fmt/format.h>

namespace netrig {

std::optional<Impair> Impair::load(const TomlValue& value, LoadContext& context) {
    const auto* table = std::get_if<TomlTable>(&value.data);
    if (table == nullptr) {
        context.diagnostics.push_back({fmt::format("'impair' takes a table, not {}", type_name(value)),
                                       value.span,
                                       {},
                                       "impair = { on = \"red:eth0\", delay = \"10ms\" }",
                                       {}});
        return std::nullopt;
    }
    std::size_t mistakes = context.diagnostics.size();
    TableReader reader(*table, value.span, "'impair'", keys, context.diagnostics);
    Impairment impairment;
    impairment.span = value.span;
    load_impairment(reader, impairment);
    auto of = load_directions(reader, DirectionsOf::interfaces, context);
    if (!of || context.diagnostics.size() > mistakes)
        return std::nullopt;
    std::vector<Impairment> each(of->senders.size(), impairment);
    return Impair{std::move(*of), std::move(each)};
}

Verdict Impair::run(Lab& lab, const StepLimits&) const {
    std::string expected = fmt::format("{} impaired: {}", of.text, words(impairments.front()));
    for (std::size_t i = 0; i < of.senders.size(); ++i)
        if (Status done = lab.impair(of.senders[i], impairments[i]); !done)
            return could_not_ask(std::move(expected), netrig::describe(done.error()));
    return {Answer::yes, expected, expected, {}};
}

std::string Impair::describe() const {
    return fmt::format("impair {}: {}", of.text, words(impairments.front()));
}

} // namespace netrig
