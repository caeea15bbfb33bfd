// The sockets of a network namespace that take what comes from anybody (sock_diag(7), linux/inet_diag.h).
#pragma once

#include "core/node_state.h"
#include "runner/attribute_words.h"

#include <vector>

namespace netrig {

/// In the calling thread's network namespace, IPv4 and IPv6. `names`: of its interfaces.
Result<std::vector<FoundListener>> survey_listeners(Transport transport, const LinkNames& names);

} // namespace netrig
