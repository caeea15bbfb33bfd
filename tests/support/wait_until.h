// Waits for a condition that nothing announces, with a deadline.
#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace netrig {

struct WaitOptions {
    std::chrono::seconds at_most{20};
    std::chrono::milliseconds longest_pause{20}; ///< pauses between two looks grow up to it
};

/// Whether it came true.
template <class Condition>
bool wait_until(Condition condition, const WaitOptions& options = {}) {
    auto deadline = std::chrono::steady_clock::now() + options.at_most;
    std::chrono::milliseconds pause(1);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, options.longest_pause);
    }
    return true;
}

} // namespace netrig
