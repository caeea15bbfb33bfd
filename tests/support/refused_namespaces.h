// Takes rights away from the calling process for good, as machines do on which netrig must work all the same
// or say why not. For a child that is about to run netrig; nothing of the host is touched.
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/syscall.h>

namespace netrig {

/// No new namespaces, as a container's seccomp profile has it: clone(2) and unshare(2) are refused,
/// clone3(2), whose flags a filter can't see, with `clone3_code`. Docker's profile answers ENOSYS there.
inline void refuse_namespaces(int clone3_code) {
    constexpr unsigned kinds =
        CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS;
    constexpr unsigned number = offsetof(seccomp_data, nr), first_argument = offsetof(seccomp_data, args);
    constexpr auto load = BPF_LD | BPF_W | BPF_ABS, equal = BPF_JMP | BPF_JEQ | BPF_K, give = BPF_RET | BPF_K;
    std::array<sock_filter, 10> filter{{
        BPF_STMT(load, number),
        BPF_JUMP(equal, SYS_clone3, 6, 0),
        BPF_JUMP(equal, SYS_unshare, 1, 0),
        BPF_JUMP(equal, SYS_clone, 0, 2),
        BPF_STMT(load, first_argument),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kinds, 1, 0),
        BPF_STMT(give, SECCOMP_RET_ALLOW),
        BPF_STMT(give, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(give, SECCOMP_RET_ERRNO | static_cast<unsigned>(clone3_code)),
        BPF_STMT(give, SECCOMP_RET_ALLOW),
    }};
    sock_fprog program{filter.size(), filter.data()};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        throw std::runtime_error("cannot set a seccomp filter");
}

/// As a kernel before 6.18, which tells namespaces apart by other means, and some not at all.
inline void hide_namespace_ids() {
    constexpr std::uint32_t get_id = 0x8008b70d; // NS_GET_ID
    constexpr unsigned number = offsetof(seccomp_data, nr), request = offsetof(seccomp_data, args[1]);
    std::array<sock_filter, 6> filter{{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, request),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, get_id, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTTY),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    }};
    sock_fprog program{filter.size(), filter.data()};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        throw std::runtime_error("cannot set a seccomp filter");
}

/// What a container's root lacks by default.
inline void drop_admin_rights() {
    for (int capability : {CAP_SYS_ADMIN, CAP_NET_ADMIN})
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
            throw std::runtime_error("cannot drop a capability");
}

} // namespace netrig
