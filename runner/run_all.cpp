#include "runner/run_all.h"

#include "reports/events_json.h"
#include "reports/run_tree.h"
#include "runner/engine.h"
#include "runner/features.h"
#include "runner/lab_process.h"
#include "runner/time.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <csignal>
#include <fmt/format.h>
#include <functional>
#include <list>
#include <set>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netrig {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Tell = std::function<void(decltype(Event::what))>;

std::vector<TestHeader> headers_of(const Scenario& scenario) {
    std::vector<TestHeader> headers;
    for (const Test& test : scenario.tests)
        headers.push_back({test.name, test.span.begin.line});
    return headers;
}

/// What a scenario and each of its tests lack on this machine.
struct Obstacles {
    std::optional<Obstacle> scenario;
    std::vector<std::optional<Obstacle>> tests;
};

Obstacles obstacles_of(const Scenario& scenario, const RunOptions& options) {
    auto find = [&](const std::vector<Requirement>& wanted) {
        return find_obstacle(wanted, options.features, options.missing);
    };
    Obstacles found{find(scenario.requirements), {}};
    for (const Test& test : scenario.tests)
        found.tests.push_back(find(test.requirements));
    return found;
}

ScenarioStarted started(const Scenario& scenario, std::size_t number) {
    return {number,        scenario.name,       scenario.source->path, scenario.description,
            scenario.tags, headers_of(scenario)};
}

/// Where a lab could not be built: whether that is because the machine lacks what the topology needs. Asked
/// only then, since asking takes longer than building what most machines can.
std::optional<Obstacle> obstacle_found_late(const Scenario& scenario, Missing missing) {
    std::vector<Requirement> derived = requirements_of(scenario.topology);
    std::set<std::string> names;
    for (const Requirement& each : derived)
        names.insert(each.feature);
    return find_obstacle(derived, ask_features(names).answers, missing);
}

/// One scenario's lab as the runner sees it: a pipe, a process handle and a deadline. Stays where it is.
class LabRun {
public:
    LabRun(asio::io_context& loop, const Scenario& scenario, const RunOptions& options, std::size_t number,
           Tell tell, std::function<void()> over)
        : scenario_(scenario), obstacles_(obstacles_of(scenario, options)), missing_(options.missing),
          number_(number), tell_(std::move(tell)), over_(std::move(over)), events_(loop), handle_(loop),
          deadline_(loop) {}

    void start() {
        begin_ = Clock::now();
        tell_(started(scenario_, number_));
        if (const auto& obstacle = obstacles_.scenario) {
            end_as(obstacle->outcome, obstacle->kind, obstacle->reason);
            finish();
            return;
        }
        auto lab = start_lab(
            [this](Fd events) {
                return run_engine(scenario_, std::move(obstacles_.tests), number_, std::move(events));
            },
            {.several_ids = runs_commands(scenario_)});
        if (!lab) {
            end_as(Outcome::errored, FailureKind::setup,
                   "the lab could not be built: " + describe(lab.error()));
            finished_->help = lab.error().help;
            finish();
            return;
        }
        pid_ = lab->pid;
        alive_ = std::move(lab->alive);
        events_.assign(lab->events.release());
        handle_.assign(lab->handle.release());
        read_events();
        await_end();
        deadline_.expires_after(scenario_.timeout);
        deadline_.async_wait([this](error_code error) {
            if (!error)
                stop(FailureKind::timeout, fmt::format("not finished after {}", show(scenario_.timeout)));
        });
    }

    /// Ends the lab at once; what it was doing is told as errored.
    void stop(FailureKind kind, std::string reason) {
        if (!finished_)
            end_as(Outcome::errored, kind, std::move(reason));
        alive_.reset();
        if (pid_ > 0)
            kill(pid_, SIGKILL);
    }

private:
    void end_as(Outcome outcome, FailureKind kind, std::string reason) {
        finished_ = ScenarioFinished{number_, outcome, kind, std::move(reason), {}, {}, {}};
    }

    void read_events() {
        asio::async_read_until(events_, buffer_, '\n', [this](error_code error, std::size_t size) {
            if (error) {
                events_over_ = true;
                finish_when_over();
                return;
            }
            std::string line(asio::buffers_begin(buffer_.data()),
                             asio::buffers_begin(buffer_.data()) + static_cast<std::ptrdiff_t>(size));
            buffer_.consume(size);
            take(line);
            read_events();
        });
    }

