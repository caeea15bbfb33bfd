#include "core/kinds/wireguard.h"

#include "core/kinds.h"
#include "core/names.h"
#include "core/suggest.h"
#include "core/topology.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::array<Key, 4> peer_keys{{
    {"peer", KeyType::text, "\"r2\" or \"r2:wg0\""},
    {"endpoint", KeyType::text,
     "where it is reached: an address or a node; \"none\" waits for it; the peer's node"},
    {"allowed-ips", KeyType::texts, "what it may send and is sent; the addresses of its interface"},
    {"persistent-keepalive", KeyType::duration, "between empty packets; none"},
}};

std::optional<std::size_t> find_wireguard(const Node& node, const std::string& name) {
    auto found =
        std::find_if(node.interfaces.begin(), node.interfaces.end(), [&](const Interface& interface) {
            return is<Wireguard>(interface) && (name.empty() || interface.name == name);
        });
    return found == node.interfaces.end() ? std::nullopt
                                          : std::optional<std::size_t>(found - node.interfaces.begin());
}

std::optional<WireguardPeer> find_peer(const Text& text, KindContext& context) {
    WireguardPeer peer;
    peer.name = text.value;
    peer.span = text.span;
    std::size_t colon = text.value.find(':');
    std::string node = text.value.substr(0, colon);
    auto index = context.topology.find(node);
    if (!index) {
        context.diagnostics.push_back({fmt::format("there is no node '{}'", node),
                                       text.part(0, node.size()),
                                       {},
                                       suggestion(node, context.topology.node_names()),
                                       {}});
        return std::nullopt;
    }
    auto interface = find_wireguard(context.topology.nodes[*index],
                                    colon == std::string::npos ? "" : text.value.substr(colon + 1));
    if (!interface || (*index == context.node && *interface == context.interface)) {
        context.diagnostics.push_back(
            {interface ? "an interface is no peer of itself"
                       : fmt::format("'{}' has no such interface of kind \"wireguard\"", text.value),
             text.span});
        return std::nullopt;
    }
    peer.node = *index;
    peer.interface = *interface;
    peer.endpoint = {node, text.span, {}, {}};
    return peer;
}

std::optional<WireguardPeer> load_peer_table(const TomlTable& table, Span span, KindContext& context) {
    TableReader reader(table, span, "a peer", peer_keys, context.diagnostics);
    reader.require("peer");
    auto name = reader.text("peer");
    auto peer = name ? find_peer(*name, context) : std::nullopt;
    if (!peer)
        return std::nullopt;
    if (reader.has("endpoint"))
        peer->endpoint = load_address_text(reader, "endpoint");
    if (peer->endpoint.text == "none")
        peer->endpoint = {};
    for (const Text& text : reader.texts("allowed-ips")) {
        auto prefix = parse_prefix(text.value);
        if (!prefix)
            reader.report(text.span, fmt::format("'{}' is no subnet", text.value), {},
                          "\"10.0.0.0/24\" or \"::/0\"");
        else
            peer->allowed.push_back(prefix->network());
    }
    peer->keepalive = reader.duration("persistent-keepalive");
    return peer;
}

} // namespace

std::optional<Wireguard> Wireguard::load(TableReader& reader, KindContext& context) {
    Wireguard wireguard;
    if (auto port = reader.integer("listen-port", 0, 65'535))
        wireguard.listen_port = static_cast<std::uint16_t>(*port);
    if (auto mark = reader.integer("fwmark", 0, 4'294'967'295))
        wireguard.fwmark = static_cast<std::uint32_t>(*mark);
    const TomlValue* value = reader.find("peers");
    const auto* array = value == nullptr ? nullptr : std::get_if<TomlArray>(&value->data);
    std::span<const TomlValue> peers =
        array != nullptr ? std::span(*array) : std::span(value, value == nullptr ? 0 : 1);
    for (const TomlValue& element : peers) {
        const auto* table = std::get_if<TomlTable>(&element.data);
        std::optional<WireguardPeer> peer;
        if (std::holds_alternative<std::string>(element.data))
            peer = find_peer(text_of(element), context);
        else if (table != nullptr)
            peer = load_peer_table(*table, element.span, context);
        else
            reader.report(element.span,
                          fmt::format("a peer is \"r2\" or a table, not {}", type_name(element)));
        if (peer)
            wireguard.peers.push_back(std::move(*peer));
    }
    return wireguard;
}

std::vector<AddressText*> Wireguard::addresses() {
    std::vector<AddressText*> all;
    for (WireguardPeer& peer : peers)
        all.push_back(&peer.endpoint);
    return all;
}

} // namespace netrig
