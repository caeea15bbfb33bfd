// What the engine and the relay say to each other: one message each way, over a socket that keeps messages
// apart. Both are the same program, so numbers go as they are in memory.
#pragma once

#include "core/wire.h"

#include <optional>
#include <string>
#include <string_view>

namespace netrig {

struct RelayRequest {
    enum class Kind : std::uint32_t {
        impair, ///< replaces what the wire does to frames
        cut,
        heal,
        unplug, ///< the wire's link has no carrier, whatever its ends' states
        plug,
        settle, ///< answered when every carrier is as the ends' own states want it by now
        count,  ///< answered with the counts of all wires
    };
    Kind kind = Kind::settle;
    std::uint32_t wire = 0; ///< twice the link's number, and one more for what its second end sends
    Impairment impairment{};
};

std::string encode(const RelayRequest& request);
std::optional<RelayRequest> decode_request(std::string_view message);

std::string encode(const std::vector<WireCounts>& counts);
std::vector<WireCounts> decode_counts(std::string_view message);

} // namespace netrig
