#include "runner/run_all.h"

#include "reports/run_tree.h"
#include "runner/descriptors.h"
#include "runner/event_loop.h"
#include "runner/lab_run.h"
#include "runner/time.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <fmt/format.h>
#include <list>
#include <sys/utsname.h>
#include <unistd.h>

namespace netrig {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// By whoever started us: nohup(1), or a shell that puts us in the background. That is kept.
bool is_ignored(int signal) {
    struct sigaction found {};
    return sigaction(signal, nullptr, &found) == 0 && found.sa_handler == SIG_IGN;
}

class Runner {
public:
    Runner(asio::io_context& loop, const std::vector<std::shared_ptr<const Scenario>>& scenarios,
           const RunOptions& options, const std::vector<EventSink*>& sinks)
        : scenarios_(scenarios), options_(options), sinks_(sinks), loop_(loop), signals_(loop), time_(loop) {
        for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
            if (!is_ignored(signal))
                signals_.add(signal);
    }

    void run() {
        begin_ = Clock::now();
        constexpr std::size_t own = 100, a_lab = 10; // a lab's while it is started; fewer afterwards
        // Where that is too many, starting a lab says so.
        [[maybe_unused]] Status room =
            make_room_for_descriptors(own + options_.jobs * a_lab, "the labs at once");
        utsname system{};
        uname(&system);
        tell(RunStarted{NETRIG_VERSION, fmt::format("{} {}", system.sysname, system.release), system.nodename,
                        scenarios_.size(), plan()});
        await_signal();
        await_timeout();
        start_more();
        loop_.run();
        tell_not_started();
        check_leaks();
        tell(RunFinished{Clock::now() - begin_, signal_});
    }

private:
    void tell(decltype(Event::what) what) {
        Event event{microseconds_since_epoch(), std::move(what)};
        for (EventSink* sink : sinks_)
            sink->receive(event);
        if (options_.leaks != nullptr)
            options_.leaks->receive(event);
    }

    [[nodiscard]] std::vector<PlannedScenario> plan() const {
        std::vector<PlannedScenario> plan;
        for (const auto& scenario : scenarios_) {
            ScenarioStarted head = started(*scenario, plan.size());
            plan.push_back({std::move(head.name), std::move(head.file), std::move(head.instance),
                            std::move(head.settings)});
        }
        return plan;
    }

    void check_leaks() {
        if (options_.leaks == nullptr)
            return;
        if (signal_ != 0)
            signals_.clear(); // a second one ends the run at once, also while it waits here
        tell(options_.leaks->finish());
    }

    /// How many labs are dying needs no bound of its own: the kernel takes namespaces apart under the same
    /// lock under which they are made, so it keeps pace. Measured on 2 processors (Linux 6.18), as namespaces
    /// that live or die, at the most: 48 labs of 300 nodes at -j 16: 5,131, of which up to 4,816 live; 96
    /// labs of 100 nodes at -j 16: 2,632 (1,600 live), at -j 2: 371 (202 live). It did not grow with the
    /// number of labs.
    void start_more() {
        while (running_.size() < options_.jobs && next_ < scenarios_.size() && signal_ == 0 &&
               !time_is_over_) {
            std::size_t number = next_++;
            auto place = running_.emplace(running_.end());
            *place = std::make_unique<LabRun>(
                loop_, *scenarios_[number], options_, number, oom_kills_,
                [this](auto what) { tell(std::move(what)); },
                // Not at once: the lab's own handler is still running.
                [this, place] { asio::post(loop_, [this, place] { over(place); }); });
            (*place)->start();
        }
        if (running_.empty()) {
            signals_.cancel();
            time_.cancel();
        }
    }

    void await_timeout() {
        if (!options_.timeout)
            return;
        time_.expires_after(*options_.timeout);
        time_.async_wait([this](error_code error) {
            if (error)
                return;
            time_is_over_ = true;
            for (auto& lab : running_)
                lab->stop(FailureKind::timeout, "the run's time was over after " + show(*options_.timeout));
        });
    }

    /// Scenarios that the run's time left no room for are errors, not passed over in silence.
    void tell_not_started() {
        for (; time_is_over_ && next_ < scenarios_.size(); ++next_) {
            tell(started(*scenarios_[next_], next_));
            tell(ScenarioFinished{next_,
                                  Outcome::errored,
                                  FailureKind::timeout,
                                  "not started: the run's time was over after " + show(*options_.timeout),
                                  {},
                                  {},
                                  {}});
        }
    }

    void over(std::list<std::unique_ptr<LabRun>>::iterator place) {
        running_.erase(place);
        start_more();
    }

    void await_signal() {
        signals_.async_wait([this](error_code error, int signal) {
            if (error)
                return;
            if (signal_ != 0) // asked twice: at once. The labs die with us.
                _exit(128 + signal);
            signal_ = signal;
            for (auto& lab : running_)
                lab->stop(FailureKind::interrupted, "ended by " + signal_name(signal));
            await_signal();
            if (running_.empty())
                signals_.cancel();
        });
    }

    const std::vector<std::shared_ptr<const Scenario>>& scenarios_;
    const RunOptions& options_;
    const std::vector<EventSink*>& sinks_;
    asio::io_context& loop_;
    asio::signal_set signals_;
    asio::steady_timer time_;
    bool time_is_over_ = false;
    std::list<std::unique_ptr<LabRun>> running_;
    std::size_t next_ = 0;
    int signal_ = 0;
    OomKills oom_kills_;
    Clock::time_point begin_;
};

} // namespace

Status run_all(const std::vector<std::shared_ptr<const Scenario>>& scenarios, const RunOptions& options,
               const std::vector<EventSink*>& sinks) {
    auto loop = make_event_loop();
    if (!loop)
        return failure(loop.error());
    Runner(**loop, scenarios, options, sinks).run();
    return {};
}

} // namespace netrig
