#include "core/kernel_emulation.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

std::uint64_t netem_rate(const Impairment& impairment) {
    constexpr std::uint64_t takes_no_time = 1'000'000'000'000;
    if (impairment.rate > 0)
        return std::max<std::uint64_t>(impairment.rate / 8, 1);
    return impairment.jitter.count() > 0 ? takes_no_time : 0;
}

std::uint32_t tbf_burst(const Impairment& impairment, unsigned mtu) {
    constexpr unsigned ethernet = 14 + 4; // with a VLAN tag
    std::uint64_t rate = std::max<std::uint64_t>(impairment.rate / 8, 1);
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(std::max<std::uint64_t>(mtu + ethernet, rate / 1000), UINT32_MAX));
}

std::string loss_rule(const Impairment& impairment) {
    constexpr double all = 1'000'000'000;
    if (impairment.loss >= 1)
        return {};
    return fmt::format("numgen random mod {:.0f} < {:.0f}", all, std::max(impairment.loss * all, 1.0));
}

} // namespace netrig
