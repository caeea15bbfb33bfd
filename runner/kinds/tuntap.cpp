#include "runner/kinds/tuntap.h"

#include "runner/fd.h"
#include "runner/system_error.h"

#include <cstring>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>

namespace netrig {

/// `kind`: IFF_TAP or IFF_TUN.
static Result<Fd> attach(const std::string& name, Ifindex index, int kind) {
    constexpr const char* device = "/dev/net/tun";
    Fd file(open(device, O_RDWR | O_CLOEXEC | O_NONBLOCK));
    if (!file.valid())
        return system_failure(std::string("open ") + device);
    auto number = static_cast<unsigned>(index);
    if (ioctl(file.get(), TUNSETIFINDEX, &number) != 0)
        return system_failure("choose its index");
    ifreq request{};
    request.ifr_flags = static_cast<short>(kind | IFF_NO_PI);
    std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
    if (ioctl(file.get(), TUNSETIFF, &request) != 0)
        return system_failure("make it");
    return file;
}

Status create_tuntap(const Interface& interface) {
    auto file = attach(interface.name, interface.index, is<Tap>(interface) ? IFF_TAP : IFF_TUN);
    if (!file)
        return failure(file.error());
    if (ioctl(file->get(), TUNSETPERSIST, 1) != 0)
        return system_failure("keep it");
    return {};
}

Result<Fd> create_held_tap(const std::string& name, Ifindex index) {
    // By the name that the kernel would give a veth pair's end.
    auto file = attach(name.empty() ? "veth%d" : name, index, IFF_TAP);
    if (!file)
        return failure(file.error());
    if (Status done = set_carrier(*file, false); !done)
        return failure(done.error());
    return file;
}

Status set_carrier(const Fd& tap, bool on) {
    int wanted = on ? 1 : 0;
    if (ioctl(tap.get(), TUNSETCARRIER, &wanted) != 0)
        return system_failure("set the carrier of a tap");
    return {};
}

} // namespace netrig
