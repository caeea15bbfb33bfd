// The relay's own process: one loop over taps, link notifications, the engine's requests and a timer.
#pragma once

#include "runner/relay.h"

namespace netrig {

/// In each node with a relayed link: one that hears of links, one to ask by.
struct RelayWatch {
    NodeIndex node = 0;
    NetlinkSocket changes, questions;
};

/// Runs until `engine` is closed at its other end. Its exit status.
int run_relay(std::vector<RelayedLink> links, std::vector<RelayWatch> watches, Fd engine);

} // namespace netrig
