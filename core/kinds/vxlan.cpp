#include "core/kinds/vxlan.h"

#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::int64_t largest_vni = (1 << 24) - 1;

/// What both kinds have in common; false when the number is missing.
template <class K>
bool load_common(TableReader& reader, K& kind) {
    reader.require("id");
    auto id = reader.integer("id", 0, largest_vni);
    if (auto port = reader.integer("port", 1, 65'535))
        kind.port = static_cast<std::uint16_t>(*port);
    if (auto ttl = reader.integer("ttl", 1, 255))
        kind.ttl = static_cast<std::uint8_t>(*ttl);
    kind.id = static_cast<std::uint32_t>(id.value_or(0));
    return id.has_value();
}

void load_group(TableReader& reader, Vxlan& vxlan) {
    AddressText group = load_address_text(reader, "group");
    if (!group.given())
        return;
    auto address = parse_ip(group.text);
    if (!address || !address->is_multicast())
        reader.report(group.span, fmt::format("'{}' is no multicast address", group.text), {},
                      "\"239.1.1.1\" or \"ff05::100\"; one other end is 'remote', several are 'flood'");
    if (!reader.has("parent"))
        reader.report(group.span, "a multicast group is joined on an interface, and no 'parent' says which");
    vxlan.remote = std::move(group);
}

} // namespace

std::optional<Vxlan> Vxlan::load(TableReader& reader, KindContext&) {
    Vxlan vxlan;
    bool whole = load_common(reader, vxlan);
    vxlan.remote = load_address_text(reader, "remote");
    vxlan.local = load_address_text(reader, "local");
    vxlan.flood = load_address_texts(reader, "flood");
    load_group(reader, vxlan);
    if (auto learning = reader.boolean("learning"))
        vxlan.learning = *learning;
    const TomlValue* first = nullptr;
    for (const char* key : {"remote", "group", "flood"}) {
        if (first != nullptr && reader.has(key))
            reader.report(reader.find(key)->span, "'remote', 'group' and 'flood' are three ways to reach the "
                                                  "other ends; this is a second one");
        first = reader.has(key) ? reader.find(key) : first;
    }
    return whole ? std::optional(vxlan) : std::nullopt;
}

std::vector<AddressText*> Vxlan::addresses() {
    std::vector<AddressText*> all{&remote, &local};
    for (AddressText& end : flood)
        all.push_back(&end);
    return all;
}

std::string Vxlan::ip_words() const {
    bool is_group = remote.address && remote.address->is_multicast();
    return fmt::format(" id {} dstport {}{}{}{}{}", id, port, ip_word(is_group ? "group" : "remote", remote),
                       ip_word("local", local), ttl ? fmt::format(" ttl {}", *ttl) : "",
                       learning ? "" : " nolearning");
}

std::optional<Geneve> Geneve::load(TableReader& reader, KindContext&) {
    Geneve geneve;
    bool whole = load_common(reader, geneve);
    reader.require("remote");
    geneve.remote = load_address_text(reader, "remote");
    return whole && geneve.remote.given() ? std::optional(geneve) : std::nullopt;
}

std::string Geneve::ip_words() const {
    return fmt::format(" id {}{} dstport {}{}", id, ip_word("remote", remote), port,
                       ttl ? fmt::format(" ttl {}", *ttl) : "");
}

} // namespace netrig
