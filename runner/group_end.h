// Ends a process group in order: SIGTERM, a grace, then SIGKILL to whoever is still in it. Its leader may be
// the first to go; the others have their grace all the same.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <sys/types.h>

namespace netrig {

/// Between SIGTERM and SIGKILL.
inline constexpr std::chrono::seconds grace{1};

/// Stays where it is: handlers hold its address.
class GroupEnd {
public:
    explicit GroupEnd(boost::asio::io_context& loop) : grace_over_(loop), next_look_(loop) {}

    /// `gone` is called once: when nobody is left in the group, or SIGKILL was sent. Whoever has children in
    /// it reaps them meanwhile, since a zombie is still in it.
    void begin(pid_t group, std::function<void()> gone);

    [[nodiscard]] bool begun() const { return group_ > 0; }
    [[nodiscard]] bool over() const { return over_; }

private:
    void look();
    void finish();

    boost::asio::steady_timer grace_over_, next_look_;
    pid_t group_ = 0;
    std::function<void()> gone_;
    bool over_ = false;
};

} // namespace netrig
