#include "runner/namespace_identity.h"

#include "runner/pipe.h"

#include <array>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <utility>

#ifndef NS_GET_ID
#define NS_GET_ID _IOR(NSIO, 13, std::uint64_t) // from Linux 6.18 on
#endif

namespace netrig {

namespace {

std::uint64_t id_of(int fd) {
    std::uint64_t id = 0;
    return ioctl(fd, NS_GET_ID, &id) == 0 ? id : 0;
}

std::uint64_t cookie_of(int socket) {
    std::uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    return getsockopt(socket, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

std::uint64_t own_cookie() {
    return cookie_of(Fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)).get());
}

/// Of one that belongs to a user namespace of ours, that one first: only there is it ours to enter.
bool enter(int fd) {
    if (setns(fd, CLONE_NEWNET) == 0)
        return true;
    Fd owner(ioctl(fd, NS_GET_USERNS));
    return owner.valid() && setns(owner.get(), CLONE_NEWUSER) == 0 && setns(fd, CLONE_NEWNET) == 0;
}

/// There is no way back from another user namespace, so a process does it that ends with it.
std::uint64_t cookie_inside(int fd) {
    auto pipe = make_pipe("make a pipe");
    if (!pipe)
        return 0;
    auto& [told, tell] = *pipe;
    pid_t pid = fork();
    if (pid == 0) {
        std::uint64_t cookie = enter(fd) ? own_cookie() : 0;
        _exit(write(tell.get(), &cookie, sizeof cookie) == sizeof cookie ? 0 : 1);
    }
    tell.reset();
    std::uint64_t cookie = 0;
    if (pid < 0 || read(told.get(), &cookie, sizeof cookie) != sizeof cookie)
        cookie = 0;
    if (pid > 0)
        waitpid(pid, nullptr, 0);
    return cookie;
}

LabNamespace described(std::string whose, std::string kind, const Fd& fd, std::uint64_t cookie) {
    struct stat status {};
    fstat(fd.get(), &status);
    std::uint64_t id = id_of(fd.get());
    return {std::move(whose), std::move(kind), status.st_ino, id != 0 ? id : cookie};
}

} // namespace

std::uint64_t namespace_id(int fd, bool is_network) {
    std::uint64_t id = id_of(fd);
    return id == 0 && is_network ? cookie_inside(fd) : id;
}

std::vector<LabNamespace> own_namespaces() {
    std::vector<LabNamespace> found;
    for (const char* kind : lab_namespace_kinds) {
        Fd fd(open((std::string("/proc/thread-self/ns/") + kind).c_str(), O_RDONLY | O_CLOEXEC));
        if (fd.valid())
            found.push_back(described({}, kind, fd, std::string_view(kind) == "net" ? own_cookie() : 0));
    }
    return found;
}

std::vector<LabNamespace> namespaces_of(const NodeNamespaces& node) {
    return {described(node.name, "net", node.network, cookie_of(node.netlink.descriptor())),
            described(node.name, "mnt", node.mounts, 0), described(node.name, "uts", node.uts, 0)};
}

} // namespace netrig