    void take(const std::string& line) {
        if (auto refusal = read_refusal(line.substr(0, line.size() - 1))) {
            end_as(Outcome::errored, FailureKind::setup, "the lab could not be built: " + refusal->words);
            finished_->help = refusal->help;
            return;
        }
        auto event = from_json_line(line);
        if (!event) {
            stop(FailureKind::internal, "the lab told something that is no event: " + event.error());
            return;
        }
        if (const auto* end = std::get_if<ScenarioFinished>(&event->what)) {
            ended_ = Clock::now();
            finished_ = *end; // it was done before whatever was to end it
            return;
        }
        tell_(std::move(event->what));
    }

    void await_end() {
        handle_.async_wait(asio::posix::descriptor_base::wait_read, [this](error_code) {
            int status = 0;
            waitpid(pid_, &status, 0);
            pid_ = -1;
            status_ = status;
            process_over_ = true;
            finish_when_over();
        });
    }

    void finish_when_over() {
        if (events_over_ && process_over_)
            finish();
    }

    void finish() {
        deadline_.cancel();
        if (!finished_)
            end_as(Outcome::errored, FailureKind::internal,
                   fmt::format("the lab's process ended before it was done: {}", how_it_ended()));
        bool not_built = finished_->outcome == Outcome::errored && finished_->kind == FailureKind::setup;
        if (auto obstacle = not_built ? obstacle_found_late(scenario_, missing_) : std::nullopt) {
            end_as(obstacle->outcome, obstacle->kind, obstacle->reason);
            finished_->help.clear();
        }
        finished_->took = Clock::now() - begin_;
        if (ended_ != Clock::time_point{})
            finished_->teardown = Clock::now() - ended_;
        tell_(*finished_);
        over_();
    }

    [[nodiscard]] std::string how_it_ended() const {
        int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
        if (code > 128)
            return fmt::format("signal {} ({})", code - 128, sigdescr_np(code - 128));
        return fmt::format("exit status {}", code);
    }

    const Scenario& scenario_;
    Obstacles obstacles_;
    Missing missing_;
    std::size_t number_;
    Tell tell_;
    std::function<void()> over_;
    asio::posix::stream_descriptor events_, handle_;
    asio::steady_timer deadline_;
    asio::streambuf buffer_;
    Fd alive_;
    pid_t pid_ = -1;
    int status_ = 0;
    bool events_over_ = false, process_over_ = false;
    std::optional<ScenarioFinished> finished_;
    Clock::time_point begin_, ended_{};
};

class Runner {
public:
    Runner(const std::vector<std::shared_ptr<const Scenario>>& scenarios, const RunOptions& options,
           const std::vector<EventSink*>& sinks)
        : scenarios_(scenarios), options_(options), sinks_(sinks), loop_(1),
          signals_(loop_, SIGINT, SIGTERM, SIGHUP), time_(loop_) {
        signals_.add(SIGQUIT);
    }

    void run() {
        begin_ = Clock::now();
        utsname system{};
        uname(&system);
        tell(RunStarted{NETRIG_VERSION, fmt::format("{} {}", system.sysname, system.release), system.nodename,
                        scenarios_.size()});
        await_signal();
        await_timeout();
        start_more();
        loop_.run();
        tell_not_started();
        tell(RunFinished{Clock::now() - begin_, signal_});
    }

private:
    void tell(decltype(Event::what) what) {
        Event event{microseconds_since_epoch(), std::move(what)};
        for (EventSink* sink : sinks_)
            sink->receive(event);
    }

    void start_more() {
        while (running_.size() < options_.jobs && next_ < scenarios_.size() && signal_ == 0 &&
               !time_is_over_) {
            std::size_t number = next_++;
            auto place = running_.emplace(running_.end());
            *place = std::make_unique<LabRun>(
                loop_, *scenarios_[number], options_, number, [this](auto what) { tell(std::move(what)); },
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
    asio::io_context loop_;
    asio::signal_set signals_;
    asio::steady_timer time_;
    bool time_is_over_ = false;
    std::list<std::unique_ptr<LabRun>> running_;
    std::size_t next_ = 0;
    int signal_ = 0;
    Clock::time_point begin_;
};

} // namespace

void run_all(const std::vector<std::shared_ptr<const Scenario>>& scenarios, const RunOptions& options,
             const std::vector<EventSink*>& sinks) {
    Runner(scenarios, options, sinks).run();
}

} // namespace netrig
