#include "core/verbs/listening.h"

#include <fmt/format.h>

namespace netrig {

namespace {

void load_wanted(TableReader& reader, ListeningCheck& check) {
    for (auto [key, transport] : {std::pair("tcp", Transport::tcp), std::pair("udp", Transport::udp)})
        if (auto port = reader.integer(key, 1, UINT16_MAX)) {
            check.transport = transport;
            check.port = static_cast<std::uint16_t>(*port);
        }
    if (reader.has("tcp") == reader.has("udp"))
        reader.report(reader.where(), "'listening' takes one of 'tcp' and 'udp', each with a port");
    check.address = address_at(reader, "address");
}

std::string expected_words(const ListeningCheck& check) {
    std::string text = fmt::format("{}listening on {} {}", check.places.present ? "" : "not ",
                                   check.transport == Transport::tcp ? "tcp" : "udp", check.port);
    return check.address ? fmt::format("{} at {}", text, show(*check.address)) : text;
}

/// Whether what is sent to the address comes to the socket. One of IPv6 that is bound to every address takes
/// IPv4 too, unless it was told not to (ipv6(7), IPV6_V6ONLY).
bool takes(const FoundListener& found, const IpAddress& address) {
    bool everything = found.address == IpAddress{found.address.family, {}};
    if (found.address == address)
        return true;
    return everything && (found.address.family == address.family ||
                          (found.address.family == Family::ipv6 && !found.ipv6_only));
}

} // namespace

std::optional<ListeningCheck> ListeningCheck::load(const TomlValue& value, LoadContext& context) {
    const TomlTable* table = table_of(value, name, "listening = { on = \"web\", tcp = 80 }", context);
    if (table == nullptr)
        return std::nullopt;
    std::size_t mistakes = context.diagnostics.size();
    TableReader reader(*table, value.span, std::string(name), keys, context.diagnostics);
    ListeningCheck check;
    check.places = load_state_places(reader, InterfacePart::none, context);
    load_wanted(reader, check);
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(check);
}

Verdict ListeningCheck::run(Lab& lab, const StepLimits&) const {
    std::string expected = expected_words(*this);
    std::vector<ProbeResult> results;
    for (const Place& place : places.on) {
        auto listeners = lab.state().listeners(place.node, transport);
        if (!listeners)
            return could_not_ask(expected, netrig::describe(listeners.error()));
        FoundEntries entries;
        for (const FoundListener& found : *listeners) {
            bool is_it = found.port == port;
            bool fits = is_it && (!address || takes(found, *address));
            (fits ? entries.fitting : is_it ? entries.near : entries.others).push_back(netrig::show(found));
        }
        results.push_back(
            judge_entries(netrig::show(place, lab.topology()), places.present, "nothing listens", entries));
    }
    return judge_probes(expected, results, {"on", "nodes"});
}

std::string ListeningCheck::describe() const {
    return fmt::format("{}: {}", places.text, expected_words(*this));
}

} // namespace netrig
