#include "runner/kinds/tuntap.h"

#include "runner/fd.h"
#include "runner/system_error.h"

#include <cstring>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>

namespace netrig {

Status create_tuntap(const Interface& interface) {
    constexpr const char* device = "/dev/net/tun";
    Fd file(open(device, O_RDWR | O_CLOEXEC));
    if (!file.valid())
        return system_failure(std::string("open ") + device);
    auto index = static_cast<unsigned>(interface.index);
    if (ioctl(file.get(), TUNSETIFINDEX, &index) != 0)
        return system_failure("choose its index");
    ifreq request{};
    request.ifr_flags = static_cast<short>((is<Tap>(interface) ? IFF_TAP : IFF_TUN) | IFF_NO_PI);
    std::strncpy(request.ifr_name, interface.name.c_str(), IFNAMSIZ - 1);
    if (ioctl(file.get(), TUNSETIFF, &request) != 0)
        return system_failure("make it");
    if (ioctl(file.get(), TUNSETPERSIST, 1) != 0)
        return system_failure("keep it");
    return {};
}

} // namespace netrig
