// What a run of tests in a scripted lab tells, as text: a line an event, and below each step its verdict.
#pragma once

#include "core/test_run.h"
#include "tests/support/scripted_lab.h"

#include <fmt/format.h>
#include <regex>
#include <string>

namespace netrig {

/// Times that were measured differ from run to run: "after 17 us" becomes "after TIME".
inline std::string scrub_times(const std::string& text) {
    return std::regex_replace(text, std::regex("(after|times in) [0-9.]+ (ns|us|ms|s)"), "$1 TIME");
}

/// "yes", "no" or "could not ask", then expected, actual and details, a line each.
inline std::string show_verdict(const Verdict& verdict) {
    std::string text = verdict.answer == Answer::yes  ? "yes\n"
                       : verdict.answer == Answer::no ? "no\n"
                                                      : "could not ask\n";
    text += fmt::format("expected: {}\nactual: {}\n", verdict.expected, verdict.actual);
    for (const std::string& line : verdict.details)
        text += "| " + line + "\n";
    return text;
}

struct TellAsText {
    std::string text;

    void operator()(const TestStarted& event) { text += fmt::format("test {}\n", event.test); }
    void operator()(const StepStarted& event) {
        text += fmt::format("step {}: {}\n", event.step, event.what);
    }
    void operator()(const StepFinished& event) {
        text += fmt::format("at {}:{}: ", event.place.line, event.place.column) + show_verdict(event.verdict);
        text += event.place.excerpt;
    }
    void operator()(const StepStopped& event) {
        text += fmt::format("step {} stopped: {}\n", event.step, event.what);
        for (const std::string& line : event.details)
            text += "| " + line + "\n";
    }
    void operator()(const TestFinished& event) {
        static constexpr const char* outcomes[] = {"passed", "failed", "errored", "skipped"};
        text += fmt::format("test {} {}", event.test, outcomes[static_cast<int>(event.outcome)]);
        text += (event.reason.empty() ? "" : ": " + event.reason) + "\n";
    }
    template <class Other>
    void operator()(const Other&) {
        text += "an event that belongs to no test\n";
    }
};

inline std::string told_by(const Scenario& scenario, Lab& lab) {
    TellAsText tell;
    run_tests({scenario, lab, 0, [&](const decltype(Event::what)& what) { std::visit(tell, what); }});
    return scrub_times(tell.text);
}

} // namespace netrig
