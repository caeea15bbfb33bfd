#include "core/lab.h"

#include <fmt/format.h>

namespace netrig {

std::string CommandOutput::text() const {
    if (dropped == 0)
        return head + tail;
    return fmt::format("{}\n... {} bytes left out ...\n{}", head, dropped, tail);
}

} // namespace netrig
