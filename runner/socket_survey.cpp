#include "runner/socket_survey.h"

#include "runner/netlink_attributes.h"
#include "runner/netlink_socket.h"

#include <arpa/inet.h>
#include <cstring>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

namespace netrig {

namespace {

NetlinkMessage dump_message(Transport transport, Family family) {
    NetlinkMessage message(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP);
    auto& request = message.extra<inet_diag_req_v2>();
    request.sdiag_family = family_number(family);
    request.sdiag_protocol = transport == Transport::tcp ? IPPROTO_TCP : IPPROTO_UDP;
    // A socket of UDP without a peer is "closed" to the kernel.
    request.idiag_states = 1U << (transport == Transport::tcp ? TCP_LISTEN : TCP_CLOSE);
    return message;
}

std::optional<FoundListener> read_listener(const nlmsghdr* header, Transport transport,
                                           const LinkNames& names) {
    const auto& info = *static_cast<const inet_diag_msg*>(mnl_nlmsg_get_payload(header));
    if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY || info.id.idiag_sport == 0)
        return std::nullopt;
    FoundListener found;
    found.transport = transport;
    found.address.family = info.idiag_family == AF_INET6 ? Family::ipv6 : Family::ipv4;
    std::memcpy(found.address.bytes.data(), info.id.idiag_src, found.address.size());
    found.port = ntohs(info.id.idiag_sport);
    if (info.id.idiag_if != 0)
        found.interface = name_in(names, static_cast<Ifindex>(info.id.idiag_if));
    const nlattr* only = find_attribute(header, sizeof info, INET_DIAG_SKV6ONLY);
    found.ipv6_only = only == nullptr || mnl_attr_get_u8(only) != 0;
    return found;
}

} // namespace

Result<std::vector<FoundListener>> survey_listeners(Transport transport, const LinkNames& names) {
    auto socket = NetlinkSocket::open_sock_diag();
    if (!socket)
        return failure(socket.error());
    std::vector<FoundListener> listeners;
    for (Family family : {Family::ipv4, Family::ipv6}) {
        NetlinkMessage message = dump_message(transport, family);
        Status asked = socket->ask(message, "read the sockets", [&](const nlmsghdr* header) {
            if (auto found = read_listener(header, transport, names))
                listeners.push_back(std::move(*found));
        });
        if (!asked)
            return failure(asked.error());
    }
    return listeners;
}

} // namespace netrig
