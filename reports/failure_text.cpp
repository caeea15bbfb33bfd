#include "reports/failure_text.h"

#include "core/visible_text.h"
#include "reports/words.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::size_t most_lines = 50;                          // of what was found on the machine
constexpr std::size_t longest_message = 200, longest_part = 60; // three parts and the words between them fit

bool is_bad(const StepResult& step) {
    return step.verdict.answer != Answer::yes;
}

const StepResult* first_bad_step(const TestResult& test) {
    auto found = std::find_if(test.steps.begin(), test.steps.end(), is_bad);
    return found == test.steps.end() ? nullptr : &*found;
}

/// A test that was ended from outside is told by that; steps that were bad before come after it.
bool reason_leads(const TestResult& test) {
    bool ended = test.kind == FailureKind::timeout || test.kind == FailureKind::interrupted || !test.finished;
    return first_bad_step(test) == nullptr || (ended && !test.reason.empty());
}

std::string step_message(const StepResult& step, std::size_t part) {
    auto fit = [&](const std::string& text) { return shorten(one_line(text), part); };
    const Verdict& verdict = step.verdict;
    if (verdict.answer == Answer::could_not_ask)
        return fmt::format("{}: could not ask: {}", fit(step.what), fit(verdict.actual));
    return fmt::format("{}: expected {}, got {}", fit(step.what), fit(verdict.expected), fit(verdict.actual));
}

/// What was expected may be long; what came is never cut away for it.
std::string step_message(const StepResult& step) {
    std::string message = step_message(step, longest_message);
    if (shorten(message, longest_message) == message)
        return message;
    return shorten(step_message(step, longest_part), longest_message);
}

std::string reason_message(const std::string& reason, Outcome outcome) {
    if (reason.empty())
        return fmt::format("{} without a reason given", word(outcome));
    return shorten(one_line(reason), longest_message);
}

std::string arrow(const std::string& file, std::uint32_t line, std::uint32_t column) {
    std::string text = fmt::format("  --> {}", one_line(file));
    if (line != 0)
        text += fmt::format(":{}", line);
    if (line != 0 && column != 0)
        text += fmt::format(":{}", column);
    return text + "\n";
}

std::string with_line_end(std::string text) {
    if (!text.empty() && !text.ends_with('\n'))
        text += '\n';
    return text;
}

std::string behind_bar(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at <= text.size();) {
        std::size_t end = std::min(text.find('\n', at), text.size());
        result += fmt::format("  | {}\n", text.substr(at, end - at));
        at = end + 1;
    }
    return result;
}

/// "  expected: reply"; a text of several lines stands below its label.
std::string labelled(std::string_view label, const std::string& text) {
    if (text.empty())
        return {};
    if (text.find('\n') == std::string::npos)
        return fmt::format("  {:<9} {}\n", label, text);
    return fmt::format("  {}\n{}", label, behind_bar(text));
}

std::string step_body(const StepResult& step, const std::string& file) {
    const Verdict& verdict = step.verdict;
    std::string text = arrow(file, step.place.line, step.place.column) + with_line_end(step.place.excerpt);
    text += labelled("expected:", verdict.expected);
    text += labelled(verdict.answer == Answer::could_not_ask ? "could not ask:" : "actual:", verdict.actual);
    for (const std::string& line : verdict.details)
        text += behind_bar(line);
    return text;
}

std::string full_reason(const std::string& reason, const std::string& message) {
    return reason.empty() || reason == message ? std::string() : labelled("reason:", reason);
}

std::string running_line(const TestResult& test) {
    if (!test.running)
        return {};
    std::string text = labelled(
        "running:", fmt::format("{}, for {}", one_line(test.running->what), show(test.running->ran)));
    for (const std::string& line : test.running->details)
        text += behind_bar(line);
    return text;
}

std::string bad_steps(const ScenarioResult& scenario, const TestResult& test, const StepResult* told) {
    std::string text;
    for (const StepResult& step : test.steps)
        if (is_bad(step) && &step != told)
            text += fmt::format("\n{}\n{}", step_message(step), step_body(step, scenario.file));
    return text;
}

/// A busy machine's new files may be thousands.
std::string list_text(std::string_view heading, const std::vector<std::string>& lines) {
    if (lines.empty())
        return {};
    std::string text = fmt::format("  {}:\n", heading);
    for (std::size_t i = 0; i < std::min(lines.size(), most_lines); ++i)
        text += behind_bar(lines[i]);
    return lines.size() > most_lines ? text + fmt::format("  | and {} more\n", lines.size() - most_lines)
                                     : text;
}

} // namespace

std::string failure_message(const TestResult& test) {
    return reason_leads(test) ? reason_message(test.reason, test.outcome)
                              : step_message(*first_bad_step(test));
}

std::string failure_text(const ScenarioResult& scenario, const TestResult& test) {
    std::string message = failure_message(test);
    bool tells_scenario = test.started && !test.finished;
    std::string ending = full_reason(test.reason, message) + running_line(test) +
                         (tells_scenario ? labelled("help:", scenario.help) : std::string()) +
                         elsewhere_text(test.elsewhere);
    if (reason_leads(test))
        return message + "\n" + arrow(scenario.file, test.line, 0) + ending +
               bad_steps(scenario, test, nullptr);
    const StepResult* first = first_bad_step(test);
    std::string text = message + "\n" + step_body(*first, scenario.file) + bad_steps(scenario, test, first);
    return ending.empty() ? text : text + "\n" + ending;
}

std::string failure_message(const ScenarioResult& scenario) {
    return reason_message(scenario.reason, scenario.outcome);
}

std::string failure_text(const ScenarioResult& scenario) {
    std::string message = failure_message(scenario);
    return message + "\n" + arrow(scenario.file, 0, 0) + full_reason(scenario.reason, message) +
           labelled("help:", scenario.help) + elsewhere_text(scenario.elsewhere);
}

std::string elsewhere_text(const std::vector<std::string>& elsewhere) {
    std::string text;
    for (const std::string& line : elsewhere)
        text += labelled("elsewhere:", one_line(line));
    return text;
}

std::string failure_message(const BrokenRecord& broken) {
    return shorten(one_line(broken.reason), longest_message);
}

std::string failure_text(const BrokenRecord& broken) {
    return failure_message(broken) + "\n" + arrow(broken.record, 0, 0);
}

std::string failure_message(const MachineCheck& check) {
    if (check.outcome == Outcome::errored)
        return reason_message(check.reason, check.outcome);
    std::string more = check.left.size() > 1 ? fmt::format(", and {} more", check.left.size() - 1) : "";
    std::string first = check.left.empty() ? "something" : check.left.front();
    return shorten(one_line(fmt::format("left behind: {}", first)), longest_message - more.size()) + more;
}

std::string failure_text(const MachineCheck& check) {
    std::string message = failure_message(check);
    std::string text = message + "\n" + full_reason(check.reason, message);
    return text + list_text("left behind", check.left) + changes_text(check);
}

std::string changes_text(const MachineCheck& check) {
    return list_text("changed meanwhile, not by the run as far as can be told", check.changed);
}

} // namespace netrig
