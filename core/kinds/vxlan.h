// vxlan and geneve: Ethernet in UDP (RFC 7348, RFC 8926).
#pragma once

#include "core/kinds/kind.h"

namespace netrig {

struct Vxlan : KindDefaults {
    static constexpr std::string_view name = "vxlan";
    static constexpr std::string_view meaning = "Ethernet in UDP (RFC 7348)";
    static constexpr std::string_view feature = "kernel:vxlan";
    static constexpr ParentUse parent = ParentUse::optional;
    static constexpr std::string_view parent_word = "dev";
    static constexpr bool overlay = true;
    static constexpr std::array<Key, 8> keys{{
        {"id", KeyType::integer, "the network's number (VNI), 0 to 16777215"},
        {"remote", KeyType::text, "the only other end: an address or a node"},
        {"group", KeyType::text, "a multicast group that all ends are in; wants a parent"},
        {"flood", KeyType::texts, "all other ends, each sent a copy of what has no known place"},
        {"local", KeyType::text, "the address to send from"},
        {"port", KeyType::integer, "of UDP; 4789"},
        {"ttl", KeyType::integer, "of the outer packets, 1 to 255; the kernel's if left out"},
        {"learning", KeyType::boolean, "whether places are learnt from what comes; true"},
    }};
    std::uint32_t id = 0;
    AddressText remote, local; ///< `remote` is the group where there is one
    std::vector<AddressText> flood;
    std::uint16_t port = 4789;
    std::optional<std::uint8_t> ttl;
    bool learning = true;

    static std::optional<Vxlan> load(TableReader& reader, KindContext& context);
    [[nodiscard]] std::uint32_t number() const { return id; }
    std::vector<AddressText*> addresses();
    [[nodiscard]] std::string ip_words() const;
};

struct Geneve : KindDefaults {
    static constexpr std::string_view name = "geneve";
    static constexpr std::string_view meaning = "Ethernet in UDP with options (RFC 8926)";
    static constexpr std::string_view feature = "kernel:geneve";
    static constexpr bool overlay = true;
    static constexpr std::array<Key, 4> keys{{
        {"id", KeyType::integer, "the network's number (VNI), 0 to 16777215"},
        {"remote", KeyType::text, "the other end: an address or a node"},
        {"port", KeyType::integer, "of UDP; 6081"},
        {"ttl", KeyType::integer, "of the outer packets, 1 to 255; the kernel's if left out"},
    }};
    std::uint32_t id = 0;
    AddressText remote;
    std::uint16_t port = 6081;
    std::optional<std::uint8_t> ttl;

    static std::optional<Geneve> load(TableReader& reader, KindContext& context);
    [[nodiscard]] std::uint32_t number() const { return id; }
    std::vector<AddressText*> addresses() { return {&remote}; }
    [[nodiscard]] std::string ip_words() const;
};

} // namespace netrig
