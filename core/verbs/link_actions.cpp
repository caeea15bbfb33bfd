#include "core/verbs/link_actions.h"

#include "core/verbs/link.h"

#include <fmt/format.h>

namespace netrig {

static std::vector<Text> texts_of(const TomlValue& value, std::string_view verb, LoadContext& context) {
    std::vector<Text> texts;
    const auto* array = std::get_if<TomlArray>(&value.data);
    std::span<const TomlValue> values = array != nullptr ? std::span(*array) : std::span(&value, 1);
    for (const TomlValue& element : values) {
        if (std::holds_alternative<std::string>(element.data))
            texts.push_back(text_of(element));
        else
            context.diagnostics.push_back(
                {fmt::format("'{}' takes an interface such as \"red:veth0\", not {}", verb,
                             type_name(element)),
                 element.span});
    }
    return texts;
}

std::optional<ActionTargets> load_targets(const TomlValue& value, std::string_view verb,
                                          LoadContext& context) {
    std::size_t mistakes = context.diagnostics.size();
    ActionTargets targets;
    for (const Text& text : texts_of(value, verb, context)) {
        targets.text += (targets.text.empty() ? "" : ", ") + text.value;
        for (const Place& place : find_places(text, context, InterfacePart::required))
            if (check_interface_known(place, context))
                targets.places.push_back(place);
    }
    if (targets.places.empty() && context.diagnostics.size() == mistakes)
        context.diagnostics.push_back({fmt::format("'{}' names no interface", verb), value.span});
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(targets);
}

Verdict act_on(const ActionTargets& targets, Lab& lab, Status (*act)(Lab&, const Place&),
               std::string_view done) {
    std::string expected = fmt::format("{} {}", targets.text, done);
    for (const Place& place : targets.places)
        if (Status status = act(lab, place); !status)
            return could_not_ask(std::move(expected), describe(status.error()));
    return {Answer::yes, expected, expected, {}};
}

} // namespace netrig
