#include "core/verbs/address.h"

#include "core/ip_words.h"

#include <fmt/format.h>

namespace netrig {

namespace {

void load_is(const Text& text, AddressCheck& check, TableReader& reader) {
    if (auto prefix = parse_prefix(text.value)) {
        check.address = prefix->address;
        check.length = prefix->length;
    } else if (auto address = parse_ip(text.value)) {
        check.address = address;
    } else {
        reader.report(text.span, fmt::format("'{}' is no address", text.value), {},
                      "\"10.0.0.5/24\", or \"10.0.0.5\" whatever the length");
    }
}

void load_wanted(TableReader& reader, AddressCheck& check, LoadContext& context) {
    if (auto is = reader.text("is"))
        load_is(*is, check, reader);
    if (auto in = reader.text("in"))
        check.network = read_network(*in, "network", "\"10.0.0.0/24\", \"2001:db8::/64\"",
                                     {0, *in, context.topology, context.diagnostics});
    check.state = reader.choice_of<AddressState>("state", address_state_names);
    check.family = family_at(reader);
    if (reader.has("is") && reader.has("in"))
        reader.report(reader.find("in")->span,
                      "'is' names one address and 'in' a network; one of them will do");
    for (const auto& [key, family] :
         {std::pair("is", check.address ? std::optional(check.address->family) : std::nullopt),
          std::pair("in", check.network ? std::optional(check.network->address.family) : std::nullopt)})
        if (family && check.family && *family != *check.family)
            reader.report(reader.find(key)->span, fmt::format("this is no {} address", show(*check.family)));
    bool asks = reader.has("is") || reader.has("in") || reader.has("state") || reader.has("family");
    if (!asks && !reader.has("present"))
        reader.report(reader.where(), "this 'address' checks nothing", {},
                      "add one of: is, in, state, family, present");
}

/// Of which address it speaks: "10.0.0.5/24", "an IPv6 address in ...".
std::string which(const AddressCheck& check) {
    if (check.address)
        return check.length ? show(Prefix{*check.address, *check.length}) : show(*check.address);
    std::string text = !check.family                   ? "address"
                       : *check.family == Family::ipv4 ? "IPv4 address"
                                                       : "IPv6 address";
    if (check.network)
        text += " in " + show(*check.network);
    return text;
}

std::string expected_words(const AddressCheck& check) {
    std::string text = which(check);
    if (!check.places.present)
        text = "no " + text;
    else if (!check.address)
        text = "an " + text;
    if (check.state)
        text += fmt::format(" {}", address_state_names[static_cast<std::size_t>(*check.state)]);
    return text;
}

bool is_it(const AddressCheck& check, const FoundAddress& found) {
    const IpAddress& address = found.prefix.address;
    return (!check.address || *check.address == address) &&
           (!check.family || *check.family == address.family) &&
           (!check.network || check.network->contains(address));
}

/// With the state, where that was asked for.
std::string found_words(const AddressCheck& check, const FoundAddress& found) {
    bool say = check.state && found.state == AddressState::preferred;
    return show(found) + (say ? " preferred" : "");
}

} // namespace

std::optional<AddressCheck> AddressCheck::load(const TomlValue& value, LoadContext& context) {
    const TomlTable* table =
        table_of(value, name, "address = { on = \"red:veth0\", is = \"10.0.0.5/24\" }", context);
    if (table == nullptr)
        return std::nullopt;
    std::size_t mistakes = context.diagnostics.size();
    TableReader reader(*table, value.span, std::string(name), keys, context.diagnostics);
    AddressCheck check;
    check.places = load_state_places(reader, InterfacePart::optional, context);
    load_wanted(reader, check, context);
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(check);
}

Verdict AddressCheck::run(Lab& lab, const StepLimits&) const {
    std::string expected = expected_words(*this);
    std::vector<ProbeResult> results;
    for (const Place& place : places.on) {
        auto addresses = lab.state().addresses(place.node);
        if (!addresses)
            return could_not_ask(expected, netrig::describe(addresses.error()));
        FoundEntries entries;
        for (const FoundAddress& found : *addresses) {
            if (!place.interface.empty() && place.interface != found.interface)
                continue;
            std::string words = found_words(*this, found);
            if (place.interface.empty())
                words += " dev " + found.interface;
            bool fits = is_it(*this, found) && (!length || *length == found.prefix.length) &&
                        (!state || *state == found.state);
            (fits                  ? entries.fitting
             : is_it(*this, found) ? entries.near
                                   : entries.others)
                .push_back(std::move(words));
        }
        results.push_back(
            judge_entries(netrig::show(place, lab.topology()), places.present, "no such address", entries));
    }
    return judge_probes(expected, results, {"on", "places"});
}

std::string AddressCheck::describe() const {
    return fmt::format("{} on {}", expected_words(*this), places.text);
}

} // namespace netrig
