#include "core/address.h"

#include <arpa/inet.h>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netrig {

bool IpAddress::is_link_local() const {
    if (family == Family::ipv4)
        return bytes[0] == 169 && bytes[1] == 254;
    return bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80;
}

bool IpAddress::is_multicast() const {
    return family == Family::ipv4 ? (bytes[0] & 0xF0) == 0xE0 : bytes[0] == 0xFF;
}

static std::uint8_t network_mask(std::size_t byte, unsigned length) {
    unsigned before = static_cast<unsigned>(byte) * 8;
    if (length >= before + 8)
        return 0xFF;
    if (length <= before)
        return 0;
    return static_cast<std::uint8_t>(0xFF << (8 - (length - before)));
}

Prefix Prefix::network() const {
    Prefix result = *this;
    for (std::size_t i = 0; i < address.size(); ++i)
        result.address.bytes[i] &= network_mask(i, length);
    return result;
}

IpAddress Prefix::last() const {
    IpAddress result = address;
    for (std::size_t i = 0; i < address.size(); ++i)
        result.bytes[i] |= static_cast<std::uint8_t>(~network_mask(i, length));
    return result;
}

bool Prefix::contains(const IpAddress& other) const {
    return other.family == address.family && Prefix{other, length}.network() == network();
}

bool Prefix::is_host_address() const {
    unsigned bits = static_cast<unsigned>(address.size()) * 8;
    if (length + 1 >= bits)
        return true;
    if (address == network().address)
        return false;
    return address.family == Family::ipv6 || address != last();
}

std::optional<IpAddress> parse_ip(std::string_view text) {
    std::string zero_ended(text);
    if (zero_ended.find('\0') != std::string::npos)
        return std::nullopt;
    IpAddress address;
    if (inet_pton(AF_INET, zero_ended.c_str(), address.bytes.data()) == 1)
        return address;
    address.family = Family::ipv6;
    if (inet_pton(AF_INET6, zero_ended.c_str(), address.bytes.data()) == 1)
        return address;
    return std::nullopt;
}

std::optional<Prefix> parse_prefix(std::string_view text) {
    std::size_t slash = text.find('/');
    if (slash == std::string_view::npos)
        return std::nullopt;
    auto address = parse_ip(text.substr(0, slash));
    std::string_view digits = text.substr(slash + 1);
    unsigned length = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (!address || error != std::errc() || end != digits.data() + digits.size() ||
        length > address->size() * 8)
        return std::nullopt;
    return Prefix{*address, length};
}

std::optional<MacAddress> parse_mac(std::string_view text) {
    constexpr std::size_t text_length = 17; // six groups of two digits, five colons
    if (text.size() != text_length)
        return std::nullopt;
    MacAddress mac;
    for (std::size_t i = 0; i < mac.bytes.size(); ++i) {
        const char* group = text.data() + 3 * i;
        auto [end, error] = std::from_chars(group, group + 2, mac.bytes[i], 16);
        if (error != std::errc() || end != group + 2 || (i < 5 && group[2] != ':'))
            return std::nullopt;
    }
    return mac;
}

std::string show(const IpAddress& address) {
    char text[INET6_ADDRSTRLEN];
    inet_ntop(address.family == Family::ipv4 ? AF_INET : AF_INET6, address.bytes.data(), text, sizeof text);
    return text;
}

std::string show(const Prefix& prefix) {
    return fmt::format("{}/{}", show(prefix.address), prefix.length);
}

std::string show(const MacAddress& mac) {
    return fmt::format("{:02x}", fmt::join(mac.bytes, ":"));
}

std::string_view show(Family family) {
    return family == Family::ipv4 ? "IPv4" : "IPv6";
}

IpAddress operator+(const IpAddress& address, std::uint64_t offset) {
    IpAddress result = address;
    std::uint64_t carry = offset;
    for (std::size_t i = address.size(); i-- > 0 && carry > 0;) {
        carry += result.bytes[i];
        result.bytes[i] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
    return result;
}

IpAddress loopback(Family family) {
    IpAddress address{family, {}};
    if (family == Family::ipv4)
        address.bytes = {127, 0, 0, 1};
    else
        address.bytes[15] = 1;
    return address;
}

} // namespace netrig
