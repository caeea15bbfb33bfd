#include "core/requirements.h"

#include "core/rulesets.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace netrig {

namespace {

class Derived {
public:
    void add(std::string_view feature, Span span) {
        bool known = std::any_of(list.begin(), list.end(),
                                 [&](const Requirement& each) { return each.feature == feature; });
        if (!known && !feature.empty())
            list.push_back({std::string(feature), span, true});
    }

    std::vector<Requirement> list;
};

/// The ends of links that are no veth pairs.
std::set<InterfaceRef> relayed_ends(const Topology& topology) {
    std::set<InterfaceRef> ends;
    for (const Link& link : topology.links)
        if (link.relayed)
            ends.insert(link.ends.begin(), link.ends.end());
    return ends;
}

void add_interface(const Interface& interface, bool relayed, Derived& derived) {
    derived.add(relayed ? "kernel:tap" : traits(interface.kind).feature, interface.span);
    if (const auto* bridge = std::get_if<Bridge>(&interface.kind);
        bridge != nullptr && bridge->vlan_filtering)
        derived.add("kernel:bridge-vlan-filtering", interface.span);
    for (const InterfaceAddress& address : interface.addresses)
        if (address.prefix.address.family == Family::ipv6)
            derived.add("kernel:ipv6", address.span);
}

void add_encapsulation(const Encapsulation& encapsulation, Span span, Derived& derived) {
    derived.add(std::holds_alternative<MplsEncapsulation>(encapsulation) ? "kernel:mpls" : "kernel:seg6",
                span);
    const auto* local = std::get_if<Seg6Local>(&encapsulation);
    if (local != nullptr && local->vrf_table)
        derived.add("kernel:vrf", span);
}

void add_route(const Route& route, Derived& derived) {
    if (route.label)
        derived.add("kernel:mpls", route.span);
    if (route.destination.address.family == Family::ipv6)
        derived.add("kernel:ipv6", route.span);
    else if (route.nexthops.size() > 1 && !route.label)
        derived.add("kernel:multipath", route.span);
    for (const Nexthop& nexthop : route.nexthops) {
        if (nexthop.gateway && nexthop.gateway->family == Family::ipv6)
            derived.add("kernel:ipv6", route.span);
        if (nexthop.encapsulation)
            add_encapsulation(*nexthop.encapsulation, route.span, derived);
    }
}

void add_limits(const NodeLimits& limits, Derived& derived) {
    if (limits.memory)
        derived.add("cgroup:memory", limits.span);
    if (limits.cpu_percent)
        derived.add("cgroup:cpu", limits.span);
    if (limits.processes)
        derived.add("cgroup:pids", limits.span);
}

std::string missing_text(const FeatureAnswer& answer) {
    std::string text = fmt::format("{} is missing", answer.feature);
    if (!answer.words.empty())
        text += ": " + answer.words;
    if (!answer.remedy.empty())
        text += "; " + answer.remedy;
    return text;
}

std::string unknown_text(const FeatureAnswer& answer) {
    return fmt::format("cannot tell whether {} is there: {}", answer.feature, answer.words);
}

void append(std::string& text, const std::string& more) {
    text += (text.empty() ? "" : ", and ") + more;
}

} // namespace

std::vector<Requirement> requirements_of(const Topology& topology) {
    Derived derived;
    std::set<InterfaceRef> relayed = relayed_ends(topology);
    for (NodeIndex number = 0; number < topology.nodes.size(); ++number) {
        const Node& node = topology.nodes[number];
        for (std::size_t i = 0; i < node.interfaces.size(); ++i)
            add_interface(node.interfaces[i], relayed.contains({number, i}), derived);
        if (node.limits)
            add_limits(*node.limits, derived);
        if (node.ruleset)
            for (std::string_view feature : features_of_ruleset(node.ruleset->text))
                derived.add(feature, node.ruleset->span);
        for (const Route& route : node.routes)
            add_route(route, derived);
        for (const Rule& rule : node.rules) {
            derived.add("kernel:policy-routing", rule.span);
            if (rule.family == Family::ipv6)
                derived.add("kernel:ipv6", rule.span);
        }
    }
    return std::move(derived.list);
}

std::optional<Obstacle> find_obstacle(std::span<const Requirement> wanted, const FeatureAnswers& found,
                                      Missing missing) {
    std::string no, unknown;
    for (const Requirement& each : wanted) {
        auto asked = found.find(each.feature);
        FeatureAnswer answer =
            asked != found.end() ? asked->second
                                 : FeatureAnswer{each.feature, Answer::could_not_ask, "it was not asked", {}};
        if (answer.answer == Answer::no)
            append(no, missing_text(answer));
        else if (answer.answer == Answer::could_not_ask && !each.derived)
            append(unknown, unknown_text(answer));
    }
    // What is known to be missing decides: nothing that could be asked would change it.
    if (!no.empty())
        return Obstacle{missing == Missing::skips ? Outcome::skipped : Outcome::errored,
                        FailureKind::requirement, no};
    if (!unknown.empty())
        return Obstacle{Outcome::errored, FailureKind::setup, unknown};
    return std::nullopt;
}

} // namespace netrig
