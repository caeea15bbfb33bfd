// A machine of the test's own to stand for the host: a process that is PID 1 of namespaces in which nothing
// else runs, so that what netrig changes or leaves behind on a host can be seen, whatever else runs here. Its
// folders for temporary files are its own, with only the tests' folders, netrig's source and binary in them.
#pragma once

#include "core/result.h"
#include "runner/fd.h"

#include <sys/types.h>

namespace netrig {

struct MachineOptions {
    bool own_users = false;      ///< a user namespace of its own, also when the test runs as root
    uid_t test_is = 0;           ///< whom the test's own user is in that user namespace
    const char* limit = nullptr; ///< a file of /proc/sys/user and what is written to it,
    const char* limit_to = "0";  ///< in that user namespace
};

class Machine {
public:
    /// An ordinary user gets one by a user namespace. An Error where namespaces are refused.
    static Result<Machine> make(const MachineOptions& options = {});

    Machine(Machine&& other) noexcept;
    Machine& operator=(Machine&&) = delete;
    ~Machine(); ///< ends all that runs in it

    /// The calling process goes into it, and its children into the PID namespace. Throws.
    void enter() const;

private:
    Machine() = default;

    pid_t init_ = -1;
    Fd handle_; ///< pidfd
    unsigned long namespaces_ = 0;
};

} // namespace netrig
