#include "runner/engine.h"

#include "core/plan.h"
#include "core/test_run.h"
#include "reports/events_json.h"
#include "runner/descriptors.h"
#include "runner/find_scenarios.h"
#include "runner/ids.h"
#include "runner/lab_process.h"
#include "runner/live_lab.h"
#include "runner/namespace_identity.h"
#include "runner/time.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fmt/format.h>

namespace netrig {

namespace {

/// Writes events to the pipe, each at once and whole. A runner that is gone ends us anyway.
class PipeSink {
public:
    explicit PipeSink(Fd pipe) : pipe_(std::move(pipe)) {}

    void tell(decltype(Event::what) what) {
        std::string line = to_json_line({microseconds_since_epoch(), std::move(what)});
        for (std::string_view rest = line; !rest.empty();) {
            ssize_t size = write(pipe_.get(), rest.data(), rest.size());
            if (size < 0 && errno != EINTR)
                return;
            rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        }
    }

private:
    Fd pipe_;
};

Status make_room(const Scenario& scenario) {
    return make_room_for_descriptors(descriptors_for(scenario),
                                     fmt::format("a lab of {} nodes", scenario.topology.nodes.size()));
}

ScenarioFinished could_not_build(std::size_t number, const Error& error) {
    bool refused = error.code == EPERM || error.code == EACCES;
    std::string help = error.help.empty() && refused ? namespace_remedy(error.code) : error.help;
    return {number,
            Outcome::errored,
            FailureKind::setup,
            "the lab could not be built: " + describe(error),
            help,
            {},
            {}};
}

bool has_files(const Topology& topology) {
    auto any = [](const Node& node) { return !node.files.empty(); };
    return std::any_of(topology.nodes.begin(), topology.nodes.end(), any);
}

struct Surroundings {
    std::string folder; ///< the scenario's
    NodePrograms programs;
    std::string ids; ///< as the report says it
};

/// Before anything is built.
Result<Surroundings> find_surroundings(const Scenario& scenario) {
    auto read = read_files_of(scenario);
    if (!read)
        return failure(read.error());
    auto ids = own_ids();
    if (!ids)
        return failure(ids.error());
    bool commands = runs_commands(scenario);
    Surroundings found{
        std::move(read->folder),
        {commands || has_files(scenario.topology), std::move(read->files), {}, {}, std::move(read->rulesets)},
        std::string(word(*ids))};
    if (*ids != Ids::one || !commands)
        return found;
    auto filter = make_fake_ids();
    if (!filter)
        return failure(filter.error());
    found.programs.filter = std::make_shared<CallFilter>(std::move(*filter));
    found.ids += ", id changes answered with success";
    return found;
}

} // namespace

bool runs_commands(const Scenario& scenario) {
    for (const Node& node : scenario.topology.nodes)
        if (!node.setup.empty())
            return true;
    for (const Test& test : scenario.tests)
        for (const Step& step : test.steps)
            if (std::holds_alternative<Exec>(step.verb))
                return true;
    return false;
}

namespace {

/// False when it was told to end; then it says no more, for the runner knows why. What runs in the nodes has
/// been ended by then, in order; the rest goes with the processes.
bool run_lab(const Scenario& scenario, EngineOptions options, StopRequest stop, PipeSink& sink) {
    std::size_t number = options.number;
    LabNamespaces namespaces{number, {}};
    if (options.tell_namespaces)
        namespaces.namespaces = own_namespaces(); // while it is in the lab's own, not in a node's
    if (Status room = make_room(scenario); !room) {
        sink.tell(could_not_build(number, room.error()));
        return true;
    }
    auto surroundings = find_surroundings(scenario);
    if (!surroundings) {
        sink.tell(could_not_build(number, surroundings.error()));
        return true;
    }
    surroundings->programs.groups = std::move(options.groups);
    auto lab = LiveLab::make(scenario.topology, surroundings->folder,
                             {std::move(surroundings->programs), std::move(stop), options.labs_at_once});
    if (!lab) {
        sink.tell(could_not_build(number, lab.error()));
        return true;
    }
    auto times = (*lab)->build(make_plan(scenario.topology));
    if (options.tell_namespaces) {
        (*lab)->append_namespaces(namespaces.namespaces);
        sink.tell(std::move(namespaces));
    }
    if (!times && (*lab)->told_to_end())
        return false;
    if (!times) {
        sink.tell(could_not_build(number, times.error()));
        return true;
    }
    sink.tell(ScenarioBuilt{number, scenario.topology.nodes.size(), scenario.topology.links.size(),
                            times->namespaces, times->operations, times->wait, surroundings->ids});
    auto outcome = run_tests({scenario, **lab, number, [&](auto what) { sink.tell(std::move(what)); },
                              std::move(options.obstacles)});
    if (outcome)
        sink.tell(ScenarioFinished{number, *outcome, FailureKind::none, {}, {}, {}, {}});
    [[maybe_unused]] LiveLab* ended_with_the_process = lab->release(); // faster than closing one by one
    return outcome.has_value();
}

} // namespace

int run_engine(const Scenario& scenario, EngineOptions options, Fd events) {
    std::size_t number = options.number;
    PipeSink sink(std::move(events));
    signal(SIGPIPE, SIG_IGN); // a command that does not read its input is no reason to end; EPIPE tells
    auto stop = StopRequest::by_signal();
    if (!stop) {
        sink.tell(could_not_build(number, stop.error()));
        return 0;
    }
    try {
        if (!run_lab(scenario, std::move(options), std::move(*stop), sink))
            return 128 + SIGTERM;
    } catch (const std::exception& error) { // a library's; of memory, or of descriptors in Boost.Asio
        sink.tell(ScenarioFinished{number,
                                   Outcome::errored,
                                   FailureKind::internal,
                                   std::string("the lab ended by an internal error: ") + error.what(),
                                   {},
                                   {},
                                   {}});
    }
    return 0;
}

} // namespace netrig
