#include "tests/support/held_calls.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <seccomp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace netrig {

namespace {

using Request = std::unique_ptr<seccomp_notif, void (*)(seccomp_notif*)>;
using Response = std::unique_ptr<seccomp_notif_resp, void (*)(seccomp_notif_resp*)>;

/// Both are as large as the kernel wants them.
Request make_request() {
    seccomp_notif* made = nullptr;
    if (seccomp_notify_alloc(&made, nullptr) != 0)
        throw std::runtime_error("the kernel has no seccomp user notification");
    return {made, [](seccomp_notif* request) { seccomp_notify_free(request, nullptr); }};
}

Response make_response() {
    seccomp_notif_resp* made = nullptr;
    if (seccomp_notify_alloc(nullptr, &made) != 0)
        throw std::runtime_error("the kernel has no seccomp user notification");
    return {made, [](seccomp_notif_resp* response) { seccomp_notify_free(nullptr, response); }};
}

/// A message of one byte, with room for a descriptor beside it (cmsg(3)).
struct DescriptorMessage {
    DescriptorMessage() {
        message.msg_iov = &data;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
    }
    char byte = 'f';
    iovec data{&byte, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
};

/// By sendmmsg(2), which is never held: nobody could let it go yet.
void send_descriptor(const Fd& socket, int descriptor) {
    DescriptorMessage out;
    cmsghdr* header = CMSG_FIRSTHDR(&out.message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    mmsghdr one{out.message, 0};
    if (sendmmsg(socket.get(), &one, 1, 0) != 1)
        throw std::runtime_error("cannot hand over a descriptor");
}

Fd receive_descriptor(const Fd& socket) {
    DescriptorMessage in;
    if (recvmsg(socket.get(), &in.message, MSG_CMSG_CLOEXEC) != 1)
        return {};
    const cmsghdr* header = CMSG_FIRSTHDR(&in.message);
    if (header == nullptr || header->cmsg_type != SCM_RIGHTS)
        return {};
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    return Fd(descriptor);
}

} // namespace

HeldCalls::HeldCalls(std::vector<int> numbers) : numbers_(std::move(numbers)) {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw std::runtime_error("cannot make a pair of sockets");
    test_end_ = Fd(ends[0]);
    child_end_ = Fd(ends[1]);
}

void HeldCalls::hold_mine() const {
    std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(SCMP_ACT_ALLOW), seccomp_release);
    for (int number : numbers_)
        if (seccomp_rule_add(filter.get(), SCMP_ACT_NOTIFY, number, 0) < 0)
            throw std::runtime_error(fmt::format("cannot hold system call {}", number));
    if (int result = seccomp_load(filter.get()); result < 0)
        throw std::runtime_error(fmt::format("cannot load a seccomp filter: {}", strerror(-result)));
    send_descriptor(child_end_, seccomp_notify_fd(filter.get()));
}

bool HeldCalls::take_over() {
    child_end_.reset();
    listener_ = receive_descriptor(test_end_);
    return listener_.valid();
}

std::optional<HeldCall> HeldCalls::next() const {
    Request request = make_request();
    if (seccomp_notify_receive(listener_.get(), request.get()) != 0)
        return std::nullopt;
    HeldCall call{request->id, static_cast<pid_t>(request->pid), request->data.nr, {}};
    for (std::size_t i = 0; i < call.arguments.size(); ++i)
        call.arguments.at(i) = request->data.args[i];
    return call;
}

bool HeldCalls::let_go(const HeldCall& call) const {
    Response response = make_response();
    response->id = call.id;
    response->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    return seccomp_notify_respond(listener_.get(), response.get()) == 0;
}

bool HeldCalls::refuse(const HeldCall& call, int code) const {
    Response response = make_response();
    response->id = call.id;
    response->error = -code;
    return seccomp_notify_respond(listener_.get(), response.get()) == 0;
}

bool HeldCalls::is_held(const HeldCall& call) const {
    return seccomp_notify_id_valid(listener_.get(), call.id) == 0;
}

std::string bytes_at(const HeldCall& call, std::uint64_t address, std::size_t size) {
    Fd memory(open(fmt::format("/proc/{}/mem", call.pid).c_str(), O_RDONLY | O_CLOEXEC));
    std::string bytes(size, '\0');
    ssize_t got = pread(memory.get(), bytes.data(), bytes.size(), static_cast<off_t>(address));
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return bytes;
}

std::string text_at(const HeldCall& call, std::uint64_t address) {
    std::string text = bytes_at(call, address, 4096);
    text.resize(std::min(text.find('\0'), text.size()));
    return text;
}

int family_of_socket(const HeldCall& call, int descriptor) {
    Fd process(static_cast<int>(syscall(SYS_pidfd_open, call.pid, 0)));
    Fd copy(static_cast<int>(syscall(SYS_pidfd_getfd, process.get(), descriptor, 0)));
    int family = -1;
    socklen_t size = sizeof family;
    return getsockopt(copy.get(), SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 ? family : -1;
}

} // namespace netrig
