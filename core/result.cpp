#include "core/result.h"

#include <cstring>
#include <fmt/format.h>

namespace netrig {

std::string describe(const Error& error) {
    std::string text = "cannot " + error.doing;
    if (error.code != 0) {
        const char* name = strerrorname_np(error.code);
        const char* words = strerrordesc_np(error.code);
        text += fmt::format(": {} ({})", words != nullptr ? words : "unknown error",
                            name != nullptr ? name : std::to_string(error.code));
    }
    if (!error.kernel.empty())
        text += ": " + error.kernel;
    return text;
}

} // namespace netrig
