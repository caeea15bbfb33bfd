#include "core/verbs/route_actions.h"

#include "core/load_routes.h"

#include <fmt/format.h>

namespace netrig {

std::optional<RouteTargets> load_route_targets(const TomlValue& value, std::string_view verb, Keys keys,
                                               LoadContext& context) {
    const TomlTable* table = table_of(
        value, verb, fmt::format("{} = {{ on = \"red\", route = \"default via r1\" }}", verb), context);
    if (table == nullptr)
        return std::nullopt;
    std::size_t mistakes = context.diagnostics.size();
    TableReader reader(*table, value.span, std::string(verb), keys, context.diagnostics);
    RouteTargets targets;
    StatePlaces places = load_state_places(reader, InterfacePart::none, context);
    targets.text = places.text;
    reader.require("route");
    for (const Text& text : reader.texts("route")) {
        targets.routes_text += fmt::format("{}'{}'", targets.routes_text.empty() ? "" : ", ", text.value);
        // What a node that could not be made lacks is no second mistake.
        for (const Place& place : context.topology_is_whole ? places.on : std::vector<Place>{})
            for (Route& route : read_routes({place.node, text, context.topology, context.diagnostics, true}))
                targets.routes.push_back({place.node, std::move(route)});
    }
    if (targets.routes.empty() && context.diagnostics.size() == mistakes)
        reader.report(reader.find("route")->span, "'route' is empty, so nothing would be done");
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(targets);
}

Verdict change_routes(const RouteTargets& targets, Lab& lab, Change change) {
    std::string expected = fmt::format("{} {} {}", targets.routes_text,
                                       change == Change::add ? "added to" : "deleted from", targets.text);
    Verdict verdict{Answer::yes, expected, expected, {}};
    for (const RouteOfNode& each : targets.routes) {
        if (Status done = lab.change_route(each.node, each.route, change); !done)
            return could_not_ask(std::move(expected), describe(done.error()));
        const Topology& topology = lab.topology();
        verdict.details.push_back(fmt::format("{}: {}", topology.nodes[each.node].name,
                                              show(each.route, topology.device_names(each.node))));
    }
    return verdict;
}

} // namespace netrig
