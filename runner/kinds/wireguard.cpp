#include "runner/kinds/wireguard.h"

#include "runner/netlink_attributes.h"
#include "runner/netlink_socket.h"
#include "runner/socket_address.h"
#include "runner/system_error.h"

#include <algorithm>
#include <chrono>
#include <linux/genetlink.h>
#include <linux/wireguard.h>
#include <netinet/in.h>
#include <sys/random.h>

namespace netrig {

namespace {

constexpr std::size_t most_allowed = 64; // of a peer that one message holds

/// A socket and the number that the kernel gave the family of WireGuard.
struct Control {
    NetlinkSocket socket;
    std::uint16_t family = 0;

    [[nodiscard]] NetlinkMessage message(std::uint8_t command, std::uint16_t flags, Ifindex index) const {
        NetlinkMessage message(family, flags);
        auto& header = message.extra<genlmsghdr>();
        header.cmd = command;
        header.version = WG_GENL_VERSION;
        mnl_attr_put_u32(message.header(), WGDEVICE_A_IFINDEX, static_cast<std::uint32_t>(index));
        return message;
    }
};

Result<Control> open_control() {
    auto socket = NetlinkSocket::open_generic();
    if (!socket)
        return failure(socket.error());
    NetlinkMessage ask(GENL_ID_CTRL, 0);
    auto& header = ask.extra<genlmsghdr>();
    header.cmd = CTRL_CMD_GETFAMILY;
    header.version = 1;
    mnl_attr_put_strz(ask.header(), CTRL_ATTR_FAMILY_NAME, WG_GENL_NAME);
    std::uint16_t family = 0;
    Status asked = socket->ask(ask, "ask for WireGuard's netlink family", [&](const nlmsghdr* answer) {
        for_each_attribute(answer, sizeof(genlmsghdr), [&](const nlattr* attribute) {
            if (mnl_attr_get_type(attribute) == CTRL_ATTR_FAMILY_ID)
                family = mnl_attr_get_u16(attribute);
        });
    });
    if (!asked)
        return failure(asked.error());
    return Control{std::move(*socket), family};
}

void put_allowed(nlmsghdr* header, const std::vector<Prefix>& allowed) {
    nlattr* list = mnl_attr_nest_start(header, WGPEER_A_ALLOWEDIPS);
    for (const Prefix& prefix : allowed) {
        nlattr* one = mnl_attr_nest_start(header, 0);
        bool ipv4 = prefix.address.family == Family::ipv4;
        mnl_attr_put_u16(header, WGALLOWEDIP_A_FAMILY, ipv4 ? AF_INET : AF_INET6);
        mnl_attr_put(header, WGALLOWEDIP_A_IPADDR, prefix.address.size(), prefix.address.bytes.data());
        mnl_attr_put_u8(header, WGALLOWEDIP_A_CIDR_MASK, static_cast<std::uint8_t>(prefix.length));
        mnl_attr_nest_end(header, one);
    }
    mnl_attr_nest_end(header, list);
}

void put_peer(nlmsghdr* header, const WireguardPeerRequest& peer) {
    nlattr* one = mnl_attr_nest_start(header, 0);
    mnl_attr_put(header, WGPEER_A_PUBLIC_KEY, peer.key.size(), peer.key.data());
    if (peer.endpoint) {
        SocketAddress address(*peer.endpoint, peer.port);
        mnl_attr_put(header, WGPEER_A_ENDPOINT, address.size(), address.get());
    }
    if (peer.keepalive) {
        auto seconds = std::chrono::round<std::chrono::seconds>(*peer.keepalive).count();
        mnl_attr_put_u16(header, WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, static_cast<std::uint16_t>(seconds));
    }
    put_allowed(header, peer.allowed);
    mnl_attr_nest_end(header, one);
}

} // namespace

Status configure_wireguard(Ifindex index, const Wireguard& wireguard) {
    auto control = open_control();
    if (!control)
        return failure(control.error());
    WireguardKey key{};
    if (getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size()))
        return system_failure("make a key");
    NetlinkMessage set = control->message(WG_CMD_SET_DEVICE, 0, index);
    mnl_attr_put(set.header(), WGDEVICE_A_PRIVATE_KEY, key.size(), key.data());
    mnl_attr_put_u16(set.header(), WGDEVICE_A_LISTEN_PORT, wireguard.listen_port);
    if (wireguard.fwmark)
        mnl_attr_put_u32(set.header(), WGDEVICE_A_FWMARK, *wireguard.fwmark);
    return control->socket.request(set, "set its key");
}

Result<WireguardKey> wireguard_public_key(Ifindex index) {
    auto control = open_control();
    if (!control)
        return failure(control.error());
    WireguardKey key{};
    NetlinkMessage get = control->message(WG_CMD_GET_DEVICE, NLM_F_DUMP, index);
    Status asked = control->socket.ask(get, "ask for the peer's public key", [&](const nlmsghdr* answer) {
        for_each_attribute(answer, sizeof(genlmsghdr), [&](const nlattr* attribute) {
            if (mnl_attr_get_type(attribute) == WGDEVICE_A_PUBLIC_KEY &&
                mnl_attr_get_payload_len(attribute) == key.size())
                std::copy_n(static_cast<const std::uint8_t*>(mnl_attr_get_payload(attribute)), key.size(),
                            key.begin());
        });
    });
    if (!asked)
        return failure(asked.error());
    return key;
}

Status add_wireguard_peer(Ifindex index, const WireguardPeerRequest& peer) {
    auto control = open_control();
    if (!control)
        return failure(control.error());
    // What does not fit goes in further messages, which add to the peer.
    for (std::size_t at = 0; at == 0 || at < peer.allowed.size(); at += most_allowed) {
        WireguardPeerRequest part = peer;
        std::size_t end = std::min(at + most_allowed, peer.allowed.size());
        part.allowed.assign(peer.allowed.begin() + static_cast<std::ptrdiff_t>(at),
                            peer.allowed.begin() + static_cast<std::ptrdiff_t>(end));
        NetlinkMessage set = control->message(WG_CMD_SET_DEVICE, 0, index);
        nlattr* list = mnl_attr_nest_start(set.header(), WGDEVICE_A_PEERS);
        put_peer(set.header(), part);
        mnl_attr_nest_end(set.header(), list);
        if (Status done = control->socket.request(set, "add a peer"); !done)
            return done;
    }
    return {};
}

} // namespace netrig
