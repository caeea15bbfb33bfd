// IP addresses, prefixes and MAC addresses as values: parsed, compared, printed; nothing here asks a kernel.
// Text forms follow RFC 4291, RFC 5952 and inet_pton(3).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace netrig {

enum class Family : std::uint8_t { ipv4, ipv6 };

struct IpAddress {
    Family family = Family::ipv4;
    std::array<std::uint8_t, 16> bytes{}; ///< network order; IPv4 uses the first four, the rest are zero
    auto operator<=>(const IpAddress&) const = default;

    [[nodiscard]] std::size_t size() const { return family == Family::ipv4 ? 4 : 16; }
    [[nodiscard]] bool is_link_local() const; ///< fe80::/10 or 169.254.0.0/16
    [[nodiscard]] bool is_multicast() const;
};

/// An address with the length of its network's prefix, as on an interface: 10.0.0.1/24.
struct Prefix {
    IpAddress address;
    unsigned length = 0; ///< bits
    auto operator<=>(const Prefix&) const = default;

    [[nodiscard]] Prefix network() const; ///< the same with the host's bits cleared
    [[nodiscard]] IpAddress last() const; ///< the same with the host's bits set: IPv4's broadcast address
    [[nodiscard]] bool contains(const IpAddress& other) const;
    /// Whether a host may have this address: not the network's own, nor its broadcast (RFC 1122 3.2.1.3,
    /// RFC 4291 2.6.1). Prefixes of one or two addresses have neither (RFC 3021, RFC 6164).
    [[nodiscard]] bool is_host_address() const;
};

struct MacAddress {
    std::array<std::uint8_t, 6> bytes{};
    auto operator<=>(const MacAddress&) const = default;
};

std::optional<IpAddress> parse_ip(std::string_view text);
std::optional<Prefix> parse_prefix(std::string_view text); ///< the "/length" is required
std::optional<MacAddress> parse_mac(std::string_view text);

std::string show(const IpAddress& address);
std::string show(const Prefix& prefix);
std::string show(const MacAddress& mac);
std::string_view show(Family family); ///< "IPv4", "IPv6"

/// The address `offset` further on; wraps silently, so check with Prefix::contains.
IpAddress operator+(const IpAddress& address, std::uint64_t offset);

/// 127.0.0.1 or ::1
IpAddress loopback(Family family);

} // namespace netrig
