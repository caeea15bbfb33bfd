// The wall clock as events carry it.
#pragma once

#include <chrono>
#include <cstdint>

namespace netrig {

inline std::int64_t microseconds_since_epoch() {
    auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

} // namespace netrig
