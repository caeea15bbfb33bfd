#include "runner/event_loop.h"

#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>

namespace netrig {

namespace asio = boost::asio;

namespace {

/// Whether a timer that is over is noticed.
bool keeps_time(asio::io_context& loop, asio::steady_timer& timer) {
    bool noticed = false;
    timer.expires_after(std::chrono::seconds(0));
    timer.async_wait([&](boost::system::error_code error) { noticed = !error; });
    loop.run_one_for(std::chrono::seconds(1));
    loop.restart();
    return noticed;
}

} // namespace

Result<std::unique_ptr<asio::io_context>> make_event_loop() {
    const char* doing = "make an event loop (epoll)";
    try {
        auto loop = std::make_unique<asio::io_context>(1);
        errno = 0;
        asio::steady_timer timer(*loop); // with its first user the loop makes its descriptors
        // It does not look whether it could watch its timer descriptor; without that it would wait for ever.
        int code = errno;
        if (code != 0 && !keeps_time(*loop, timer))
            return failure({doing, code, {}, {}});
        return loop;
    } catch (const boost::system::system_error& error) {
        return failure({doing, error.code().value(), {}, {}});
    }
}

} // namespace netrig
