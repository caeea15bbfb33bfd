// pipe2(2) with two owners.
#pragma once

#include "core/result.h"
#include "runner/fd.h"
#include "runner/system_error.h"

#include <array>
#include <fcntl.h>
#include <string>

namespace netrig {

struct Pipe {
    Fd read, write;
};

/// `doing` names the work in the Error.
inline Result<Pipe> make_pipe(std::string doing) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        return system_failure(std::move(doing));
    return Pipe{Fd(ends[0]), Fd(ends[1])};
}

} // namespace netrig
