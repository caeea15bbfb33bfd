#include "reports/record.h"

#include "reports/events_json.h"

#include <fmt/format.h>
#include <optional>
#include <set>
#include <utility>

namespace netrig {

namespace {

constexpr std::size_t most_problems = 5;

std::string counted(std::size_t number, std::string_view what) {
    return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

/// One run of a record.
struct OpenRun {
    RunStarted head;
    RunTreeBuilder builder;
};

/// As far as it goes, for it may be cut.
bool begins_event(std::string_view line) {
    constexpr std::string_view begin = "{\"v\":";
    return line.substr(0, begin.size()) == begin.substr(0, line.size());
}

class Reading {
public:
    explicit Reading(const std::string& name) : name_(name) {}

    Record read(std::string_view text) {
        bool empty = text.empty();
        while (!text.empty()) {
            std::size_t end = text.find('\n');
            ++line_;
            take(text.substr(0, end), end != std::string_view::npos);
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        }
        if (run_)
            close_broken();
        if (empty)
            lose_run();
        if (untold_ > 0)
            result_.problems.push_back(
                fmt::format("{}: {} no good either", name_,
                            untold_ == 1 ? "1 more line is" : fmt::format("{} more lines are", untold_)));
        return std::move(result_);
    }

private:
    void take(std::string_view line, bool whole) {
        auto event = from_json_line(line);
        if (event)
            take(*event);
        else if (whole || (!run_ && !begins_event(line)))
            complain(event.error());
        else if (!run_)
            lose_run();
        // else the run breaks off within the line
    }

    void take(const Event& event) {
        if (const auto* head = std::get_if<RunStarted>(&event.what)) {
            if (run_)
                close_broken();
            run_.emplace();
            run_->head = *head;
            lost_ = false;
        }
        if (!run_) {
            if (!std::exchange(lost_, true))
                complain(result_.runs.empty() ? "an event before 'run-started'"
                                              : "an event after 'run-finished'");
            return;
        }
        run_->builder.receive(event);
        if (std::holds_alternative<RunFinished>(event.what))
            close();
    }

    /// What cannot be read may have been any event, so their order is looked at no more. One mistake tends to
    /// be made in every line; it is told once.
    void complain(const std::string& words) {
        lost_ = true;
        if (told_.size() < most_problems && told_.insert(words).second)
            result_.problems.push_back(fmt::format("{}:{}: {}", name_, line_, words));
        else
            ++untold_;
    }

    void lose_run() {
        result_.runs.push_back(
            {name_,
             {.broken = {
                  {name_,
                   "nothing was recorded: the run was killed before it began, or is about to begin"}}}});
    }

    void close() {
        result_.runs.push_back({name_, run_->builder.tree()});
        run_.reset();
    }

    void close_broken() {
        RunTree tree = run_->builder.tree();
        std::size_t finished = 0;
        for (ScenarioResult& scenario : tree.scenarios)
            finished += scenario.finished ? 1 : 0;
        tree.broken.push_back(
            {name_, fmt::format("breaks off at line {}, when {} of {} had finished: the run was killed, "
                                "or is still going on",
                                line_, finished, counted(tree.planned, "scenario"))});
        append_unstarted(tree);
        result_.runs.push_back({name_, std::move(tree)});
        run_.reset();
    }

    void append_unstarted(RunTree& tree) {
        const std::vector<PlannedScenario>& plan = run_->head.plan;
        for (std::size_t number = 0; number < plan.size(); ++number) {
            if (run_->builder.find(number) != nullptr)
                continue;
            ScenarioResult scenario{.name = plan[number].name, .file = plan[number].file};
            scenario.instance = plan[number].instance;
            scenario.settings = plan[number].settings;
            scenario.started = false;
            scenario.outcome = Outcome::errored;
            scenario.kind = FailureKind::interrupted;
            scenario.reason = "not started: the record of its run breaks off";
            scenario.since = tree.started;
            tree.scenarios.push_back(std::move(scenario));
        }
    }

    const std::string& name_;
    std::size_t line_ = 0, untold_ = 0;
    std::set<std::string> told_;
    bool lost_ = false;
    std::optional<OpenRun> run_;
    Record result_;
};

} // namespace

Record read_record(const std::string& name, std::string_view text) {
    return Reading(name).read(text);
}

} // namespace netrig
