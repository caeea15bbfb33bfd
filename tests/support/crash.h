// Makes another process crash as by a mistake of its own: its next instruction is at address 0. A signal sent
// to it is not the same, least of all to the first process of a PID namespace, which does not take it.
#pragma once

#include <cerrno>
#include <elf.h>
#include <stdexcept>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <system_error>

namespace netrig {

#if defined(__x86_64__)
inline constexpr bool can_crash = true;
inline void point_nowhere(user_regs_struct& registers) {
    registers.rip = 0;
    registers.orig_rax = ~0ULL; // no system call to be begun again
}
#elif defined(__aarch64__)
inline constexpr bool can_crash = true;
inline void point_nowhere(user_regs_struct& registers) {
    registers.pc = 0;
}
#else
inline constexpr bool can_crash = false;
inline void point_nowhere(user_regs_struct&) {}
#endif

inline void crash(pid_t pid) {
    auto must = [](bool done, const char* doing) {
        if (!done)
            throw std::system_error(errno, std::generic_category(), doing);
    };
    user_regs_struct registers{};
    iovec all{&registers, sizeof registers};
    must(ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) == 0, "trace a process");
    must(ptrace(PTRACE_INTERRUPT, pid, nullptr, nullptr) == 0, "stop a process");
    int status = 0;
    must(waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status), "wait for a process to stop");
    must(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all) == 0, "read its registers");
    point_nowhere(registers);
    must(ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all) == 0, "set its registers");
    must(ptrace(PTRACE_DETACH, pid, nullptr, nullptr) == 0, "let it go on");
}

} // namespace netrig
