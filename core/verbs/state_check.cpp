#include "core/verbs/state_check.h"

#include "core/suggest.h"
#include "core/verbs/link.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netrig {

const TomlTable* table_of(const TomlValue& value, std::string_view verb, std::string_view example,
                          LoadContext& context) {
    const auto* table = std::get_if<TomlTable>(&value.data);
    if (table == nullptr)
        context.diagnostics.push_back({fmt::format("'{}' takes a table, not {}", verb, type_name(value)),
                                       value.span,
                                       {},
                                       std::string(example),
                                       {}});
    return table;
}

StatePlaces load_state_places(TableReader& reader, InterfacePart part, LoadContext& context) {
    std::size_t mistakes = context.diagnostics.size();
    StatePlaces places;
    reader.require("on");
    places.present = reader.boolean("present").value_or(true);
    for (const Text& text : reader.texts("on")) {
        places.text += (places.text.empty() ? "" : ", ") + text.value;
        for (const Place& place : find_places(text, context, part))
            if (places.present || place.interface.empty() || check_interface_known(place, context))
                places.on.push_back(place);
    }
    if (places.on.empty() && context.diagnostics.size() == mistakes)
        reader.report(reader.find("on")->span,
                      fmt::format("'on' names no {}, so nothing would be checked",
                                  part == InterfacePart::required ? "interface" : "node"));
    return places;
}

std::string show(const Place& place, const Topology& topology) {
    const std::string& node = topology.nodes[place.node].name;
    return place.interface.empty() ? node : node + ":" + place.interface;
}

std::optional<Text> text_or_number(TableReader& reader, std::string_view key) {
    const TomlValue* value = reader.find(key);
    if (value != nullptr && std::holds_alternative<std::int64_t>(value->data))
        return text_of(*value);
    return reader.text(key);
}

std::optional<IpAddress> address_at(TableReader& reader, std::string_view key) {
    auto text = reader.text(key);
    if (!text)
        return std::nullopt;
    auto address = parse_ip(text->value);
    if (!address)
        reader.report(text->span, fmt::format("'{}' is no address", text->value));
    return address;
}

std::optional<Family> family_at(TableReader& reader) {
    static constexpr std::array<std::string_view, 2> names{"ipv4", "ipv6"};
    return reader.choice_of<Family>("family", names);
}

std::optional<AddressOrNode> load_address_or_node(const Text& text, LoadContext& context) {
    if (auto address = parse_ip(text.value))
        return AddressOrNode{text.value, address, std::nullopt};
    if (auto node = context.topology.find(text.value))
        return AddressOrNode{text.value, std::nullopt, node};
    if (context.nodes_are_whole)
        context.diagnostics.push_back({fmt::format("'{}' is neither an address nor a node", text.value),
                                       text.span,
                                       {},
                                       suggestion(text.value, context.topology.node_names()),
                                       {}});
    return std::nullopt;
}

Result<std::set<IpAddress>> addresses_of(const AddressOrNode& wanted, Lab& lab) {
    std::set<IpAddress> addresses;
    if (wanted.address)
        addresses.insert(*wanted.address);
    if (!wanted.node)
        return addresses;
    for (const Interface& interface : lab.topology().nodes[*wanted.node].interfaces)
        for (const InterfaceAddress& given : interface.addresses)
            addresses.insert(given.prefix.address);
    auto found = lab.state().addresses(*wanted.node);
    if (!found)
        return failure(found.error());
    for (const FoundAddress& each : *found)
        addresses.insert(each.prefix.address);
    return addresses;
}

std::optional<MacOrPlace> load_mac_or_place(const Text& text, LoadContext& context) {
    if (auto mac = parse_mac(text.value))
        return MacOrPlace{text.value, mac, std::nullopt};
    std::size_t mistakes = context.diagnostics.size();
    std::vector<Place> places = find_places(text, context, InterfacePart::optional);
    if (context.diagnostics.size() > mistakes)
        return std::nullopt;
    if (places.size() == 1 && (places[0].interface.empty() || check_interface_known(places[0], context)))
        return MacOrPlace{text.value, std::nullopt, places[0]};
    if (context.diagnostics.size() == mistakes)
        context.diagnostics.push_back(
            {fmt::format("'{}' names several nodes, of which each has addresses of its own", text.value),
             text.span});
    return std::nullopt;
}

Result<std::set<MacAddress>> macs_of(const MacOrPlace& wanted, Lab& lab) {
    std::set<MacAddress> macs;
    if (wanted.mac)
        macs.insert(*wanted.mac);
    if (!wanted.place)
        return macs;
    auto found = lab.state().macs(wanted.place->node);
    if (!found)
        return failure(found.error());
    for (const auto& [interface, mac] : *found)
        if (wanted.place->interface.empty() || wanted.place->interface == interface)
            macs.insert(mac);
    if (macs.empty())
        return failure({fmt::format("ask for the hardware address of {}", wanted.text),
                        0,
                        "there is no such interface any more, or it has none",
                        {}});
    return macs;
}

Result<AskedBy> resolve(const std::optional<MacOrPlace>& mac, const std::optional<AddressOrNode>& address,
                        Lab& lab) {
    AskedBy asked;
    if (mac) {
        auto macs = macs_of(*mac, lab);
        if (!macs)
            return failure(macs.error());
        asked.macs = std::move(*macs);
    }
    if (address) {
        auto addresses = addresses_of(*address, lab);
        if (!addresses)
            return failure(addresses.error());
        asked.addresses = std::move(*addresses);
    }
    return asked;
}

std::string list_some(const std::vector<std::string>& texts) {
    constexpr std::size_t most = 6;
    if (texts.size() <= most)
        return fmt::format("{}", fmt::join(texts, ", "));
    return fmt::format("{} and {} more", fmt::join(texts.begin(), texts.begin() + most, ", "),
                       texts.size() - most);
}

ProbeResult judge_entries(const std::string& place, bool present, std::string_view none,
                          const FoundEntries& found) {
    ProbeResult result{found.fitting.empty() != present, std::string(none), {}};
    if (!found.fitting.empty())
        result.came = list_some(found.fitting);
    else if (present && !found.near.empty())
        result.came = list_some(found.near);
    result.line = fmt::format("{}: {}", place, result.came);
    const std::vector<std::string>& instead = present ? found.others : found.near;
    if ((result.came == none || (found.tell_others && !result.as_expected)) && !instead.empty())
        result.line += "; there is " + list_some(instead);
    return result;
}

} // namespace netrig
