#include "core/verbs/cut.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace netrig {

namespace {

Verdict set_all(Lab& lab, const Directions& of, bool cut) {
    std::string expected = fmt::format("{} {}", of.text, cut ? "cut" : "healed");
    for (InterfaceRef sender : of.senders)
        if (Status done = lab.set_cut(sender, cut); !done)
            return could_not_ask(std::move(expected), describe(done.error()));
    return {Answer::yes, expected, expected, {}};
}

std::vector<NodeIndex> load_group(const TomlValue& value, LoadContext& context) {
    std::vector<NodeIndex> group;
    const auto* array = std::get_if<TomlArray>(&value.data);
    for (const TomlValue& element : array != nullptr ? std::span(*array) : std::span(&value, 1)) {
        if (!std::holds_alternative<std::string>(element.data)) {
            context.diagnostics.push_back(
                {fmt::format("a group is made of names of nodes, not of {}", type_name(element)),
                 element.span});
            continue;
        }
        for (NodeIndex node : find_nodes(text_of(element), context))
            group.push_back(node);
    }
    return group;
}

/// As it is written: "h[1-100], web".
std::string words_of(const TomlValue& group) {
    const auto* array = std::get_if<TomlArray>(&group.data);
    std::string words;
    for (const TomlValue& element : array != nullptr ? std::span(*array) : std::span(&group, 1))
        if (const auto* text = std::get_if<std::string>(&element.data))
            words += (words.empty() ? "" : ", ") + *text;
    return words;
}

} // namespace

std::optional<Cut> Cut::load(const TomlValue& value, LoadContext& context) {
    auto of = load_directions(value, name, keys, context);
    return of ? std::optional(Cut{std::move(*of)}) : std::nullopt;
}

Verdict Cut::run(Lab& lab, const StepLimits&) const {
    return set_all(lab, of, true);
}

std::optional<Heal> Heal::load(const TomlValue& value, LoadContext& context) {
    if (const bool* all = std::get_if<bool>(&value.data)) {
        if (*all)
            return Heal{};
        context.diagnostics.push_back({"'heal = false' heals nothing", value.span, {}, "leave it out", {}});
        return std::nullopt;
    }
    if (const auto* text = std::get_if<std::string>(&value.data); text != nullptr && *text == "all") {
        context.diagnostics.push_back(
            {"'all' names no interface", value.span, {}, "heal = true undoes all", {}});
        return std::nullopt;
    }
    auto of = load_directions(value, name, keys, context);
    return of ? std::optional(Heal{std::move(of)}) : std::nullopt;
}

Verdict Heal::run(Lab& lab, const StepLimits&) const {
    if (of)
        return set_all(lab, *of, false);
    std::string expected = "all cuts and partitions healed";
    if (Status done = lab.heal_all(); !done)
        return could_not_ask(std::move(expected), netrig::describe(done.error()));
    return {Answer::yes, expected, expected, {}};
}

std::optional<Partition> Partition::load(const TomlValue& value, LoadContext& context) {
    std::size_t mistakes = context.diagnostics.size();
    const auto* array = std::get_if<TomlArray>(&value.data);
    if (array == nullptr || array->size() < 2) {
        context.diagnostics.push_back({"'partition' takes two or more groups of nodes",
                                       value.span,
                                       {},
                                       "partition = [[\"a\", \"b\"], [\"c\"]]",
                                       {}});
        return std::nullopt;
    }
    Partition partition;
    std::map<NodeIndex, std::size_t> seen;
    for (const TomlValue& element : *array) {
        std::vector<NodeIndex> group = load_group(element, context);
        if (group.empty() && context.diagnostics.size() == mistakes)
            context.diagnostics.push_back({"this group has no nodes", element.span});
        for (NodeIndex node : group) {
            auto [other, is_new] = seen.emplace(node, partition.groups.size());
            if (is_new)
                continue;
            const char* how =
                other->second == partition.groups.size() ? "named twice in this group" : "in two groups";
            context.diagnostics.push_back(
                {fmt::format("'{}' is {}", context.topology.nodes[node].name, how), element.span});
        }
        partition.text += (partition.text.empty() ? "" : " | ") + words_of(element);
        partition.groups.push_back(std::move(group));
    }
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(std::move(partition));
}

Verdict Partition::run(Lab& lab, const StepLimits&) const {
    std::string expected = text + " apart";
    if (Status done = lab.partition(groups); !done)
        return could_not_ask(std::move(expected), netrig::describe(done.error()));
    return {Answer::yes, expected, expected, {}};
}

} // namespace netrig
