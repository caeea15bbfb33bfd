// Walks netlink attributes from C++, where libmnl's loop macros do not compile: its parse functions, given a
// visitor. Puts addresses into messages, reads a family's own header, and asks for all of a kind.
#pragma once

#include "core/address.h"
#include "runner/netlink_socket.h"

#include <libmnl/libmnl.h>

namespace netrig {

template <class Visit>
int visit_attribute(const nlattr* attribute, void* visitor) {
    (*static_cast<Visit*>(visitor))(attribute);
    return MNL_CB_OK;
}

/// Calls `visit(const nlattr*)` for each attribute behind `offset` bytes of the message's payload.
template <class Visit>
void for_each_attribute(const nlmsghdr* header, std::size_t offset, Visit visit) {
    mnl_attr_parse(header, static_cast<unsigned>(offset), visit_attribute<Visit>, &visit);
}

template <class Visit>
void for_each_nested(const nlattr* nest, Visit visit) {
    mnl_attr_parse_nested(nest, visit_attribute<Visit>, &visit);
}

/// The header that the message's family begins with (struct ifinfomsg, ...).
template <class T>
const T& family_header(const nlmsghdr* header) {
    return *static_cast<const T*>(mnl_nlmsg_get_payload(header));
}

template <class Header>
NetlinkMessage dump_message(std::uint16_t type) {
    NetlinkMessage message(type, NLM_F_DUMP);
    message.extra<Header>();
    return message;
}

/// AF_INET or AF_INET6
unsigned char family_number(Family family);

void put_address(nlmsghdr* header, std::uint16_t type, const IpAddress& address);

} // namespace netrig
