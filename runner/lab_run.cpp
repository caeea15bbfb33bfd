#include "runner/lab_run.h"

#include "reports/events_json.h"
#include "runner/engine.h"
#include "runner/features.h"
#include "runner/group_end.h"
#include "runner/lab_process.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <set>
#include <sys/wait.h>
#include <utility>

namespace netrig {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// From being told to end until SIGKILL: programs have a grace, and the lab some more time for itself.
constexpr std::chrono::seconds patience = grace + std::chrono::seconds(2);

std::vector<TestHeader> headers_of(const Scenario& scenario) {
    std::vector<TestHeader> headers;
    for (const Test& test : scenario.tests)
        headers.push_back({test.name, test.span.begin.line});
    return headers;
}

Obstacles obstacles_of(const Scenario& scenario, const RunOptions& options) {
    auto find = [&](const std::vector<Requirement>& wanted) {
        return find_obstacle(wanted, options.features, options.missing);
    };
    Obstacles found{find(scenario.requirements), {}};
    for (const Test& test : scenario.tests)
        found.tests.push_back(find(test.requirements));
    return found;
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

} // namespace

ScenarioStarted started(const Scenario& scenario, std::size_t number) {
    std::vector<std::string> settings;
    for (const Setting& setting : scenario.settings)
        settings.push_back(setting.name + "=" + setting.value);
    return {number,        scenario.name,        scenario.source->path, scenario.description,
            scenario.tags, headers_of(scenario), scenario.instance,     std::move(settings)};
}

LabRun::LabRun(asio::io_context& loop, const Scenario& scenario, const RunOptions& options,
               std::size_t number, OomKills& oom_kills, Tell tell, std::function<void()> over)
    : scenario_(scenario), obstacles_(obstacles_of(scenario, options)), missing_(options.missing),
      tell_namespaces_(options.leaks != nullptr), labs_at_once_(options.jobs), number_(number),
      oom_kills_(oom_kills), tell_(std::move(tell)), over_(std::move(over)), events_(loop), handle_(loop),
      deadline_(loop) {}

void LabRun::start() {
    begin_ = Clock::now();
    tell_(started(scenario_, number_));
    if (const auto& obstacle = obstacles_.scenario) {
        end_as(obstacle->outcome, obstacle->kind, obstacle->reason);
        finish();
        return;
    }
    if (auto groups = has_limits(scenario_.topology) ? NodeGroups::make(scenario_.topology) : NodeGroups())
        groups_ = std::move(*groups);
    else {
        not_built(groups.error());
        return;
    }
    auto lab = start_lab(
        [this](Fd events) {
            return run_engine(
                scenario_,
                {number_, std::move(obstacles_.tests), groups_.joining(), labs_at_once_, tell_namespaces_},
                std::move(events));
        },
        {.several_ids = runs_commands(scenario_)});
    if (!lab) {
        not_built(lab.error());
        return;
    }
    pid_ = lab->pid;
    alive_ = std::move(lab->alive);
    if (Status watched = watch(lab->events, lab->handle); !watched) {
        kill_lab();
        waitpid(pid_, nullptr, 0);
        not_built(watched.error());
        return;
    }
    read_events();
    await_end();
    await_deadline();
}

void LabRun::not_built(const Error& error) {
    end_as(Outcome::errored, FailureKind::setup, "the lab could not be built: " + describe(error));
    finished_->help = error.help;
    finish();
}

Status LabRun::watch(Fd& events, Fd& handle) {
    for (auto& [stream, descriptor] : {std::pair(&events_, &events), {&handle_, &handle}}) {
        error_code error;
        stream->assign(descriptor->get(), error);
        if (error)
            return failure({"watch the lab's process", error.value(), {}, {}});
        [[maybe_unused]] int owned_by_the_stream = descriptor->release();
    }
    return {};
}

void LabRun::lose(std::string doing, error_code error) {
    if (!finished_)
        end_as(Outcome::errored, FailureKind::internal, describe({std::move(doing), error.value(), {}, {}}));
    kill_lab();
}

void LabRun::await_deadline() {
    deadline_.expires_after(scenario_.timeout);
    deadline_.async_wait([this](error_code error) {
        if (!error)
            stop(FailureKind::timeout, fmt::format("not finished after {}", show(scenario_.timeout)));
    });
}

void LabRun::stop(FailureKind kind, std::string reason) {
    if (!finished_)
        end_as(Outcome::errored, kind, std::move(reason));
    if (std::exchange(stopping_, true) || pid_ <= 0)
        return;
    ask_to_end(alive_);
    await_order();
}

void LabRun::await_order() {
    deadline_.expires_after(patience);
    deadline_.async_wait([this](error_code error) {
        if (error)
            return;
        std::string words = fmt::format("killed, as it did not end by itself in {}", show(patience));
        if (ended_ != Clock::time_point{})
            end_as(Outcome::errored, FailureKind::teardown, std::move(words));
        else
            finished_->reason += "; " + words;
        kill_lab();
    });
}

void LabRun::kill_lab() {
    alive_.reset();
    if (pid_ > 0)
        kill(pid_, SIGKILL);
}

void LabRun::end_as(Outcome outcome, FailureKind kind, std::string reason) {
    finished_ = ScenarioFinished{number_, outcome, kind, std::move(reason), {}, {}, {}};
}

void LabRun::read_events() {
    asio::async_read_until(events_, buffer_, '\n', [this](error_code error, std::size_t size) {
        if (error) {
            if (error != asio::error::eof) // it would wait for us to read on
                lose("read what the lab's process tells", error);
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

void LabRun::take(const std::string& line) {
    if (auto refusal = read_refusal(line.substr(0, line.size() - 1))) {
        end_as(Outcome::errored, FailureKind::setup, "the lab could not be built: " + refusal->words);
        finished_->help = refusal->help;
        return;
    }
    auto event = from_json_line(line);
    if (!event) {
        end_as(Outcome::errored, FailureKind::internal,
               "the lab told something that is no event: " + event.error());
        kill_lab();
        return;
    }
    if (const auto* end = std::get_if<ScenarioFinished>(&event->what)) {
        ended_ = Clock::now();
        finished_ = *end; // it was done before whatever was to end it
        return;
    }
    tell_(std::move(event->what));
}

void LabRun::await_end() {
    handle_.async_wait(asio::posix::descriptor_base::wait_read, [this](error_code error) {
        if (error) // and no deadline is kept while we wait for it below
            lose("watch the lab's process", error);
        int status = 0;
        waitpid(pid_, &status, 0);
        pid_ = -1;
        status_ = status;
        process_over_ = true;
        finish_when_over();
    });
}

void LabRun::finish_when_over() {
    if (events_over_ && process_over_)
        finish();
}

void LabRun::finish() {
    deadline_.cancel();
    groups_ = {};
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

std::string LabRun::how_it_ended() {
    int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
    bool by_memory = code == 128 + SIGKILL && oom_kills_.more();
    if (code > 128)
        return fmt::format("signal {} ({}){}{}", code - 128, sigdescr_np(code - 128), by_memory ? "; " : "",
                           by_memory ? oom_words : "");
    return fmt::format("exit status {}", code);
}

} // namespace netrig
