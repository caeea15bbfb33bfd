#include "runner/probe.h"
#include "runner/system_error.h"

#include <array>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace netrig {

namespace {

Status mount_at(const char* kind, const char* where, const char* options) {
    if (mount("probe", where, kind, MS_NOSUID | MS_NODEV, options) != 0)
        return system_failure(fmt::format("mount {} at {}", kind, where));
    return {};
}

/// The mounts are the lab's own, as nodes' are, so /tmp may be covered.
Probed ask_overlayfs() {
    if (Status covered = mount_at("tmpfs", "/tmp", "mode=0755"); !covered)
        return could_not_ask(covered.error());
    for (const char* folder : {"/tmp/lower", "/tmp/upper", "/tmp/work", "/tmp/merged"})
        if (mkdir(folder, 0755) != 0)
            return could_not_ask({"make a folder", errno, {}, {}});
    return probed(
        mount_at("overlay", "/tmp/merged", "lowerdir=/tmp/lower,upperdir=/tmp/upper,workdir=/tmp/work"));
}

Probed ask_landlock() {
    long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 0)
        return probed(system_failure("ask"));
    return {Answer::yes, fmt::format("ABI {}", version)};
}

/// Asks for the action that filters need; no filter is installed.
Probed ask_seccomp() {
    std::uint32_t action = SECCOMP_RET_ERRNO;
    Status known;
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) != 0)
        known = system_failure("ask");
    return probed(known);
}

/// What a node is made of (runner/node_namespaces).
Probed ask_namespaces() {
    if (unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS) != 0)
        return {Answer::no, describe({"make a node's namespaces", errno, {}, {}})};
    if (Status done = mount_at("sysfs", "/sys", nullptr); !done)
        return {Answer::no, describe(done.error())};
    if (Status done = mount_at("tmpfs", "/run", "mode=0755"); !done)
        return {Answer::no, describe(done.error())};
    return {};
}

constexpr auto table = std::to_array<Probe>({
    {"kernel:overlayfs", ask_overlayfs},
    {"kernel:landlock", ask_landlock},
    {"kernel:seccomp", ask_seccomp},
});

constexpr auto namespaces_table = std::to_array<Probe>({
    {"right:namespaces", ask_namespaces},
});

} // namespace

std::span<const Probe> sandbox_probes() {
    return table;
}

std::span<const Probe> namespace_probes() {
    return namespaces_table;
}

} // namespace netrig
