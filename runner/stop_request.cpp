#include "runner/stop_request.h"

#include "runner/system_error.h"

#include <csignal>
#include <poll.h>
#include <sys/signalfd.h>

namespace netrig {

Result<StopRequest> StopRequest::by_signal() {
    sigset_t terminate;
    sigemptyset(&terminate);
    sigaddset(&terminate, SIGTERM);
    sigprocmask(SIG_BLOCK, &terminate, nullptr);
    StopRequest request;
    request.fd_ = Fd(signalfd(-1, &terminate, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!request.fd_.valid())
        return system_failure("watch for the lab's end");
    return request;
}

bool StopRequest::made() const {
    pollfd wait{fd_.get(), POLLIN, 0};
    return fd_.valid() && poll(&wait, 1, 0) == 1;
}

Error told_to_end() {
    return {"go on, since the lab was told to end", ECANCELED, {}, {}};
}

} // namespace netrig
