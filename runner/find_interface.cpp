#include "runner/find_interface.h"

#include "runner/link_messages.h"

namespace netrig {

Result<Ifindex> find_interface(NetlinkSocket& socket, const std::string& name, const std::string& doing) {
    Ifindex index = 0;
    NetlinkMessage message = get_link_message(name);
    Status asked = socket.ask(message, doing, [&](const nlmsghdr* header) {
        if (auto report = read_link(header))
            index = report->index;
    });
    return asked ? Result<Ifindex>(index) : failure(asked.error());
}

} // namespace netrig
