#include "runner/netlink_attributes.h"

#include <sys/socket.h>

namespace netrig {

unsigned char family_number(Family family) {
    return family == Family::ipv4 ? AF_INET : AF_INET6;
}

void put_address(nlmsghdr* header, std::uint16_t type, const IpAddress& address) {
    mnl_attr_put(header, type, address.size(), address.bytes.data());
}

} // namespace netrig
