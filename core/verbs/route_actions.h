// add-route, delete-route: routes in the words of a node's `routes`, changed while the lab lives.
#pragma once

#include "core/verbs/state_check.h"

#include <array>

namespace netrig {

struct RouteOfNode {
    NodeIndex node = 0;
    Route route;
};

/// The words of a route are read for each node by itself, and may stand for one of each family.
struct RouteTargets {
    std::string text, routes_text; ///< as written
    std::vector<RouteOfNode> routes;
};

std::optional<RouteTargets> load_route_targets(const TomlValue& value, std::string_view verb, Keys keys,
                                               LoadContext& context);
Verdict change_routes(const RouteTargets& targets, Lab& lab, Change change);

template <Change change>
struct RouteAction {
    static constexpr bool adds = change == Change::add;
    static constexpr std::string_view name = adds ? "add-route" : "delete-route";
    static constexpr std::string_view meaning =
        adds ? "give a node another route" : "take a route from a node";
    static constexpr bool is_action = true;
    static constexpr std::array<Key, 2> keys{{
        {"on", KeyType::texts, "the node"},
        {"route", KeyType::texts, "\"default via r1\": in the words of a node's 'routes'"},
    }};
    RouteTargets targets;

    static std::optional<RouteAction> load(const TomlValue& value, LoadContext& context) {
        auto targets = load_route_targets(value, name, keys, context);
        return targets ? std::optional(RouteAction{std::move(*targets)}) : std::nullopt;
    }
    Verdict run(Lab& lab, const StepLimits&) const { return change_routes(targets, lab, change); }
    [[nodiscard]] std::string describe() const {
        return std::string(name) + " " + targets.routes_text + " on " + targets.text;
    }
};

using AddRouteAction = RouteAction<Change::add>;
using DeleteRouteAction = RouteAction<Change::remove>;

} // namespace netrig
