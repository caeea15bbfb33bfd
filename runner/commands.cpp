#include "runner/commands.h"

#include "core/by_hand.h"
#include "core/emulation.h"
#include "core/plan_text.h"
#include "core/visible_text.h"
#include "reports/console.h"
#include "reports/junit.h"
#include "reports/merged_runs.h"
#include "runner/ci_environment.h"
#include "runner/doctor.h"
#include "runner/drawings.h"
#include "runner/events_file.h"
#include "runner/exit_status.h"
#include "runner/features.h"
#include "runner/files_in_node.h"
#include "runner/find_scenarios.h"
#include "runner/load_records.h"
#include "runner/load_scenarios.h"
#include "runner/report_files.h"
#include "runner/run_all.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

namespace netrig {

namespace {

void print(std::FILE* where, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), where);
    std::fflush(where);
}

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

/// no-color.org and bixense.com/clicolors; an empty value counts as unset.
bool use_colour(ColourChoice choice, int descriptor = STDERR_FILENO) {
    if (choice != ColourChoice::automatic)
        return choice == ColourChoice::always;
    if (is_set("NO_COLOR"))
        return false;
    if (is_set("CLICOLOR_FORCE") && std::string_view(std::getenv("CLICOLOR_FORCE")) != "0")
        return true;
    const char* terminal = std::getenv("TERM");
    bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
    return isatty(descriptor) == 1 && !dumb;
}

