#include "core/verbs/link_actions.h"

#include "core/verbs/link.h"

#include <fmt/format.h>

namespace netrig {

static std::vector<Text> texts_of(const TomlValue& value, std::string_view verb, std::string_view example,
                                  LoadContext& context) {
    std::vector<Text> texts;
    const auto* array = std::get_if<TomlArray>(&value.data);
    std::span<const TomlValue> values = array != nullptr ? std::span(*array) : std::span(&value, 1);
    for (const TomlValue& element : values) {
        if (std::holds_alternative<std::string>(element.data))
            texts.push_back(text_of(element));
        else
            context.diagnostics.push_back(
                {fmt::format("'{}' takes {}, not {}", verb, example, type_name(element)), element.span});
    }
    return texts;
}

std::optional<ActionTargets> load_targets(const TomlValue& value, std::string_view verb, LoadContext& context,
                                          InterfacePart part) {
    std::size_t mistakes = context.diagnostics.size();
    ActionTargets targets;
    bool of_nodes = part != InterfacePart::required;
    std::string_view example = of_nodes ? "a node or an interface" : "an interface such as \"red:veth0\"";
    for (const Text& text : texts_of(value, verb, example, context)) {
        targets.text += (targets.text.empty() ? "" : ", ") + text.value;
        for (const Place& place : find_places(text, context, part))
            if (place.interface.empty() || check_interface_known(place, context))
                targets.places.push_back(place);
    }
    if (targets.places.empty() && context.diagnostics.size() == mistakes)
        context.diagnostics.push_back(
            {fmt::format("'{}' names no {}", verb, of_nodes ? "node" : "interface"), value.span});
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
