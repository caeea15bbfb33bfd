// Chosen system calls of a child and of all that it starts, held up until the test lets each go on or answers
// it with an error: seccomp user notification (seccomp_unotify(2)). Works for an ordinary user too, since the
// child gives up setuid programs (no_new_privs). The test may follow, but not trace, the processes: it must
// be their ancestor.
#pragma once

#include "runner/fd.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace netrig {

struct HeldCall {
    std::uint64_t id = 0;
    pid_t pid = -1; ///< of the caller, as the test's PID namespace has it
    int number = 0; ///< SYS_openat and the like, of this architecture
    std::array<std::uint64_t, 6> arguments{};
};

class HeldCalls {
public:
    /// Numbers of system calls; SYS_sendmmsg may not be among them. Throws, as all here does when the test is
    /// at fault.
    explicit HeldCalls(std::vector<int> numbers);

    /// In the child, as the last thing before it executes netrig.
    void hold_mine() const;

    /// In the test, once the child runs: false when the child could not be held.
    [[nodiscard]] bool take_over();

    /// POLLIN: a call is held; POLLHUP: nobody is left who could make one.
    [[nodiscard]] const Fd& descriptor() const { return listener_; }

    /// Nothing when the caller was killed meanwhile.
    [[nodiscard]] std::optional<HeldCall> next() const;

    /// Whether the answer reached the caller, who may have been killed.
    bool let_go(const HeldCall& call) const; // NOLINT(modernize-use-nodiscard)
    [[nodiscard]] bool refuse(const HeldCall& call, int code) const;

    /// Whether what was read of the caller was indeed the caller's, and not another's of the same number.
    [[nodiscard]] bool is_held(const HeldCall& call) const;

private:
    std::vector<int> numbers_;
    Fd test_end_, child_end_, listener_;
};

/// Bytes in the caller's memory, as many as can be read of so many.
std::string bytes_at(const HeldCall& call, std::uint64_t address, std::size_t size);

/// A string in the caller's memory without its zero.
std::string text_at(const HeldCall& call, std::uint64_t address);

/// The address family (AF_NETLINK and the like) of one of the caller's sockets, -1 for what is none.
int family_of_socket(const HeldCall& call, int descriptor);

} // namespace netrig
