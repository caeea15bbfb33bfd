#include "runner/netlink_socket.h"

#include "runner/netlink_attributes.h"
#include "runner/system_error.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <vector>

namespace netrig {

namespace {

/// The kernel's words behind an acknowledgement (NLMSGERR_ATTR_MSG), if it had any.
std::string extended_words(const nlmsghdr* header) {
    if ((header->nlmsg_flags & NLM_F_ACK_TLVS) == 0)
        return {};
    const auto* error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(header));
    std::size_t offset = sizeof(nlmsgerr);
    if ((header->nlmsg_flags & NLM_F_CAPPED) == 0)
        offset += error->msg.nlmsg_len - sizeof(nlmsghdr);
    std::string words;
    for_each_attribute(header, offset, [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG)
            words = mnl_attr_get_str(attribute);
    });
    return words;
}

enum class Ended { more, yes };

/// What one datagram says: hands messages on, and tells whether the answer is complete.
Result<Ended> read_answer(std::span<const char> data, std::uint32_t sequence, const std::string& doing,
                          const std::function<void(const nlmsghdr*)>& visit) {
    int left = static_cast<int>(data.size());
    for (const auto* header = reinterpret_cast<const nlmsghdr*>(data.data()); mnl_nlmsg_ok(header, left);
         header = mnl_nlmsg_next(header, &left)) {
        if (header->nlmsg_seq != sequence)
            continue;
        if (header->nlmsg_type == NLMSG_DONE)
            return Ended::yes;
        if (header->nlmsg_type == NLMSG_ERROR) {
            const auto* error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(header));
            if (error->error != 0)
                return failure({doing, -error->error, extended_words(header), {}});
            return Ended::yes;
        }
        if (visit)
            visit(header);
    }
    return Ended::more;
}

} // namespace

NetlinkMessage::NetlinkMessage(std::uint16_t type, std::uint16_t flags) {
    nlmsghdr* header = mnl_nlmsg_put_header(buffer_.data());
    header->nlmsg_type = type;
    header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
}

Result<NetlinkSocket> NetlinkSocket::open_bus(int bus) {
    NetlinkSocket result;
    result.socket_.reset(mnl_socket_open2(bus, SOCK_CLOEXEC));
    if (!result.socket_)
        return system_failure("open a netlink socket");
    if (mnl_socket_bind(result.socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0)
        return system_failure("bind a netlink socket");
    int on = 1;
    // Older kernels lack these; errors are then without the kernel's words, which is no reason to stop.
    mnl_socket_setsockopt(result.socket_.get(), NETLINK_EXT_ACK, &on, sizeof on);
    mnl_socket_setsockopt(result.socket_.get(), NETLINK_CAP_ACK, &on, sizeof on);
    return result;
}

Result<NetlinkSocket> NetlinkSocket::open_generic() {
    return open_bus(NETLINK_GENERIC);
}

Result<NetlinkSocket> NetlinkSocket::open_netfilter() {
    return open_bus(NETLINK_NETFILTER);
}

Result<NetlinkSocket> NetlinkSocket::open_sock_diag() {
    return open_bus(NETLINK_SOCK_DIAG);
}

Result<NetlinkSocket> NetlinkSocket::open(std::span<const unsigned> groups) {
    auto result = open_bus(NETLINK_ROUTE);
    for (unsigned group : result ? groups : std::span<const unsigned>())
        if (mnl_socket_setsockopt(result->socket_.get(), NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0)
            return system_failure("subscribe to netlink notifications");
    return result;
}

Status NetlinkSocket::send(NetlinkMessage& message, const std::string& doing) {
    message.header()->nlmsg_seq = ++sequence_;
    if (mnl_socket_sendto(socket_.get(), message.header(), message.header()->nlmsg_len) < 0)
        return system_failure(doing);
    return {};
}

Status NetlinkSocket::request(NetlinkMessage& message, const std::string& doing) {
    return ask(message, doing, {});
}

Status NetlinkSocket::ask(NetlinkMessage& message, const std::string& doing,
                          const std::function<void(const nlmsghdr*)>& visit) {
    if ((message.header()->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP) // NLM_F_EXCL shares a bit with it
        message.header()->nlmsg_flags |= NLM_F_ACK; // so that one answer's end is known as a dump's is
    if (Status sent = send(message, doing); !sent)
        return sent;
    std::vector<char> buffer(visit ? 32768 : 4096);
    for (;;) {
        ssize_t size = mnl_socket_recvfrom(socket_.get(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return system_failure(doing);
        auto ended = read_answer({buffer.data(), static_cast<std::size_t>(size)}, sequence_, doing, visit);
        if (!ended)
            return failure(ended.error());
        if (*ended == Ended::yes)
            return {};
    }
}

void NetlinkBatch::add(NetlinkMessage message) {
    const char* begin = reinterpret_cast<const char*>(message.header());
    offsets_.push_back(bytes_.size());
    bytes_.insert(bytes_.end(), begin, begin + message.header()->nlmsg_len);
    bytes_.resize(NLMSG_ALIGN(bytes_.size()));
}

std::optional<NetlinkSocket::Refused> NetlinkSocket::request_all(NetlinkBatch& batch) {
    if (batch.size() == 0)
        return std::nullopt;
    std::uint32_t first = sequence_ + 1;
    for (std::size_t i = 0; i < batch.size(); ++i)
        batch.at(i)->nlmsg_seq = ++sequence_;
    batch.at(batch.size() - 1)->nlmsg_flags |= NLM_F_ACK;
    if (mnl_socket_sendto(socket_.get(), batch.bytes_.data(), batch.bytes_.size()) < 0)
        return Refused{0, system_failure("send a batch").value()};
    std::optional<Refused> refused;
    std::array<char, 4096> buffer;
    for (;;) {
        ssize_t size = mnl_socket_recvfrom(socket_.get(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return Refused{0, system_failure("wait for a batch").value()};
        // Refusals come as they arise, each in a datagram of its own, and then the last one's answer.
        std::span<const char> data(buffer.data(), static_cast<std::size_t>(size));
        std::uint32_t sequence = reinterpret_cast<const nlmsghdr*>(data.data())->nlmsg_seq;
        if (sequence < first || sequence > sequence_)
            continue;
        auto ended = read_answer(data, sequence, {}, {});
        if (!ended && !refused)
            refused = Refused{sequence - first, ended.error()};
        if (sequence == sequence_)
            return refused;
    }
}

void NetlinkSocket::drain(const std::function<void(const nlmsghdr*)>& visit) {
    std::array<char, 32768> buffer;
    for (;;) {
        ssize_t size = recv(descriptor(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size < 0 && errno == ENOBUFS)
            continue;
        if (size <= 0)
            return;
        int left = static_cast<int>(size);
        for (const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data());
             visit && mnl_nlmsg_ok(header, left); header = mnl_nlmsg_next(header, &left))
            visit(header);
    }
}

} // namespace netrig
