// The counters in a network namespace's nftables, as nft(8) lists them in JSON (libnftables-json(5)).
#pragma once

#include "core/node_state.h"

#include <string>
#include <vector>

namespace netrig {

/// Named counters first. Rules with one comment in one table count as one.
Result<std::vector<FoundNftCounter>> read_nft_counters(const std::string& json);

} // namespace netrig
