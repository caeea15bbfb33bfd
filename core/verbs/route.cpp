#include "core/verbs/route.h"

#include "core/ip_words.h"
#include "core/suggest.h"
#include "core/verbs/link.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netrig {

namespace {

void load_to(TableReader& reader, RouteCheck& check, LoadContext& context) {
    reader.require("to");
    auto text = reader.text("to");
    if (!text)
        return;
    check.to_text = text->value;
    bool is_prefix = text->value == "default" || text->value.find('/') != std::string::npos;
    if (text->value == "default")
        check.entry = Prefix{{check.family.value_or(Family::ipv4), {}}, 0};
    else if (is_prefix)
        check.entry = read_network(*text, "prefix", "\"10.2.0.0/16\", \"2001:db8::/32\", \"default\"",
                                   {0, *text, context.topology, context.diagnostics});
    else if (auto target = load_address_or_node(*text, context)) {
        check.to = target->address;
        check.to_node = target->node;
    }
    auto family = check.to      ? std::optional(check.to->family)
                  : check.entry ? std::optional(check.entry->address.family)
                                : std::nullopt;
    if (family && check.family && *family != *check.family)
        reader.report(text->span, fmt::format("this is no {} address", show(*check.family)));
    if (is_prefix)
        for (std::string_view key : {"from", "iif", "mark"})
            if (reader.has(key))
                reader.report(reader.find(key)->span,
                              fmt::format("'{}' belongs to a look-up, and a prefix "
                                          "asks for an entry",
                                          key),
                              {}, "name an address or a node in 'to'");
}

void load_question(TableReader& reader, RouteCheck& check, LoadContext& context) {
    check.family = family_at(reader);
    load_to(reader, check, context);
    check.from = address_at(reader, "from");
    if (auto iif = reader.text("iif")) {
        check.iif = iif->value;
        if (!check.from && !reader.has("from"))
            reader.report(iif->span, "a packet that comes in has a source: add 'from'");
        for (const Place& place : check.places.on)
            check_interface_known({place.node, iif->value, iif->span}, context);
    }
    if (check.from && check.to && check.from->family != check.to->family)
        reader.report(reader.find("from")->span,
                      fmt::format("{} can't send to {}", show(*check.from), show(*check.to)));
    if (auto mark = reader.integer("mark", 0, UINT32_MAX))
        check.mark = static_cast<std::uint32_t>(*mark);
}

void load_protocol(TableReader& reader, RouteCheck& check) {
    auto text = text_or_number(reader, "protocol");
    if (!text)
        return;
    check.protocol = parse_protocol(text->value);
    if (!check.protocol)
        reader.report(text->span, fmt::format("'{}' is no protocol of routes", text->value), {},
                      suggestion(text->value, protocol_names()));
}

void load_wanted(TableReader& reader, RouteCheck& check, LoadContext& context) {
    for (const Text& text : reader.texts("via"))
        for (const Text& piece : split_list(text))
            if (auto gateway = load_address_or_node(piece, context))
                check.via.push_back(std::move(*gateway));
    for (const Text& text : reader.texts("dev"))
        check.devices.push_back(text.value);
    std::span<const std::string_view> kinds(route_kind_names.data(), route_kind_names.size() - 1);
    check.kind = reader.choice_of<RouteKind>("type", kinds);
    if (auto table = text_or_number(reader, "table"))
        check.table = read_table(*table, {0, *table, context.topology, context.diagnostics});
    load_protocol(reader, check);
    if (auto metric = reader.integer("metric", 0, UINT32_MAX))
        check.metric = static_cast<std::uint32_t>(*metric);
    check.source = address_at(reader, "source");
    bool refuses = check.kind && *check.kind != RouteKind::unicast && *check.kind != RouteKind::local;
    if (refuses && (reader.has("via") || reader.has("dev")))
        reader.report(reader.find("type")->span,
                      "a route that refuses packets has no gateway and no interface");
    // Of an entry that refuses, the look-up says nothing more.
    for (std::string_view key : {"table", "protocol", "metric", "source"})
        if (refuses && !check.entry && reader.has(key))
            reader.report(reader.find(key)->span,
                          fmt::format("the kernel does not say the '{}' of an entry that refuses", key), {},
                          "write the entry's prefix in 'to'");
}

std::string_view kind_word(RouteKind kind) {
    return route_kind_names[static_cast<std::size_t>(kind)];
}

std::string expected_words(const RouteCheck& check) {
    std::string text = check.places.present ? "" : "no ";
    text += check.kind ? fmt::format("{} route", kind_word(*check.kind)) : "route";
    text += " to " + check.to_text;
    for (const AddressOrNode& gateway : check.via)
        text += " via " + gateway.text;
    for (const std::string& device : check.devices)
        text += " dev " + device;
    if (check.table)
        text += " table " + show_table(*check.table);
    if (check.metric)
        text += fmt::format(" metric {}", *check.metric);
    if (check.protocol)
        text += " proto " + show_protocol(*check.protocol);
    if (check.source)
        text += " src " + show(*check.source);
    return text;
}

/// What was asked for beside the destination.
std::string question_words(const RouteCheck& check) {
    std::string text;
    if (check.from)
        text += " from " + show(*check.from);
    if (!check.iif.empty())
        text += " iif " + check.iif;
    if (check.mark)
        text += fmt::format(" mark {:#x}", *check.mark);
    return text;
}

/// For each `via`, the addresses that it stands for at the moment.
using Gateways = std::vector<std::set<IpAddress>>;

Result<Gateways> gateways_of(const RouteCheck& check, Lab& lab) {
    Gateways gateways;
    for (const AddressOrNode& each : check.via) {
        auto addresses = addresses_of(each, lab);
        if (!addresses)
            return failure(addresses.error());
        gateways.push_back(std::move(*addresses));
    }
    return gateways;
}

/// Each next hop is one of those, and each of those is a next hop.
bool hops_fit(const std::vector<FoundNexthop>& hops, const Gateways& gateways) {
    auto is_one_of = [](const std::set<IpAddress>& addresses) {
        return [&](const FoundNexthop& hop) { return hop.gateway && addresses.contains(*hop.gateway); };
    };
    bool all_known = std::all_of(hops.begin(), hops.end(), [&](const FoundNexthop& hop) {
        return std::any_of(gateways.begin(), gateways.end(),
                           [&](const auto& addresses) { return is_one_of(addresses)(hop); });
    });
    return all_known && std::all_of(gateways.begin(), gateways.end(), [&](const auto& addresses) {
               return std::any_of(hops.begin(), hops.end(), is_one_of(addresses));
           });
}

bool devices_fit(const std::vector<FoundNexthop>& hops, const std::vector<std::string>& devices) {
    std::set<std::string> wanted(devices.begin(), devices.end()), found;
    for (const FoundNexthop& hop : hops)
        found.insert(hop.device);
    return wanted == found;
}

bool fits(const RouteCheck& check, const Gateways& gateways, const FoundRoute& found) {
    bool leads =
        found.kind == RouteKind::unicast || found.kind == RouteKind::local || found.kind == RouteKind::other;
    bool any_kind = !check.places.present || check.entry;
    return (check.kind ? *check.kind == found.kind : any_kind || leads) &&
           (check.via.empty() || hops_fit(found.nexthops, gateways)) &&
           (check.devices.empty() || devices_fit(found.nexthops, check.devices)) &&
           (!check.table || *check.table == found.table) &&
           (!check.metric || *check.metric == found.metric) &&
           (!check.protocol || *check.protocol == found.protocol) &&
           (!check.source || check.source == found.source);
}

/// The entries for a destination, the longest first; those of the local table are everybody's.
std::vector<FoundRoute> covering(const std::vector<FoundRoute>& routes, const Prefix& wanted) {
    std::vector<FoundRoute> found;
    for (const FoundRoute& route : routes)
        if (route.destination && route.table != local_table && route.destination->length <= wanted.length &&
            route.destination->contains(wanted.address))
            found.push_back(route);
    std::stable_sort(found.begin(), found.end(), [](const FoundRoute& a, const FoundRoute& b) {
        return a.destination->length > b.destination->length;
    });
    return found;
}

std::vector<std::string> shown(const std::vector<FoundRoute>& routes) {
    std::vector<std::string> texts;
    for (const FoundRoute& route : routes)
        texts.push_back(show(route));
    return texts;
}

Result<FoundEntries> find_entry(const RouteCheck& check, const Gateways& gateways, NodeIndex node, Lab& lab) {
    auto routes = lab.state().routes(node);
    if (!routes)
        return failure(routes.error());
    FoundEntries entries;
    for (const FoundRoute& route : *routes)
        if (route.destination == *check.entry && (check.table || route.table == main_table))
            (fits(check, gateways, route) ? entries.fitting : entries.near).push_back(show(route));
    entries.others = shown(covering(*routes, *check.entry));
    return entries;
}

/// What the kernel would do with a packet. Where it refuses, who says so among the entries is our guess: the
/// covering ones are shown.
Result<FoundEntries> look_up(const RouteCheck& check, const Gateways& gateways, const IpAddress& to,
                             const Place& place, Lab& lab) {
    auto found = lab.state().look_up(place.node, {to, check.from, check.iif, check.mark});
    if (!found)
        return failure(found.error());
    FoundEntries entries;
    if (*found)
        (fits(check, gateways, **found) ? entries.fitting : entries.near).push_back(show(**found));
    if (*found && (*found)->destination)
        return entries;
    auto routes = lab.state().routes(place.node);
    if (!routes)
        return failure(routes.error());
    entries.others = shown(covering(*routes, {to, static_cast<unsigned>(to.size() * 8)}));
    entries.tell_others = true;
    return entries;
}

std::optional<IpAddress> target_of(const RouteCheck& check, const Place& place, const Topology& topology) {
    if (check.to)
        return check.to;
    for (Family family : {Family::ipv4, Family::ipv6})
        if (!check.family || *check.family == family)
            if (auto address = address_of(topology, place.node, *check.to_node, family))
                return address;
    return std::nullopt;
}

void check_targets(TableReader& reader, const RouteCheck& check, LoadContext& context) {
    for (const Place& place : check.places.on)
        if (check.to_node && !target_of(check, place, context.topology) && context.topology_is_whole) {
            reader.report(reader.find("to")->span,
                          fmt::format("node '{}' has no {}address to look up", check.to_text,
                                      check.family ? fmt::format("{} ", show(*check.family)) : ""),
                          {}, "name an address");
            return;
        }
}

} // namespace

