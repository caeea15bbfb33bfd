// A topology built for real from a scenario's text, and a function that asks it things in the lab's own
// process. What the function returns is text to compare; Catch2's macros are not for it.
#pragma once

#include "core/emulation.h"
#include "core/load.h"
#include "core/plan.h"
#include "runner/features.h"
#include "runner/lab_process.h"
#include "runner/live_lab.h"

#include <array>
#include <functional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>

namespace netrig {

using AskLab = std::function<std::string(LiveLab&)>;

inline std::string build_and_ask(const Scenario& scenario, const std::string& folder, const AskLab& ask) {
    try {
        auto lab = LiveLab::make(scenario.topology, folder);
        if (!lab)
            return "cannot make the lab: " + describe(lab.error());
        if (auto built = (*lab)->build(make_plan(scenario.topology)); !built)
            return "cannot build the lab: " + describe(built.error());
        return ask(**lab);
    } catch (const std::exception& error) {
        return std::string("exception: ") + error.what();
    }
}

/// What comes out of the pipe until its end; throws when that does not come within a minute.
inline std::string read_until_end(const Fd& pipe) {
    std::string text;
    std::array<char, 65536> data;
    constexpr int at_most = 60'000; // ms, between two pieces
    for (;;) {
        pollfd wait{pipe.get(), POLLIN, 0};
        if (poll(&wait, 1, at_most) != 1)
            throw std::runtime_error("the lab does not answer; so far: " + text);
        ssize_t size = read(pipe.get(), data.data(), data.size());
        if (size <= 0)
            return text;
        text.append(data.data(), static_cast<std::size_t>(size));
    }
}

/// Runs in the engine's process; what it returns is its exit status.
inline int tell(const std::string& text, const Fd& events) {
    for (std::string_view rest = text; !rest.empty();) {
        ssize_t size = write(events.get(), rest.data(), rest.size());
        if (size <= 0)
            return 1;
        rest.remove_prefix(static_cast<std::size_t>(size));
    }
    return 0;
}

/// Builds what the scenario's text says (tests are not needed in it), asks, and tears it down. `folder` is
/// that of the scenario, which nodes see whatever else they do not.
inline std::string in_lab(const std::string& topology, const AskLab& ask, const std::string& folder = "/") {
    Loaded loaded = load_scenario({"net.toml", topology}, {.tests_needed = false});
    if (!loaded.diagnostics.empty())
        throw std::runtime_error(render(loaded.diagnostics, *loaded.source));
    Scenario& scenario = loaded.scenarios.front();
    choose_emulation(scenario, ask_features(emulation_features(scenario)).answers);
    auto lab = start_lab([&](Fd events) { return tell(build_and_ask(scenario, folder, ask), events); });
    if (!lab)
        throw std::runtime_error(describe(lab.error()));
    std::string text;
    try {
        text = read_until_end(lab->events);
    } catch (...) {
        kill(lab->pid, SIGKILL);
        waitpid(lab->pid, nullptr, 0);
        throw;
    }
    int status = 0;
    waitpid(lab->pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error("the lab ended by itself; so far: " + text);
    return text;
}

} // namespace netrig
