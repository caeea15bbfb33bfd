#include "core/verbs/address_actions.h"

#include "core/verbs/link.h"

#include <fmt/format.h>

namespace netrig {

namespace {

void load_addresses(TableReader& reader, AddressTargets& targets) {
    reader.require("address");
    for (const Text& text : reader.texts("address")) {
        targets.addresses_text += (targets.addresses_text.empty() ? "" : ", ") + text.value;
        if (auto prefix = parse_prefix(text.value))
            targets.addresses.push_back(*prefix);
        else
            reader.report(text.span,
                          fmt::format("'{}' is no address with the length of its network", text.value), {},
                          "\"10.0.0.5/24\", \"2001:db8::5/64\"");
    }
}

} // namespace

std::optional<AddressTargets> load_address_targets(const TomlValue& value, std::string_view verb, Keys keys,
                                                   LoadContext& context) {
    const TomlTable* table = table_of(
        value, verb, fmt::format("{} = {{ on = \"red:veth0\", address = \"10.0.0.5/24\" }}", verb), context);
    if (table == nullptr)
        return std::nullopt;
    std::size_t mistakes = context.diagnostics.size();
    TableReader reader(*table, value.span, std::string(verb), keys, context.diagnostics);
    AddressTargets targets;
    StatePlaces places = load_state_places(reader, InterfacePart::required, context);
    targets.text = places.text;
    for (const Place& place : places.on)
        if (check_interface_known(place, context))
            targets.on.push_back(place);
    load_addresses(reader, targets);
    if (targets.addresses.empty() && context.diagnostics.size() == mistakes)
        reader.report(reader.find("address")->span, "'address' is empty, so nothing would be done");
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(targets);
}

Verdict change_addresses(const AddressTargets& targets, Lab& lab, Change change) {
    std::string expected = fmt::format("{} {} {}", targets.addresses_text,
                                       change == Change::add ? "added to" : "deleted from", targets.text);
    for (const Place& place : targets.on)
        for (const Prefix& address : targets.addresses)
            if (Status done = lab.change_address(place.node, place.interface, address, change); !done)
                return could_not_ask(std::move(expected), describe(done.error()));
    return {Answer::yes, expected, expected, {}};
}

} // namespace netrig
