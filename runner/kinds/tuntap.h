// tun and tap interfaces, which are made through /dev/net/tun and kept without a program
// (Documentation/networking/tuntap.rst, linux/if_tun.h).
#pragma once

#include "core/result.h"
#include "core/topology.h"

namespace netrig {

/// In the calling thread's network namespace, down.
Status create_tuntap(const Interface& interface);

} // namespace netrig
