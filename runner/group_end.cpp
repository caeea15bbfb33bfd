#include "runner/group_end.h"

#include <cerrno>
#include <csignal>

namespace netrig {

using boost::system::error_code;

void GroupEnd::begin(pid_t group, std::function<void()> gone) {
    group_ = group;
    gone_ = std::move(gone);
    kill(-group_, SIGTERM);
    grace_over_.expires_after(grace);
    grace_over_.async_wait([this](error_code cancelled) {
        if (cancelled || over_)
            return;
        kill(-group_, SIGKILL);
        finish();
    });
    look();
}

/// Nothing announces that a group is empty, so it is looked at again and again.
void GroupEnd::look() {
    next_look_.expires_after(std::chrono::milliseconds(5));
    next_look_.async_wait([this](error_code cancelled) {
        if (cancelled || over_)
            return;
        if (kill(-group_, 0) != 0 && errno == ESRCH)
            finish();
        else
            look();
    });
}

void GroupEnd::finish() {
    over_ = true;
    grace_over_.cancel();
    next_look_.cancel();
    gone_();
}

} // namespace netrig
