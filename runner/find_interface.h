// Asks the kernel which index an interface has, by its name: what it has named itself, or what may be gone.
#pragma once

#include "core/op.h"
#include "runner/netlink_socket.h"

namespace netrig {

/// In the socket's network namespace. ENODEV where there is none; `doing` names the work in the Error.
Result<Ifindex> find_interface(NetlinkSocket& socket, const std::string& name, const std::string& doing);

} // namespace netrig
