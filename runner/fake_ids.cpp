#include "runner/fake_ids.h"

#include "runner/fd.h"
#include "runner/system_error.h"

#include <array>
#include <linux/seccomp.h>
#include <memory>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <utility>

namespace netrig {

namespace {

constexpr std::array calls{SCMP_SYS(setgroups), SCMP_SYS(setuid),    SCMP_SYS(setgid),    SCMP_SYS(setreuid),
                           SCMP_SYS(setregid),  SCMP_SYS(setresuid), SCMP_SYS(setresgid), SCMP_SYS(setfsuid),
                           SCMP_SYS(setfsgid),  SCMP_SYS(chown),     SCMP_SYS(lchown),    SCMP_SYS(fchown),
                           SCMP_SYS(fchownat),  SCMP_SYS(capset)};

tl::unexpected<Error> refused(int negative_code) {
    return failure({"make the filter that answers id changes", -negative_code, {}, {}});
}

/// As the kernel takes it; libseccomp hands it out by a descriptor only.
Result<CallFilter> export_filter(scmp_filter_ctx context) {
    Fd file(memfd_create("filter", MFD_CLOEXEC));
    if (!file.valid())
        return system_failure("make a file in memory");
    if (int result = seccomp_export_bpf(context, file.get()); result < 0)
        return refused(result);
    off_t size = lseek(file.get(), 0, SEEK_END);
    CallFilter filter(static_cast<std::size_t>(size) / sizeof(sock_filter));
    if (pread(file.get(), filter.data(), filter.size() * sizeof(sock_filter), 0) != size)
        return system_failure("read the filter that answers id changes");
    return filter;
}

} // namespace

Result<CallFilter> make_fake_ids() {
    std::unique_ptr<void, decltype(&seccomp_release)> context(seccomp_init(SCMP_ACT_ALLOW), seccomp_release);
    if (!context)
        return refused(-ENOMEM);
    // The system's errors as they are; and programs for another architecture, as 32-bit ones, are better
    // without the filter than ended by it.
    for (auto [attribute, value] :
         {std::pair(SCMP_FLTATR_API_SYSRAWRC, 1U), {SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW}})
        if (int result = seccomp_attr_set(context.get(), attribute, value); result < 0)
            return refused(result);
    for (int call : calls)
        if (int result = seccomp_rule_add(context.get(), SCMP_ACT_ERRNO(0), call, 0); result < 0)
            return refused(result);
    return export_filter(context.get());
}

bool set_filter(const CallFilter& filter) {
    // It is only read; the kernel's structure has no const.
    sock_fprog program{static_cast<unsigned short>(filter.size()), const_cast<sock_filter*>(filter.data())};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

} // namespace netrig