/// 0 for what is no terminal.
std::size_t terminal_width(int descriptor) {
    winsize size{};
    if (isatty(descriptor) != 1 || ioctl(descriptor, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

LoadedScenarios load(const CommonOptions& options, bool tests_needed = true) {
    LoadedScenarios loaded =
        load_scenarios({options.paths, options.settings, tests_needed, use_colour(options.colour)});
    print(stderr, loaded.said);
    return loaded;
}

/// Decides who impairs the links of those that have impaired ones.
void choose_emulations(std::vector<std::shared_ptr<const Scenario>>& scenarios, const FeatureAnswers& found) {
    for (auto& scenario : scenarios)
        if (!emulation_features(*scenario).empty()) {
            auto chosen = std::make_shared<Scenario>(*scenario);
            choose_emulation(*chosen, found);
            scenario = std::move(chosen);
        }
}

Console make_console(const ReportOptions& options, ColourChoice colour) {
    return Console({.colour = use_colour(colour),
                    .verbose = options.verbose,
                    .stats = options.stats,
                    .width = terminal_width(STDERR_FILENO)},
                   [](std::string_view text) { print(stderr, text); });
}

/// What can't be written is said, and is the exit status where all else went well.
int told(const Status& written, int status) {
    if (written)
        return status;
    print(stderr, fmt::format("netrig: {}\n", describe(written.error())));
    return status == exit_passed ? exit_report_not_written : status;
}

int write_reports(const RunTree& tree, const ReportOptions& options) {
    int status = exit_status(tree);
    return options.junit.empty() ? status : told(write_report(options.junit, junit(tree)), status);
}

/// A console that nobody reads any more is no reason to end; a report tells EPIPE.
void ignore_broken_pipes() {
    signal(SIGPIPE, SIG_IGN);
}

/// What `from` elsewhere is read, so that the script stands by itself.
Result<ByHandTexts> texts_of(const Scenario& scenario) {
    auto read = read_files_of(scenario);
    if (!read)
        return failure(read.error());
    ByHandTexts texts{{}, {}, std::move(read->folder)};
    for (FilesInNode& node : read->files) {
        texts.files.emplace_back();
        for (FileInNode& file : node)
            texts.files.back().push_back(std::move(file.text));
    }
    for (RulesetInNode& ruleset : read->rulesets)
        texts.rulesets.push_back(std::move(ruleset.text));
    return texts;
}

int print_by_hand(const std::vector<std::shared_ptr<const Scenario>>& scenarios) {
    for (const auto& scenario : scenarios) {
        auto texts = texts_of(*scenario);
        if (!texts) {
            print(stderr, fmt::format("netrig: {}\n", describe(texts.error())));
            return exit_errored;
        }
        ByHandScript script = by_hand(make_plan(scenario->topology), *scenario, *texts);
        print(stdout, (scenario == scenarios.front() ? "" : "\n") + script.text);
        for (const std::string& warning : script.warnings)
            print(stderr, terminal_line(
                              fmt::format("netrig: {}: by hand there is not: {}", scenario->name, warning)) +
                              "\n");
    }
    if (scenarios.size() > 1)
        print(stderr, fmt::format("netrig: {} scripts, to be run one at a time: nodes of one name are one "
                                  "namespace by hand\n",
                                  scenarios.size()));
    return exit_passed;
}

} // namespace

int run_command(const RunCommand& command) {
    ignore_broken_pipes();
    LoadedScenarios loaded = load(command.common);
    if (loaded.status != exit_passed)
        return loaded.status;
    Console console = make_console(command.report, command.common.colour);
    RunTreeBuilder builder;
    std::vector<EventSink*> sinks{&console, &builder};
    std::optional<EventsFile> events;
    if (!command.events.empty()) {
        auto opened = EventsFile::open(command.events);
        if (!opened)
            return told(failure(opened.error()), exit_passed);
        events = std::move(*opened);
        sinks.push_back(&*events);
    }
    CheckLeaks wanted = command.check_leaks.value_or(runs_in_ci() ? CheckLeaks::own : CheckLeaks::no);
    std::optional<LeakCheck> leaks;
    if (wanted != CheckLeaks::no)
        leaks.emplace(wanted); // before anything is made
    AskedFeatures asked = ask_features(features_wanted(loaded.scenarios));
    choose_emulations(loaded.scenarios, asked.answers);
    unsigned jobs = command.jobs != 0 ? command.jobs : std::max(1U, std::thread::hardware_concurrency());
    RunOptions options{std::min(jobs, static_cast<unsigned>(loaded.scenarios.size())),
                       parse_duration(command.timeout), asked.answers,
                       command.report.no_skip ? Missing::is_an_error : Missing::skips,
                       leaks ? &*leaks : nullptr};
    if (Status ran = run_all(loaded.scenarios, options, sinks); !ran) {
        print(stderr, fmt::format("netrig: {}\n", describe(ran.error())));
        return exit_internal;
    }
    int status = write_reports(builder.tree(), command.report);
    return events ? told(events->written(), status) : status;
}

int report_command(const ReportCommand& command) {
    ignore_broken_pipes();
    LoadedRecords loaded = load_records(command.records);
    print(stderr, loaded.said);
    if (loaded.status != exit_passed)
        return loaded.status;
    RunTree tree = merge(loaded.runs);
    if (command.report.no_skip)
        demand_all(tree);
    make_console(command.report, command.colour).show(tree);
    return write_reports(tree, command.report);
}

int check_command(const CheckCommand& command) {
    LoadedScenarios loaded = load(command.common);
    if (loaded.status == exit_passed)
        print(stderr, fmt::format("netrig: no mistakes in {} scenario{}\n", loaded.scenarios.size(),
                                  loaded.scenarios.size() == 1 ? "" : "s"));
    return loaded.status;
}

int plan_command(const PlanCommand& command) {
    LoadedScenarios loaded = load(command.common, false);
    if (loaded.status != exit_passed)
        return loaded.status;
    std::set<std::string> wanted;
    for (const auto& scenario : loaded.scenarios)
        wanted.merge(emulation_features(*scenario));
    choose_emulations(loaded.scenarios, ask_features(wanted).answers);
    if (command.as == "ip")
        return print_by_hand(loaded.scenarios);
    for (const auto& scenario : loaded.scenarios)
        print(stdout, fmt::format("# {}: {}\n{}", scenario->source->path, scenario->name,
                                  explain(make_plan(scenario->topology), *scenario)));
    return exit_passed;
}

int graph_command(const GraphCommand& command) {
    LoadedScenarios loaded = load(command.common, false);
    if (loaded.status != exit_passed)
        return loaded.status;
    std::vector<Drawing> drawings = drawings_of(loaded.scenarios);
    GraphFormat format = format_of(command);
    if (format == GraphFormat::svg && drawings.size() > 1 && !is_folder(command.output)) {
        print(stderr,
              fmt::format("netrig: SVG is one drawing a file, and these are {}; --output FOLDER/ writes a "
                          "file for each\n",
                          drawings.size()));
        return exit_usage;
    }
    GraphTextOptions text{.ascii = locale_is_ascii()};
    if (std::size_t width = terminal_width(STDOUT_FILENO); width > 0 && command.output.empty())
        text.width = width;
    else if (is_set("COLUMNS") && std::atoi(std::getenv("COLUMNS")) > 0)
        text.width = static_cast<std::size_t>(std::atoi(std::getenv("COLUMNS")));
    Status written = write_drawings(drawings, format, command.output, text);
    if (written)
        return exit_passed;
    print(stderr, fmt::format("netrig: {}\n", describe(written.error())));
    return written.error().code == 0 ? exit_errored : exit_report_not_written;
}

int doctor_command(const DoctorCommand& command) {
    DoctorReport report = examine_machine();
    print(stdout, command.json ? doctor_json(report)
                               : doctor_text(report, use_colour(command.colour, STDOUT_FILENO)));
    return report.labs ? exit_passed : exit_errored;
}

} // namespace netrig
