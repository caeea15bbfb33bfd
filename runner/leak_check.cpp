#include "runner/leak_check.h"

#include "core/lab.h"
#include "runner/machine_survey.h"
#include "runner/node_groups.h"
#include "runner/processes.h"

#include <algorithm>
#include <chrono>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace netrig {

namespace {

constexpr std::chrono::seconds patience(2);
constexpr std::chrono::milliseconds longest_pause(100);

} // namespace

LeakCheck::LeakCheck(CheckLeaks wanted) : wanted_(wanted) {
    begun_ = look_before();
}

Status LeakCheck::look_before() {
    auto children = own_children();
    if (!children)
        return failure(children.error());
    inherited_ = std::move(*children);
    if (inherited_.empty())
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    auto state = survey_machine();
    if (!state)
        return failure(state.error());
    before_ = std::move(*state);
    return {};
}

void LeakCheck::receive(const Event& event) {
    if (const auto* started = std::get_if<ScenarioStarted>(&event.what))
        files_[started->scenario] = started->file;
    if (const auto* told = std::get_if<LabNamespaces>(&event.what))
        for (const LabNamespace& each : told->namespaces)
            made_.push_back({each, files_[told->scenario]});
}

Result<std::vector<std::string>> LeakCheck::own_processes() const {
    if (getpid() == 1) // of a container: whoever loses his parent there comes to us, the run's or not
        return std::vector<std::string>();
    while (waitpid(-1, nullptr, WNOHANG) > 0) { // whoever came to us and has ended is no more than a number
    }
    auto children = own_children();
    if (!children)
        return failure(children.error());
    std::vector<std::string> found;
    for (pid_t pid : *children)
        if (std::find(inherited_.begin(), inherited_.end(), pid) == inherited_.end())
            found.push_back(show_process(pid));
    return found;
}

Result<Leaks> LeakCheck::look_after() const {
    auto processes = own_processes();
    if (!processes)
        return failure(processes.error());
    auto held = find_holders(made_);
    if (!held)
        return failure(held.error());
    auto after = survey_machine();
    if (!after)
        return failure(after.error());
    return find_leaks(before_, std::move(*after), *held, {std::move(*processes), group_prefix()}, wanted_);
}

MachineChecked LeakCheck::finish() {
    auto begin = Clock::now();
    Result<Leaks> leaks = begun_ ? look_after() : Result<Leaks>(failure(begun_.error()));
    // Nothing announces that somebody let go of a namespace.
    for (auto pause = std::chrono::milliseconds(1);
         leaks && !leaks->left.empty() && Clock::now() - begin < patience;
         pause = std::min(pause * 2, longest_pause)) {
        std::this_thread::sleep_for(pause);
        leaks = look_after();
    }
    MachineChecked checked;
    if (!leaks) {
        checked.outcome = Outcome::errored;
        checked.reason = "the machine could not be looked at: " + describe(leaks.error());
    } else {
        checked.outcome = leaks->left.empty() ? Outcome::passed : Outcome::failed;
        checked.left = std::move(leaks->left);
        checked.changed = std::move(leaks->changed);
    }
    checked.took = Clock::now() - begin;
    return checked;
}

} // namespace netrig
