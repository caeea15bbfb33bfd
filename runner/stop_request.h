// A lab is told to end in order by SIGTERM to its engine. Whoever waits for something in the lab watches this
// as well and then stops waiting; programs are ended by SIGTERM, a grace and SIGKILL (group_end.h).
#pragma once

#include "core/result.h"
#include "runner/fd.h"

namespace netrig {

class StopRequest {
public:
    StopRequest() = default; ///< one that never comes

    /// From now on SIGTERM to this process is the request. One that came while it was blocked counts.
    static Result<StopRequest> by_signal();

    /// Readable once the lab has been told to end, and for ever after; nobody reads from it. -1: never comes.
    [[nodiscard]] int descriptor() const { return fd_.get(); }
    [[nodiscard]] bool made() const;

private:
    Fd fd_;
};

/// What a wait that was given up for it comes to.
Error told_to_end();

} // namespace netrig
