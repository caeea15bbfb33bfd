#include "core/kinds/tunnel.h"

#include <fmt/format.h>

namespace netrig {

std::optional<TunnelEnds> load_tunnel_ends(TableReader& reader, Family family, bool keyed) {
    TunnelEnds ends;
    reader.require("remote");
    ends.remote = load_address_text(reader, "remote", family);
    ends.local = load_address_text(reader, "local", family);
    ends.over_ipv6 = family == Family::ipv6;
    if (auto ttl = reader.integer("ttl", 1, 255))
        ends.ttl = static_cast<std::uint8_t>(*ttl);
    if (auto key = keyed ? reader.integer("key", 0, 4'294'967'295) : std::nullopt)
        ends.key = static_cast<std::uint32_t>(*key);
    return ends.remote.given() ? std::optional(ends) : std::nullopt;
}

std::string TunnelEnds::ip_words() const {
    std::string words = ip_word("remote", remote) + ip_word("local", local);
    if (ttl)
        words += fmt::format(" {} {}", over_ipv6 ? "hoplimit" : "ttl", *ttl);
    if (key)
        words += fmt::format(" key {}", *key);
    return words;
}

} // namespace netrig
