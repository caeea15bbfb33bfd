#include "reports/console.h"

#include "core/visible_text.h"
#include "reports/failure_text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace netrig {

namespace {

struct StatusWord {
    std::string_view word, colour; ///< the colour as a parameter of SGR (ECMA-48 8.3.117)
};

constexpr std::array<StatusWord, 4> status_words{
    {{" PASS", "32"}, {" FAIL", "1;31"}, {"ERROR", "1;31"}, {" SKIP", "33"}}};

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

std::string counted(std::size_t number, std::string_view what) {
    return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

/// "3 tests", or "3 tests: 1 passed, 2 failed" when they did not all pass.
std::string tests_of(const ScenarioResult& scenario) {
    Counts counts;
    for (const TestResult& test : scenario.tests)
        counts.add(test.outcome);
    std::string text = counted(scenario.tests.size(), "test");
    if (counts.passed == scenario.tests.size())
        return text;
    std::string_view separator = ": ";
    auto append = [&](std::size_t number, std::string_view what) {
        if (number > 0)
            text += fmt::format("{}{} {}", std::exchange(separator, ", "), number, what);
    };
    append(counts.passed, "passed");
    append(counts.failed, "failed");
    append(counts.errored, "errored");
    append(counts.skipped, "skipped");
    return text;
}

std::string with_reason(std::string text, Outcome outcome, const std::string& reason) {
    bool says_more = outcome == Outcome::skipped || outcome == Outcome::passed; // as it failed as expected
    if (!says_more || reason.empty())
        return text;
    return fmt::format("{}: {}", text, one_line(reason));
}

std::string stats_line(const ScenarioResult& scenario) {
    Duration tests{};
    for (const TestResult& test : scenario.tests)
        tests += test.took;
    std::string built = "never stood";
    if (const auto& build = scenario.built)
        built = fmt::format("{}, {}; namespaces {}, build {}, wait {}", counted(build->nodes, "node"),
                            counted(build->links, "link"), show(build->namespaces), show(build->build),
                            show(build->wait));
    std::string ids = scenario.built && !scenario.built->ids.empty() ? "; ids: " + scenario.built->ids : "";
    return fmt::format("      {}, tests {}, teardown {}{}\n", built, show(tests), show(scenario.teardown),
                       terminal_line(ids));
}

/// As a shell reads it back: quoted only where that is needed.
std::string shell_word(const std::string& text) {
    static constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                              "_-./+,:=@%";
    if (!text.empty() && text.find_first_not_of(plain) == std::string::npos)
        return text;
    std::string quoted = "'";
    for (char c : text)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

bool is_failure(Outcome outcome) {
    return outcome == Outcome::failed || outcome == Outcome::errored;
}

std::string case_name(const MachineCheck&) {
    return fmt::format("{}: {}", MachineCheck::suite, MachineCheck::name);
}

} // namespace

Console::Console(ConsoleOptions options, Write write) : options_(options), write_(std::move(write)) {}

void Console::receive(const Event& event) {
    builder_.receive(event);
    if (const auto* finished = std::get_if<ScenarioFinished>(&event.what)) {
        if (const ScenarioResult* scenario = builder_.find(finished->scenario))
            write_(scenario_lines(*scenario));
    } else if (std::holds_alternative<RunFinished>(event.what)) {
        write_(ending(builder_.tree()));
    }
}

void Console::show(const RunTree& tree) const {
    for (const ScenarioResult& scenario : tree.scenarios)
        if (scenario.finished)
            write_(scenario_lines(scenario));
    write_(ending(tree));
}

std::string Console::status(Outcome outcome) const {
    const StatusWord& status = status_words[static_cast<std::size_t>(outcome)];
    if (!options_.colour)
        return std::string(status.word);
    return fmt::format("\x1b[{}m{}\x1b[0m", status.colour, status.word);
}

std::string Console::line(Outcome outcome, Duration took, std::string_view text) const {
    std::string time = fmt::format(" [{:8.3f}s] ", seconds(took));
    std::string shown = terminal_line(text);
    std::size_t margin = status_words.front().word.size() + time.size();
    if (options_.width > margin && outcome != Outcome::skipped) // a skip is loud: its reason is at the end
        shown = shorten_middle(shown, options_.width - margin);
    return status(outcome) + time + shown + "\n";
}

std::string Console::test_line(const TestResult& test) const {
    return line(test.outcome, test.took, "    " + with_reason(test.name, test.outcome, test.reason));
}

std::string Console::scenario_lines(const ScenarioResult& scenario) const {
    std::string text = fmt::format("{}: {} ({})", scenario.file, scenario.name, tests_of(scenario));
    text = line(scenario.outcome, scenario.took, with_reason(text, scenario.outcome, scenario.reason));
    // A skip is loud, unless its reason stands above already or comes at the end with the scenario's error.
    bool told = scenario.outcome == Outcome::skipped || !scenario.reason.empty();
    for (const TestResult& test : scenario.tests)
        if (options_.verbose || (test.outcome == Outcome::skipped && !told))
            text += test_line(test);
    return options_.stats ? text + stats_line(scenario) : text;
}

std::string Console::check_lines(const MachineCheck& check) const {
    bool told_later = is_failure(check.outcome); // with all that changed
    std::string found;
    if (!check.left.empty())
        found = counted(check.left.size(), "thing") + (check.left.size() == 1 ? " was" : " were");
    if (!check.changed.empty())
        found += fmt::format("{}{} by others{}", found.empty() ? "" : ", ",
                             counted(check.changed.size(), "change"),
                             told_later || options_.verbose ? "" : ", see -v");
    std::string name = case_name(check);
    std::string text =
        line(check.outcome, check.took, found.empty() ? name : fmt::format("{} ({})", name, found));
    return options_.verbose && !told_later ? text + terminal_text(changes_text(check)) : text;
}

std::string Console::failure(Outcome outcome, const std::string& name, const std::string& text) const {
    return fmt::format("\n{} {}\n{}", status(outcome), terminal_line(name), terminal_text(text));
}

std::string Console::failures(const ScenarioResult& scenario) const {
    std::string text, again = "netrig run " + shell_word(scenario.file);
    for (const std::string& setting : scenario.settings)
        again += " --set " + shell_word(setting);
    again = fmt::format("  again:    {}\n", terminal_line(again));
    if (scenario.is_case() && is_failure(scenario.outcome))
        text += failure(scenario.outcome, scenario.name, failure_text(scenario)) + again;
    for (const TestResult& test : scenario.tests)
        if (is_failure(test.outcome))
            text += failure(test.outcome, fmt::format("{}: {}", scenario.name, test.name),
                            failure_text(scenario, test)) +
                    again;
    return text;
}

std::string Console::ending(const RunTree& tree) const {
    std::string text;
    for (const ScenarioResult& scenario : tree.scenarios)
        if (!scenario.finished)
            text += scenario_lines(scenario);
    if (tree.check)
        text += check_lines(*tree.check);
    for (const ScenarioResult& scenario : tree.scenarios)
        text += failures(scenario);
    if (tree.check && is_failure(tree.check->outcome))
        text += failure(tree.check->outcome, case_name(*tree.check), failure_text(*tree.check));
    for (const BrokenRecord& broken : tree.broken)
        text += failure(Outcome::errored, broken.record, failure_text(broken));
    text += "\n";
    std::size_t not_started = tree.planned - std::min(tree.planned, tree.scenarios.size());
    if (tree.signal != 0)
        text += fmt::format("interrupted by {}{}\n", signal_name(tree.signal),
                            not_started == 0 ? ""
                                             : fmt::format(", {} of {} not started", not_started,
                                                           counted(tree.planned, "scenario")));
    Counts counts = count(tree), tests = count_scenarios(tree);
    if (tests.skipped > 0 && tests.skipped == tests.all())
        text += fmt::format("NOTHING WAS TESTED: {} skipped, for the reasons above\n",
                            tests.all() == 1 ? "the one test was"
                                             : fmt::format("all {} tests were", tests.all()));
    return text + fmt::format("{}, {}: {} passed, {} failed, {} errored, {} skipped in {:.3f}s\n",
                              counted(tree.scenarios.size(), "scenario"), counted(counts.all(), "test"),
                              counts.passed, counts.failed, counts.errored, counts.skipped,
                              seconds(tree.took));
}

} // namespace netrig
