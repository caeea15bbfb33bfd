// Whether the kernel killed somebody for want of memory: what ends by SIGKILL unasked may have been it.
#pragma once

#include <cstdint>

namespace netrig {

class OomKills {
public:
    OomKills();

    /// Since it was made, or since this was last asked. The counter is the whole machine's (`oom_kill` of
    /// /proc/vmstat, which counts those of memory cgroups too), so it is a hint and no proof. False where
    /// there is no such counter.
    bool more();

private:
    std::uint64_t seen_ = 0;
};

inline constexpr const char* oom_words =
    "the kernel killed a process for want of memory meanwhile (dmesg says which)";

} // namespace netrig
