// errno as an Error, taken at once where the call failed.
#pragma once

#include "core/result.h"

#include <cerrno>

namespace netrig {

/// `doing` is an infinitive that fits after "cannot".
inline tl::unexpected<Error> system_failure(std::string doing) {
    return failure({std::move(doing), errno, {}, {}});
}

} // namespace netrig
