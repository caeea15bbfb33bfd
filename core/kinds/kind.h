// What every kind of interface is: a value with a name, a key table, a loader and its words in the language
// of ip-link(8). How it is asked of the kernel is in runner/kinds.
#pragma once

#include "core/address.h"
#include "core/key.h"
#include "core/source.h"
#include "core/toml_reader.h"

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netrig {

struct Topology;
using NodeIndex = std::size_t;

/// What a kind's loader may look at. Every interface of every node has its name by then, but not its address.
struct KindContext {
    Topology& topology;
    NodeIndex node = 0;
    std::size_t interface = 0; ///< that is being loaded
    Diagnostics& diagnostics;
};

/// An address as it may be written: itself, or "node" or "node:interface", which stand for one of theirs.
struct AddressText {
    std::string text;
    Span span;
    std::optional<Family> family{};     ///< the only one that will do
    std::optional<IpAddress> address{}; ///< found when all addresses are given out

    [[nodiscard]] bool given() const { return !text.empty(); }
};

/// Whether a kind stands on another interface of the same node.
enum class ParentUse { none, optional, required };

/// When frames pass, as far as the kernel tells: with the carrier of what it stands on; as soon as it is up,
/// having no carrier of its own; or only when a program holds its other side.
enum class Passes { with_carrier, when_up, with_program };

/// What most kinds are; each says what is different with it.
struct KindDefaults {
    static constexpr ParentUse parent = ParentUse::none;
    static constexpr std::string_view parent_word = "link"; ///< of ip-link(8), before the parent's name
    static constexpr Passes passes = Passes::when_up;
    static constexpr bool ethernet = true; ///< carries frames and has a link-local address
    static constexpr bool own_mac = true;  ///< a MAC address is chosen for it, lest it be a random one
    static constexpr bool overlay = false; ///< a tunnel, whose other ends tunnel_pairs() finds
    static constexpr bool has_ports = false;
    [[nodiscard]] std::uint32_t number() const { return 0; } ///< that tells it from others of its kind
    std::vector<AddressText*> addresses() { return {}; }     ///< to be found later
    [[nodiscard]] std::string ip_words() const { return {}; }
};

/// A kind without a key of its own.
template <class K>
struct PlainKind : KindDefaults {
    static constexpr std::array<Key, 0> keys{};
    static std::optional<K> load(TableReader&, KindContext&) { return K{}; }
};

template <class T>
concept Kind = std::derived_from<T, KindDefaults> &&
    requires(T& kind, const T& loaded, TableReader& reader, KindContext& context) {
    { T::name } -> std::convertible_to<std::string_view>;
    { T::meaning } -> std::convertible_to<std::string_view>;
    /// Of the table in core/features.
    { T::feature } -> std::convertible_to<std::string_view>;
    { T::keys } -> std::convertible_to<Keys>;
    /// Nothing when a mistake was reported.
    { T::load(reader, context) } -> std::same_as<std::optional<T>>;
    { kind.addresses() } -> std::same_as<std::vector<AddressText*>>;
    /// What stands behind "type vlan" in an `ip link add`.
    { loaded.ip_words() } -> std::same_as<std::string>;
};

/// Reads `key` as an address of the given family, any if none is given. Whether it is one is seen later.
AddressText load_address_text(TableReader& reader, std::string_view key, std::optional<Family> family = {});
std::vector<AddressText> load_address_texts(TableReader& reader, std::string_view key);

/// The interface of the context's own node that is called so; reports when there is none.
std::optional<std::size_t> find_own_interface(const Text& name, KindContext& context);

/// " remote 10.0.0.2", and nothing for one that is not given.
std::string ip_word(std::string_view word, const AddressText& address);

} // namespace netrig