std::optional<RouteCheck> RouteCheck::load(const TomlValue& value, LoadContext& context) {
    const TomlTable* table =
        table_of(value, name, "route = { on = \"red\", to = \"blue\", via = \"r1\" }", context);
    if (table == nullptr)
        return std::nullopt;
    std::size_t mistakes = context.diagnostics.size();
    TableReader reader(*table, value.span, std::string(name), keys, context.diagnostics);
    RouteCheck check;
    check.places = load_state_places(reader, InterfacePart::none, context);
    load_question(reader, check, context);
    load_wanted(reader, check, context);
    check_targets(reader, check, context);
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(check);
}

Verdict RouteCheck::run(Lab& lab, const StepLimits&) const {
    std::string expected = expected_words(*this);
    std::vector<ProbeResult> results;
    auto gateways = gateways_of(*this, lab);
    if (!gateways)
        return could_not_ask(expected, netrig::describe(gateways.error()));
    for (const Place& place : places.on) {
        const std::string& node = lab.topology().nodes[place.node].name;
        auto target = entry ? std::nullopt : target_of(*this, place, lab.topology());
        auto found = entry ? find_entry(*this, *gateways, place.node, lab)
                           : netrig::look_up(*this, *gateways, *target, place, lab);
        if (!found)
            return could_not_ask(expected, netrig::describe(found.error()));
        std::string where =
            to_node ? fmt::format("{} to {}{}", node, netrig::show(*target), question_words(*this))
                    : fmt::format("{} to {}{}", node, to_text, question_words(*this));
        results.push_back(judge_entries(where, places.present, "no route", *found));
    }
    return judge_probes(expected, results, {"on", "nodes"});
}

std::string RouteCheck::describe() const {
    return fmt::format("{}{} on {}", expected_words(*this), question_words(*this), places.text);
}

} // namespace netrig
