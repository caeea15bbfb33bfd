// Netlink attributes as words for people: "via 10.0.0.254 dev veth0 metric 100". What has no word is told by
// its number, so that nothing that differs goes unseen.
#pragma once

#include "core/op.h"

#include <cstdint>
#include <libmnl/libmnl.h>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace netrig {

enum class AttributeForm {
    number,
    number_or_none,
    text,
    address,
    device,
    mac,
    nexthops,
    hexadecimal,
    left_out
};

/// number_or_none: all ones stand for none.
struct AttributeWord {
    std::uint16_t type;
    std::string_view word;
    AttributeForm form;
};

/// What becomes of attributes that have no word.
enum class OtherAttributes { left_out, by_number };

struct Wording {
    std::span<const AttributeWord> words;
    OtherAttributes others;
};

using LinkNames = std::map<Ifindex, std::string>;

/// The link's name, or "number 7".
std::string name_in(const LinkNames& names, Ifindex index);

/// Of what follows `offset` bytes of the message's payload, in the kernel's order.
std::string words_of(const nlmsghdr* header, std::size_t offset, const Wording& wording,
                     const LinkNames& names = {});

std::string show_attribute(const nlattr* attribute, AttributeForm form, const LinkNames& names = {});

/// nullptr when there is none of that type.
const nlattr* find_attribute(const nlmsghdr* header, std::size_t offset, std::uint16_t type);

} // namespace netrig
