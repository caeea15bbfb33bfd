#include "core/verbs/fdb.h"

#include "core/verbs/link.h"

#include <fmt/format.h>

namespace netrig {

namespace {

void load_wanted(TableReader& reader, FdbCheck& check, LoadContext& context) {
    constexpr std::int64_t last_vlan = 4094;
    if (auto mac = reader.text("mac"))
        check.mac = load_mac_or_place(*mac, context);
    if (auto port = reader.text("port")) {
        check.port = port->value;
        for (const Place& place : check.places.on)
            if (!check.places.present)
                check_interface_known({place.node, port->value, port->span}, context);
    }
    if (auto vlan = reader.integer("vlan", 1, last_vlan))
        check.vlan = static_cast<unsigned>(*vlan);
    if (auto remote = reader.text("remote"))
        check.remote = load_address_or_node(*remote, context);
    check.state = reader.choice_of<FdbState>("state", fdb_state_names);
    bool asks = reader.has("mac") || reader.has("port") || reader.has("vlan") || reader.has("remote") ||
                reader.has("state");
    if (!asks)
        reader.report(reader.where(), "this 'fdb' checks nothing", {},
                      "add one of: mac, port, vlan, remote, state");
}

std::string expected_words(const FdbCheck& check) {
    std::string text = check.places.present ? "an entry" : "no entry";
    if (check.mac)
        text += (check.mac->mac ? " " : " of ") + check.mac->text;
    if (!check.port.empty())
        text += " dev " + check.port;
    if (check.remote)
        text += " remote " + check.remote->text;
    if (check.vlan)
        text += fmt::format(" vlan {}", *check.vlan);
    if (check.state)
        text += fmt::format(" {}", fdb_state_names[static_cast<std::size_t>(*check.state)]);
    return text;
}

void sort_in(const FdbCheck& check, const AskedBy& wanted, const FoundFdbEntry& found,
             FoundEntries& entries) {
    bool is_it = !wanted.macs || wanted.macs->contains(found.mac);
    bool fits = is_it && (check.port.empty() || check.port == found.port) &&
                (!check.vlan || check.vlan == found.vlan) &&
                (!wanted.addresses || (found.remote && wanted.addresses->contains(*found.remote))) &&
                (!check.state || *check.state == found.state);
    bool is_group = (found.mac.bytes[0] & 1) != 0; // of which every interface has some
    if (!fits && !(is_it && wanted.macs) && is_group)
        return;
    (fits ? entries.fitting : is_it && wanted.macs ? entries.near : entries.others).push_back(show(found));
}

} // namespace

std::optional<FdbCheck> FdbCheck::load(const TomlValue& value, LoadContext& context) {
    const TomlTable* table =
        table_of(value, name, "fdb = { on = \"br0\", mac = \"red:eth0\", port = \"red\" }", context);
    if (table == nullptr)
        return std::nullopt;
    std::size_t mistakes = context.diagnostics.size();
    TableReader reader(*table, value.span, std::string(name), keys, context.diagnostics);
    FdbCheck check;
    check.places = load_state_places(reader, InterfacePart::optional, context);
    load_wanted(reader, check, context);
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(check);
}

Verdict FdbCheck::run(Lab& lab, const StepLimits&) const {
    std::string expected = expected_words(*this);
    auto wanted = resolve(mac, remote, lab);
    if (!wanted)
        return could_not_ask(expected, netrig::describe(wanted.error()));
    std::vector<ProbeResult> results;
    for (const Place& place : places.on) {
        auto table = lab.state().fdb(place.node);
        if (!table)
            return could_not_ask(expected, netrig::describe(table.error()));
        FoundEntries entries;
        for (const FoundFdbEntry& found : *table)
            if (place.interface.empty() || place.interface == found.port || place.interface == found.bridge)
                sort_in(*this, *wanted, found, entries);
        results.push_back(
            judge_entries(netrig::show(place, lab.topology()), places.present, "no such entry", entries));
    }
    return judge_probes(expected, results, {"on", "places"});
}

std::string FdbCheck::describe() const {
    return fmt::format("fdb: {} on {}", expected_words(*this), places.text);
}

} // namespace netrig
