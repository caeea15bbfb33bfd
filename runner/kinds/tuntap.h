// tun and tap interfaces, which are made through /dev/net/tun and kept without a program
// (Documentation/networking/tuntap.rst, linux/if_tun.h).
#pragma once

#include "core/result.h"
#include "core/topology.h"
#include "runner/fd.h"

#include <string>

namespace netrig {

/// In the calling thread's network namespace, down.
Status create_tuntap(const Interface& interface);

/// The same for a tap that is there as long as its descriptor, which does not block and from which frames are
/// read and to which they are written, one at a time. It has no carrier yet. An empty name: the kernel
/// chooses.
Result<Fd> create_held_tap(const std::string& name, Ifindex index);

/// Of a held tap, from any namespace.
Status set_carrier(const Fd& tap, bool on);

} // namespace netrig
