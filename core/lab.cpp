#include "core/lab.h"

#include "core/quantity.h"

#include <cstring>
#include <fmt/format.h>

namespace netrig {

std::string CommandOutput::text() const {
    if (dropped == 0)
        return head + tail;
    return fmt::format("{}\n... {} bytes left out ...\n{}", head, dropped, tail);
}

/// " (TERM)"; nothing for real-time signals, which have no names.
static std::string signal_words(int signal) {
    const char* name = sigabbrev_np(signal);
    return name == nullptr ? "" : fmt::format(" ({})", name);
}

std::string how_it_ended(const CommandAnswer& answer) {
    if (answer.stopped)
        return "still running when the lab was ended";
    if (answer.timed_out)
        return fmt::format("still running after {}, ended", show(answer.took));
    if (!answer.status)
        return fmt::format("ended by signal {}{}", answer.signal, signal_words(answer.signal));
    return fmt::format("exit status {}", *answer.status);
}

} // namespace netrig
