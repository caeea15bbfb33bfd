// One scenario's lab as the runner sees it: a pipe of events, a process handle and a deadline. It is started,
// perhaps stopped, and says when it is over; whatever happened to the lab, its end has been told by then.
#pragma once

#include "core/event.h"
#include "core/lab.h"
#include "core/result.h"
#include "core/scenario.h"
#include "runner/fd.h"
#include "runner/node_groups.h"
#include "runner/oom_kills.h"
#include "runner/run_all.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace netrig {

using Tell = std::function<void(decltype(Event::what))>;

/// What a scenario and each of its tests lack on this machine.
struct Obstacles {
    std::optional<Obstacle> scenario;
    std::vector<std::optional<Obstacle>> tests;
};

ScenarioStarted started(const Scenario& scenario, std::size_t number);

/// Stays where it is: handlers hold its address.
class LabRun {
public:
    /// `over` is called last, from within one of its own handlers. All references must outlive it.
    LabRun(boost::asio::io_context& loop, const Scenario& scenario, const RunOptions& options,
           std::size_t number, OomKills& oom_kills, Tell tell, std::function<void()> over);

    void start();

    /// Ends the lab in order, and by force if it is still there when its grace is over. What it was doing is
    /// told as errored.
    void stop(FailureKind kind, std::string reason);

private:
    Status watch(Fd& events, Fd& handle);
    void lose(std::string doing, boost::system::error_code error);
    void end_as(Outcome outcome, FailureKind kind, std::string reason);
    void not_built(const Error& error);
    void read_events();
    void take(const std::string& line);
    void await_end();
    void await_deadline();
    void await_order();
    void kill_lab();
    void finish_when_over();
    void finish();
    std::string how_it_ended();

    const Scenario& scenario_;
    Obstacles obstacles_;
    Missing missing_;
    bool tell_namespaces_;
    unsigned labs_at_once_;
    std::size_t number_;
    OomKills& oom_kills_;
    Tell tell_;
    std::function<void()> over_;
    boost::asio::posix::stream_descriptor events_, handle_;
    boost::asio::steady_timer deadline_;
    boost::asio::streambuf buffer_;
    NodeGroups groups_;
    Fd alive_;
    pid_t pid_ = -1;
    int status_ = 0;
    bool stopping_ = false, events_over_ = false, process_over_ = false;
    std::optional<ScenarioFinished> finished_;
    Clock::time_point begin_, ended_{};
};

} // namespace netrig
