#include "core/ports.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::int64_t last_vlan = 4094;

constexpr std::array<Key, 8> port_keys{{
    {"port", KeyType::text, "the interface"},
    {"vlan", KeyType::any, "VLANs whose frames pass with their tag: 10, [10, 20], [\"10-20\"]"},
    {"pvid", KeyType::integer, "the VLAN of frames without a tag; 0 for none"},
    {"isolated", KeyType::boolean, "hears only from ports that are not"},
    {"learning", KeyType::boolean, "whether addresses are learnt here; true"},
    {"flooding", KeyType::boolean, "whether what has no known place goes out here; true"},
    {"cost", KeyType::integer, "of the spanning tree's path, 1 to 65535"},
    {"priority", KeyType::integer, "of the spanning tree, 0 to 63"},
}};

std::optional<std::uint16_t> vlan_number(std::string_view text) {
    std::uint16_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && number >= 1 && number <= last_vlan ? std::optional(number) : std::nullopt;
}

/// "10" or "10-20"; nothing where it is neither.
std::optional<std::pair<std::uint16_t, std::uint16_t>> vlan_range(const TomlValue& value) {
    std::string text;
    if (const auto* number = std::get_if<std::int64_t>(&value.data))
        text = std::to_string(*number);
    else if (const auto* words = std::get_if<std::string>(&value.data))
        text = *words;
    std::size_t dash = text.find('-');
    auto first = vlan_number(std::string_view(text).substr(0, dash));
    auto last = dash == std::string::npos ? first : vlan_number(std::string_view(text).substr(dash + 1));
    if (!first || !last || *first > *last)
        return std::nullopt;
    return std::pair(*first, *last);
}

PortText load_port_table(const TomlTable& table, Span span, PortsOf kind, Diagnostics& diagnostics) {
    static const std::vector<Key> link_port_keys = with_impairment_keys(port_keys);
    bool has_link = kind == PortsOf::bridge;
    TableReader reader(table, span, "a port", has_link ? Keys(link_port_keys) : Keys(port_keys), diagnostics);
    PortText port;
    if (has_link)
        load_impairment(reader, port.impairment);
    reader.require("port");
    if (auto name = reader.text("port"))
        port.name = *name;
    PortSettings& settings = port.settings;
    settings.vlans = load_vlans(reader, "vlan");
    if (auto pvid = reader.integer("pvid", 0, last_vlan))
        settings.pvid = static_cast<std::uint16_t>(*pvid);
    settings.isolated = reader.boolean("isolated");
    settings.learning = reader.boolean("learning");
    settings.flooding = reader.boolean("flooding");
    if (auto cost = reader.integer("cost", 1, 65'535))
        settings.cost = static_cast<std::uint32_t>(*cost);
    if (auto priority = reader.integer("priority", 0, 63))
        settings.priority = static_cast<std::uint8_t>(*priority);
    return port;
}

} // namespace

std::vector<std::uint16_t> load_vlans(TableReader& reader, std::string_view key) {
    std::vector<std::uint16_t> vlans;
    const TomlValue* value = reader.find(key);
    if (value == nullptr)
        return vlans;
    const auto* array = std::get_if<TomlArray>(&value->data);
    for (const TomlValue& element : array != nullptr ? std::span(*array) : std::span(value, 1)) {
        auto range = vlan_range(element);
        if (!range) {
            reader.report(element.span, "this is no VLAN", {},
                          fmt::format("a number from 1 to {}, or a range such as \"10-20\"", last_vlan));
            continue;
        }
        for (std::uint32_t vlan = range->first; vlan <= range->second; ++vlan)
            vlans.push_back(static_cast<std::uint16_t>(vlan));
    }
    std::sort(vlans.begin(), vlans.end());
    vlans.erase(std::unique(vlans.begin(), vlans.end()), vlans.end());
    return vlans;
}

std::vector<PortText> load_ports(TableReader& reader, PortsOf kind) {
    std::vector<PortText> ports;
    const TomlValue* value = reader.find("ports");
    if (value == nullptr)
        return ports;
    const auto* array = std::get_if<TomlArray>(&value->data);
    for (const TomlValue& element : array != nullptr ? std::span(*array) : std::span(value, 1)) {
        const auto* table = std::get_if<TomlTable>(&element.data);
        if (std::holds_alternative<std::string>(element.data))
            ports.push_back({text_of(element), {}, {}});
        else if (table != nullptr && kind != PortsOf::others)
            ports.push_back(load_port_table(*table, element.span, kind, reader.diagnostics()));
        else
            reader.report(element.span,
                          fmt::format("a port is a string{}, not {}",
                                      kind != PortsOf::others ? " or a table with settings" : "",
                                      type_name(element)));
    }
    std::erase_if(ports, [](const PortText& port) { return port.name.value.empty(); });
    return ports;
}

} // namespace netrig
