#include "runner/attribute_words.h"

#include "core/address.h"
#include "runner/netlink_attributes.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <linux/rtnetlink.h>

namespace netrig {

namespace {

using Bytes = std::span<const std::uint8_t>;

Bytes bytes_of(const nlattr* attribute) {
    return {static_cast<const std::uint8_t*>(mnl_attr_get_payload(attribute)),
            mnl_attr_get_payload_len(attribute)};
}

std::string hexadecimal(Bytes bytes, std::string_view separator = "") {
    std::string text;
    for (std::uint8_t byte : bytes)
        text += fmt::format("{}{:02x}", text.empty() ? "" : separator, byte);
    return text;
}

bool is_all_ones(Bytes bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0xFF; });
}

std::string show_address(Bytes bytes) {
    IpAddress address{bytes.size() == 4 ? Family::ipv4 : Family::ipv6, {}};
    if (bytes.size() != address.size())
        return hexadecimal(bytes);
    std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
    return show(address);
}

std::string show_number(const nlattr* attribute) {
    Bytes bytes = bytes_of(attribute);
    std::uint64_t number = 0;
    auto as = [&](auto typed) {
        std::memcpy(&typed, bytes.data(), sizeof typed);
        number = typed;
    };
    switch (bytes.size()) {
    case 1:
        as(std::uint8_t{});
        break;
    case 2:
        as(std::uint16_t{});
        break;
    case 4:
        as(std::uint32_t{});
        break;
    case 8:
        as(std::uint64_t{});
        break;
    default:
        return hexadecimal(bytes);
    }
    return fmt::format("{}", number);
}

/// rtnetlink(7), RTA_MULTIPATH: one struct rtnexthop after the other, each with attributes behind it.
std::string show_nexthops(Bytes bytes, const LinkNames& names) {
    std::string text;
    while (bytes.size() >= sizeof(rtnexthop)) {
        rtnexthop hop{};
        std::memcpy(&hop, bytes.data(), sizeof hop);
        std::size_t size = std::clamp<std::size_t>(hop.rtnh_len, sizeof hop, bytes.size());
        text += fmt::format("{}dev {} weight {} {}", text.empty() ? "" : " and ",
                            name_in(names, hop.rtnh_ifindex), hop.rtnh_hops + 1,
                            hexadecimal(bytes.subspan(sizeof hop, size - sizeof hop)));
        bytes = bytes.subspan(std::min<std::size_t>(RTNH_ALIGN(size), bytes.size()));
    }
    return text;
}

} // namespace

std::string name_in(const LinkNames& names, Ifindex index) {
    auto found = names.find(index);
    return found == names.end() ? fmt::format("number {}", index) : found->second;
}

std::string show_attribute(const nlattr* attribute, AttributeForm form, const LinkNames& names) {
    switch (form) {
    case AttributeForm::number:
        return show_number(attribute);
    case AttributeForm::number_or_none:
        return is_all_ones(bytes_of(attribute)) ? "none" : show_number(attribute);
    case AttributeForm::text:
        return mnl_attr_get_str(attribute);
    case AttributeForm::address:
        return show_address(bytes_of(attribute));
    case AttributeForm::device:
        return name_in(names, static_cast<Ifindex>(mnl_attr_get_u32(attribute)));
    case AttributeForm::mac:
        return hexadecimal(bytes_of(attribute), ":");
    case AttributeForm::nexthops:
        return show_nexthops(bytes_of(attribute), names);
    case AttributeForm::hexadecimal:
    case AttributeForm::left_out:
        break;
    }
    return hexadecimal(bytes_of(attribute));
}

std::string words_of(const nlmsghdr* header, std::size_t offset, const Wording& wording,
                     const LinkNames& names) {
    std::string text;
    auto append = [&](std::string_view word, const std::string& value) {
        text += fmt::format("{}{} {}", text.empty() ? "" : " ", word, value);
    };
    for_each_attribute(header, offset, [&](const nlattr* attribute) {
        std::uint16_t type = mnl_attr_get_type(attribute);
        auto known = std::find_if(wording.words.begin(), wording.words.end(),
                                  [type](const AttributeWord& each) { return each.type == type; });
        if (known == wording.words.end() && wording.others == OtherAttributes::by_number)
            append(fmt::format("attribute {}", type), show_attribute(attribute, AttributeForm::hexadecimal));
        else if (known != wording.words.end() && known->form != AttributeForm::left_out)
            append(known->word, show_attribute(attribute, known->form, names));
    });
    return text;
}

const nlattr* find_attribute(const nlmsghdr* header, std::size_t offset, std::uint16_t type) {
    const nlattr* found = nullptr;
    for_each_attribute(header, offset, [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) == type)
            found = attribute;
    });
    return found;
}

} // namespace netrig
