#include "core/kinds/bridge.h"

#include <fmt/format.h>

namespace netrig {

namespace {

using std::chrono::seconds;

std::string on_off(bool on) {
    return on ? "1" : "0";
}

/// The bounds of IEEE 802.1D, which the kernel keeps while the spanning tree runs.
std::optional<Duration> load_timer(TableReader& reader, const char* key, seconds least, seconds most) {
    auto duration = reader.duration(key);
    if (duration && (*duration < least || *duration > most)) {
        reader.report(reader.find(key)->span,
                      fmt::format("'{}' is from {} to {}", key, show(Duration(least)), show(Duration(most))));
        return std::nullopt;
    }
    return duration;
}

void load_spanning_tree(TableReader& reader, Bridge& bridge) {
    bridge.stp = reader.boolean("stp").value_or(false);
    bridge.forward_delay = load_timer(reader, "forward-delay", seconds(2), seconds(30));
    bridge.hello_time = load_timer(reader, "hello-time", seconds(1), seconds(10));
    bridge.max_age = load_timer(reader, "max-age", seconds(6), seconds(40));
    if (auto priority = reader.integer("priority", 0, 65'535))
        bridge.priority = static_cast<std::uint16_t>(*priority);
    for (const char* key : {"forward-delay", "hello-time", "max-age", "priority"})
        if (!bridge.stp && reader.has(key))
            reader.report(reader.find(key)->span, fmt::format("'{}' belongs to a spanning tree", key), {},
                          "add 'stp = true'");
    if (!bridge.stp)
        return;
    // Half a minute of listening and learning would pass before the lab is ready; a test that is about the
    // usual times says them.
    bridge.forward_delay = bridge.forward_delay.value_or(seconds(2));
    bridge.max_age = bridge.max_age.value_or(seconds(6));
}

void load_vlan_settings(TableReader& reader, Bridge& bridge) {
    bridge.vlan_filtering = reader.boolean("vlan-filtering").value_or(false);
    if (auto vlan = reader.integer("vlan-default", 0, 4094))
        bridge.vlan_default = static_cast<std::uint16_t>(*vlan);
    bridge.own.vlans = load_vlans(reader, "vlan");
    if (auto pvid = reader.integer("pvid", 0, 4094))
        bridge.own.pvid = static_cast<std::uint16_t>(*pvid);
    for (const char* key : {"vlan-default", "vlan", "pvid"})
        if (!bridge.vlan_filtering && reader.has(key))
            reader.report(reader.find(key)->span, fmt::format("'{}' belongs to a bridge that filters", key),
                          {}, "add 'vlan-filtering = true'");
}

} // namespace

std::uint32_t hundredths(Duration duration) {
    using Hundredths = std::chrono::duration<std::int64_t, std::centi>;
    return static_cast<std::uint32_t>(std::chrono::round<Hundredths>(duration).count());
}

std::optional<Bridge> Bridge::load(TableReader& reader, KindContext&) {
    Bridge bridge;
    load_spanning_tree(reader, bridge);
    load_vlan_settings(reader, bridge);
    bridge.ageing = reader.duration("ageing");
    bridge.multicast_snooping = reader.boolean("multicast-snooping");
    bridge.multicast_querier = reader.boolean("multicast-querier");
    return bridge;
}

std::string Bridge::ip_words() const {
    std::string words;
    auto add = [&](const char* word, const std::string& value) {
        words += fmt::format(" {} {}", word, value);
    };
    if (forward_delay)
        add("forward_delay", std::to_string(hundredths(*forward_delay)));
    if (hello_time)
        add("hello_time", std::to_string(hundredths(*hello_time)));
    if (max_age)
        add("max_age", std::to_string(hundredths(*max_age)));
    if (ageing)
        add("ageing_time", std::to_string(hundredths(*ageing)));
    if (stp)
        add("stp_state", "1");
    if (priority)
        add("priority", std::to_string(*priority));
    if (vlan_filtering)
        add("vlan_filtering", "1");
    if (vlan_default)
        add("vlan_default_pvid", std::to_string(*vlan_default));
    if (multicast_snooping)
        add("mcast_snooping", on_off(*multicast_snooping));
    if (multicast_querier)
        add("mcast_querier", on_off(*multicast_querier));
    return words;
}

} // namespace netrig
