// A terminal of a test's own (pty(7)), which the test can close as a person closes a window.
#pragma once

#include "runner/fd.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>

namespace netrig {

class Terminal {
public:
    Terminal() : master_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        std::array<char, 64> name{};
        if (!master_.valid() || grantpt(master_.get()) != 0 || unlockpt(master_.get()) != 0 ||
            ptsname_r(master_.get(), name.data(), name.size()) != 0)
            throw std::system_error(errno, std::generic_category(), "make a terminal");
        slave_ = Fd(open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
        if (!slave_.valid())
            throw std::system_error(errno, std::generic_category(), "open a terminal");
    }

    /// For a child: what it calls to lead a session with this as its controlling terminal, input, output and
    /// errors.
    [[nodiscard]] std::function<void()> entry() const {
        return [slave = slave_.get()] {
            if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0) != 0)
                throw std::system_error(errno, std::generic_category(), "take the terminal");
            for (int standard : {0, 1, 2})
                dup2(slave, standard);
        };
    }

    /// The window is closed: SIGHUP to the session, and EIO to whoever writes to it from now on.
    void close() {
        slave_.reset();
        master_.reset();
    }

private:
    Fd master_, slave_;
};

} // namespace netrig
