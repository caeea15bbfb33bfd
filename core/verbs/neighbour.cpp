#include "core/verbs/neighbour.h"

#include "core/suggest.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

std::string_view word(NeighbourState state) {
    return neighbour_state_names[static_cast<std::size_t>(state)];
}

void load_states(TableReader& reader, NeighbourCheck& check) {
    for (const Text& text : reader.texts("state")) {
        const auto* found = std::find(neighbour_state_names.begin(), neighbour_state_names.end(), text.value);
        if (found != neighbour_state_names.end())
            check.states.push_back(static_cast<NeighbourState>(found - neighbour_state_names.begin()));
        else
            reader.report(
                text.span, fmt::format("'state' can't be '{}'", text.value), {},
                suggestion(text.value, {neighbour_state_names.begin(), neighbour_state_names.end()}));
    }
}

void load_wanted(TableReader& reader, NeighbourCheck& check, LoadContext& context) {
    if (auto address = reader.text("address"))
        check.address = load_address_or_node(*address, context);
    if (auto mac = reader.text("mac"))
        check.mac = load_mac_or_place(*mac, context);
    load_states(reader, check);
    check.family = family_at(reader);
    if (check.family && check.address && check.address->address &&
        check.address->address->family != *check.family)
        reader.report(reader.find("address")->span,
                      fmt::format("this is no {} address", show(*check.family)));
    bool asks = reader.has("address") || reader.has("mac") || reader.has("state") || reader.has("family");
    if (!asks && !reader.has("present"))
        reader.report(reader.where(), "this 'neighbour' checks nothing", {},
                      "add one of: address, mac, state, family, present");
}

std::string expected_words(const NeighbourCheck& check) {
    std::string text = check.places.present ? "neighbour" : "no neighbour";
    if (check.address)
        text += " " + check.address->text;
    if (check.family)
        text += fmt::format(" by {}", show(*check.family));
    if (check.mac)
        text += check.mac->mac ? " mac " + check.mac->text : fmt::format(" mac of {}", check.mac->text);
    for (NeighbourState state : check.states)
        text += fmt::format("{}{}", state == check.states.front() ? " " : " or ", word(state));
    return text;
}

/// Without a state asked for, it counts what can be sent to: NUD_VALID but for what needs no resolution.
bool state_fits(const NeighbourCheck& check, NeighbourState state) {
    if (!check.states.empty())
        return std::find(check.states.begin(), check.states.end(), state) != check.states.end();
    switch (state) {
    case NeighbourState::reachable:
    case NeighbourState::stale:
    case NeighbourState::delay:
    case NeighbourState::probe:
    case NeighbourState::permanent:
        return true;
    case NeighbourState::incomplete:
    case NeighbourState::failed:
    case NeighbourState::noarp:
    case NeighbourState::none:
        return false;
    }
    return false;
}

void sort_in(const NeighbourCheck& check, const AskedBy& wanted, const FoundNeighbour& found,
             FoundEntries& entries) {
    bool is_it = (!wanted.addresses || wanted.addresses->contains(found.address)) &&
                 (!check.family || *check.family == found.address.family);
    bool mac_fits = !wanted.macs || (found.mac && wanted.macs->contains(*found.mac));
    if (is_it && mac_fits && state_fits(check, found.state))
        entries.fitting.push_back(show(found));
    else if (is_it && (wanted.addresses || mac_fits))
        entries.near.push_back(show(found));
    else
        entries.others.push_back(show(found));
}

} // namespace

std::optional<NeighbourCheck> NeighbourCheck::load(const TomlValue& value, LoadContext& context) {
    const TomlTable* table = table_of(
        value, name, "neighbour = { on = \"red\", address = \"blue\", state = \"reachable\" }", context);
    if (table == nullptr)
        return std::nullopt;
    std::size_t mistakes = context.diagnostics.size();
    TableReader reader(*table, value.span, std::string(name), keys, context.diagnostics);
    NeighbourCheck check;
    check.places = load_state_places(reader, InterfacePart::optional, context);
    load_wanted(reader, check, context);
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(check);
}

Verdict NeighbourCheck::run(Lab& lab, const StepLimits&) const {
    std::string expected = expected_words(*this);
    auto wanted = resolve(mac, address, lab);
    if (!wanted)
        return could_not_ask(expected, netrig::describe(wanted.error()));
    std::vector<ProbeResult> results;
    for (const Place& place : places.on) {
        auto neighbours = lab.state().neighbours(place.node);
        if (!neighbours)
            return could_not_ask(expected, netrig::describe(neighbours.error()));
        FoundEntries entries;
        for (const FoundNeighbour& found : *neighbours) {
            bool elsewhere = !place.interface.empty() && place.interface != found.interface;
            bool unasked = found.state == NeighbourState::noarp && !state_fits(*this, found.state);
            if (!elsewhere && !unasked)
                sort_in(*this, *wanted, found, entries);
        }
        results.push_back(
            judge_entries(netrig::show(place, lab.topology()), places.present, "no such neighbour", entries));
    }
    return judge_probes(expected, results, {"on", "places"});
}

std::string NeighbourCheck::describe() const {
    return fmt::format("{} on {}", expected_words(*this), places.text);
}

} // namespace netrig
