#include "core/verbs/directions.h"

#include "core/verbs/link.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

void add(InterfaceRef ref, std::vector<InterfaceRef>& list) {
    if (std::find(list.begin(), list.end(), ref) == list.end())
        list.push_back(ref);
}

bool is_at(InterfaceRef end, const Place& place, const Topology& topology) {
    return end.node == place.node && (place.interface.empty() || topology.at(end).name == place.interface);
}

std::string links_at(NodeIndex node, const Topology& topology) {
    std::string text;
    for (const Link& link : topology.links)
        if (link.ends[0].node == node || link.ends[1].node == node)
            text += fmt::format("{}\"{} -- {}\"", text.empty() ? "" : ", ", topology.show(link.ends[0]),
                                topology.show(link.ends[1]));
    return text;
}

void add_links_between(const Place& a, const Place& b, const Text& text, LoadContext& context,
                       std::vector<InterfaceRef>& senders) {
    const Topology& topology = context.topology;
    bool found = false;
    for (const Link& link : topology.links) {
        const auto& [first, second] = link.ends;
        if ((is_at(first, a, topology) && is_at(second, b, topology)) ||
            (is_at(first, b, topology) && is_at(second, a, topology))) {
            found = true;
            add(first, senders);
            add(second, senders);
        }
    }
    if (!found && context.topology_is_whole) {
        std::string there = links_at(a.node, topology);
        context.diagnostics.push_back(
            {fmt::format("no link of this file joins the two sides of '{}'", text.value),
             text.span,
             {},
             there.empty() ? "" : fmt::format("links of '{}': {}", topology.nodes[a.node].name, there),
             {}});
    }
}

void add_ends_of_links(const Text& text, LoadContext& context, std::vector<InterfaceRef>& senders) {
    std::vector<Text> sides = split(text, "--");
    if (sides.size() != 2 || sides[0].value.empty() || sides[1].value.empty()) {
        context.diagnostics.push_back({fmt::format("'{}' is no link", text.value),
                                       text.span,
                                       {},
                                       "\"red:eth0 -- blue:eth0\", or \"red -- blue\"",
                                       {}});
        return;
    }
    for (const Place& a : find_places(sides[0], context, InterfacePart::optional))
        for (const Place& b : find_places(sides[1], context, InterfacePart::optional))
            add_links_between(a, b, text, context, senders);
}

/// Interfaces of the file: "red:eth0", "h[1-3]:eth0". One that the kernel names has no name that a file could
/// know.
std::vector<InterfaceRef> find_interfaces(const Text& text, LoadContext& context) {
    std::vector<InterfaceRef> found;
    for (const Place& place : find_places(text, context, InterfacePart::required)) {
        const Node& node = context.topology.nodes[place.node];
        if (auto interface = context.topology.find_interface(place.node, place.interface))
            add({place.node, *interface}, found);
        else if (context.topology.has_kernel_named_interface(place.node))
            context.diagnostics.push_back(
                {fmt::format("'{}' is no interface of '{}' in this file; the kernel may name one so",
                             place.interface, node.name),
                 place.span,
                 {},
                 fmt::format("name its link by both nodes: link = \"{} -- other\"", node.name),
                 {}});
        else
            check_interface_known(place, context);
    }
    return found;
}

void report_no_link(InterfaceRef ref, DirectionsOf what, Span span, LoadContext& context) {
    std::string message =
        fmt::format("'{}' is no end of a link{}", context.topology.show(ref),
                    what == DirectionsOf::interfaces ? ", so only what it sends can be impaired" : "");
    context.diagnostics.push_back(
        {message, span, {}, what == DirectionsOf::interfaces ? "direction = \"send\"" : "", {}});
}

void add_directions(InterfaceRef ref, std::string_view direction, DirectionsOf what, Span span,
                    LoadContext& context, std::vector<InterfaceRef>& senders) {
    const Link* link = context.topology.link_of(ref);
    bool any_sender = what == DirectionsOf::interfaces && direction == "send";
    if (link == nullptr && !any_sender) {
        if (context.topology_is_whole)
            report_no_link(ref, what, span, context);
        return;
    }
    if (direction != "receive")
        add(ref, senders);
    if (direction != "send")
        add(link->ends[link->ends[0] == ref ? 1 : 0], senders);
}

/// "red -- blue", or a list that begins so.
bool names_links(const TomlValue& value) {
    const auto* array = std::get_if<TomlArray>(&value.data);
    const TomlValue* first = array == nullptr ? &value : array->empty() ? nullptr : &array->front();
    const auto* text = first != nullptr ? std::get_if<std::string>(&first->data) : nullptr;
    return text != nullptr && text->find("--") != std::string::npos;
}

std::string load_direction(TableReader& reader) {
    constexpr std::array<std::string_view, 3> names{"both", "send", "receive"};
    std::string direction = reader.choice("direction", names).value_or("both");
    if (reader.has("direction") && reader.has("link") && !reader.has("on"))
        reader.report(reader.find("direction")->span,
                      "'direction' is seen from an interface, and a link has two", {},
                      "name the interface by 'on' in place of 'link'");
    return direction;
}

} // namespace

std::optional<Directions> load_directions(TableReader& reader, DirectionsOf what, LoadContext& context) {
    std::size_t mistakes = context.diagnostics.size();
    Directions directions;
    auto add_text = [&](const Text& text) {
        directions.text += (directions.text.empty() ? "" : ", ") + text.value;
    };
    std::string direction = load_direction(reader);
    if (reader.has("on") == reader.has("link"))
        reader.report(reader.has("on") ? reader.find("link")->span : reader.where(),
                      "either 'on' or 'link' says what is meant, and one of them only", {},
                      "on = \"red:eth0\", or link = \"red:eth0 -- blue:eth0\"");
    for (const Text& text : reader.texts("on")) {
        add_text(text);
        for (InterfaceRef ref : find_interfaces(text, context))
            add_directions(ref, direction, what, text.span, context, directions.senders);
    }
    for (const Text& text : reader.texts("link")) {
        add_text(text);
        add_ends_of_links(text, context, directions.senders);
    }
    if (direction != "both")
        directions.text += fmt::format(" ({})", direction);
    bool nothing = directions.senders.empty() && context.topology_is_whole;
    if (nothing && context.diagnostics.size() == mistakes)
        reader.report(reader.where(), "this names no interface and no link");
    if (context.diagnostics.size() > mistakes || directions.senders.empty())
        return std::nullopt;
    return directions;
}

std::optional<Directions> load_directions(const TomlValue& value, std::string_view verb, Keys keys,
                                          LoadContext& context) {
    bool is_list =
        std::holds_alternative<std::string>(value.data) || std::holds_alternative<TomlArray>(value.data);
    const auto* table = std::get_if<TomlTable>(&value.data);
    TomlTable of_list;
    if (is_list)
        of_list.entries.push_back({names_links(value) ? "link" : "on", value.span, value});
    else if (table == nullptr) {
        context.diagnostics.push_back(
            {fmt::format("'{}' takes an interface such as \"red:eth0\", a link or a table, not {}", verb,
                         type_name(value)),
             value.span});
        return std::nullopt;
    }
    TableReader reader(is_list ? of_list : *table, value.span, fmt::format("'{}'", verb), keys,
                       context.diagnostics);
    return load_directions(reader, DirectionsOf::links, context);
}

std::size_t link_number(InterfaceRef end, const Topology& topology) {
    for (std::size_t i = 0; i < topology.links.size(); ++i)
        if (topology.links[i].ends[0] == end || topology.links[i].ends[1] == end)
            return i;
    return topology.links.size();
}

} // namespace netrig
