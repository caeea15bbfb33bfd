#include "runner/options.h"

#include "core/quantity.h"
#include "core/suggest.h"
#include "runner/exit_status.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <map>
#include <sstream>

namespace netrig {

namespace {

constexpr const char* footer =
    "Exit status: 0 all passed, 1 a test failed, 2 usage, an invalid scenario or record, 3 internal error,\n"
    "4 no scenario found, 5 the machine lacks what is required and --no-skip was given, 6 errors only\n"
    "(of doctor: labs cannot be built here), 7 something was left behind, whatever the tests said,\n"
    "8 a report could not be written, 128+n ended by signal n.\n"
    "People read standard error, machines read standard output. README.md has the scenario format.";

void add_colour(CLI::App& command, ColourChoice& colour) {
    static const std::map<std::string, ColourChoice> colours{
        {"auto", ColourChoice::automatic}, {"always", ColourChoice::always}, {"never", ColourChoice::never}};
    command
        .add_option("--color", colour,
                    "auto (default), always or never; NO_COLOR and CLICOLOR_FORCE are followed")
        ->type_name("WHEN")
        ->transform(CLI::CheckedTransformer(colours, CLI::ignore_case).description(""));
}

/// The last one holds.
void take_setting(const std::string& word, std::vector<Setting>& settings) {
    std::size_t equals = word.find('=');
    Setting setting{word.substr(0, equals), word.substr(equals + 1)};
    std::erase_if(settings, [&](const Setting& known) { return known.name == setting.name; });
    settings.push_back(std::move(setting));
}

void add_common(CLI::App& command, CommonOptions& common) {
    command.add_option("PATH", common.paths, "scenario files, or folders to look for *.toml in")->required();
    command
        .add_option_function<std::vector<std::string>>(
            "--set",
            [&](const std::vector<std::string>& words) {
                for (const std::string& word : words)
                    take_setting(word, common.settings);
            },
            "a variable's value for this time; may be given several times")
        ->type_name("NAME=VALUE")
        ->take_all()
        ->allow_extra_args(false)
        ->check(CLI::Validator(
            [](std::string& text) {
                return text.find('=') != std::string::npos ? "" : "NAME=VALUE is wanted, such as mtu=1280";
            },
            ""));
    add_colour(command, common.colour);
}

void add_as(CLI::App& command, PlanCommand& plan) {
    command
        .add_option("--as", plan.as,
                    "ip: as a shell script of the ip, bridge, tc, nft and sysctl commands that a person\n"
                    "would type, for `bash -e` as root")
        ->type_name("ip")
        ->check(CLI::IsMember(std::vector<std::string>{"ip"}).description(""));
}

/// Empty words: as the environment says.
struct LeakWords {
    std::string check; ///< "own" or "all"
    bool none = false;
};

void add_check_leaks(CLI::App& run, LeakWords& words) {
    auto* check =
        run.add_flag("--check-leaks{own}", words.check,
                     "one more test case: the run leaves nothing behind on this machine (default in CI);\n"
                     "--check-leaks=all: and nothing else changes on it meanwhile");
    check->check(CLI::IsMember(std::vector<std::string>{"own", "all"}).description(""))->option_text(" ");
    run.add_flag("--no-check-leaks", words.none, "not even in CI")->excludes(check)->option_text(" ");
}

std::optional<CheckLeaks> check_leaks(const LeakWords& words) {
    if (words.none)
        return CheckLeaks::no;
    if (words.check.empty())
        return std::nullopt;
    return words.check == "all" ? CheckLeaks::all : CheckLeaks::own;
}

void add_report_options(CLI::App& app, ReportOptions& report) {
    app.add_option("--junit", report.junit, "write a JUnit report; '-' is standard output")
        ->type_name("FILE");
    app.add_flag("-v,--verbose", report.verbose, "a line for each test too");
    app.add_flag("--stats", report.stats, "say where each scenario's time went");
    app.add_flag("--no-skip", report.no_skip, "what this machine lacks is an error, not a skip");
}

void add_run(CLI::App& app, RunCommand& run, LeakWords& leak_words) {
    app.add_option("-j,--jobs", run.jobs, "labs at once; as many as processors by default")
        ->type_name("N")
        ->check(CLI::Range(1, 1000).description(""));
    app.add_option("--timeout", run.timeout, "for the whole run, such as 10min")
        ->type_name("TIME")
        ->check(CLI::Validator(
            [](std::string& text) {
                return parse_duration(text) ? "" : "a time such as 90s or 10min is wanted";
            },
            ""));
    app.add_option("--events", run.events,
                   "record the run, a JSON line for each event as it happens, for 'netrig report';\n"
                   "'-' is standard output")
        ->type_name("FILE");
    add_report_options(app, run.report);
    add_check_leaks(app, leak_words);
    app.final_callback([&run] {
        if (run.events == "-" && run.report.junit == "-")
            throw CLI::ValidationError("--events and --junit can't both be standard output");
    });
}

void add_report(CLI::App& app, ReportCommand& report) {
    app.add_option("EVENTS", report.records, "what 'netrig run --events' wrote; '-' is standard input")
        ->required();
    add_report_options(app, report.report);
    app.get_option("--no-skip")->description("what every machine lacked is an error, not a skip");
    add_colour(app, report.colour);
}

void add_graph(CLI::App& app, GraphCommand& graph) {
    static const std::map<std::string, GraphFormat> formats{
        {"text", GraphFormat::text}, {"dot", GraphFormat::dot}, {"svg", GraphFormat::svg}};
    app.add_option_function<std::string>(
           "--format", [&](const std::string& word) { graph.format = formats.at(word); },
           "text for a terminal, dot for Graphviz, or svg; as the name of FILE says, else text")
        ->type_name("FORMAT")
        ->check(CLI::Validator(
            [](std::string& word) {
                return formats.contains(word) ? std::string()
                                              : fmt::format("no format '{}'; {}", word,
                                                            suggestion(word, {"text", "dot", "svg"}));
            },
            ""));
    app.add_option("--output", graph.output,
                   "where to write it instead of standard output; a folder gets a file for each scenario")
        ->type_name("FILE");
}

/// A better word than the library's for a subcommand that there is not; empty for an option.
std::string unknown_command(const std::string& word) {
    if (word.empty() || word.front() == '-')
        return {};
    return fmt::format("unknown command '{}'; {}\nRun with --help for more information.\n", word,
                       suggestion(word, {"run", "report", "check", "plan", "graph", "doctor"}));
}

} // namespace

Command parse_command_line(int argc, const char* const* argv) {
    CLI::App app(
        "netrig: tests networks on Linux. Builds what scenario files describe out of network namespaces,\n"
        "runs their tests, and leaves nothing behind.",
        "netrig");
    app.set_version_flag("--version", std::string("netrig ") + NETRIG_VERSION);
    app.require_subcommand(1);
    app.footer(footer);
    RunCommand run;
    CLI::App* run_app = app.add_subcommand("run", "run scenarios");
    add_common(*run_app, run.common);
    LeakWords leak_words;
    add_run(*run_app, run, leak_words);
    ReportCommand report;
    CLI::App* report_app = app.add_subcommand(
        "report", "report recorded runs; several as one, such as the shards of a suite or several machines");
    add_report(*report_app, report);
    CheckCommand check;
    CLI::App* check_app =
        app.add_subcommand("check", "say all that is wrong with scenarios, and build nothing");
    add_common(*check_app, check.common);
    PlanCommand plan;
    CLI::App* plan_app = app.add_subcommand(
        "plan", "print the operations that would build scenarios, in their order, each with its reason");
    add_common(*plan_app, plan.common);
    add_as(*plan_app, plan);
    GraphCommand graph;
    CLI::App* graph_app = app.add_subcommand("graph", "draw the topology of scenarios");
    add_common(*graph_app, graph.common);
    add_graph(*graph_app, graph);
    DoctorCommand doctor;
    CLI::App* doctor_app =
        app.add_subcommand("doctor", "say what this machine offers, and what to do where it does not");
    add_colour(*doctor_app, doctor.colour);
    doctor_app->add_flag("--json", doctor.json, "for machines");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out, problem;
        if (app.exit(error, out, problem) == 0)
            return PrintAndExit{out.str(), {}, exit_passed};
        std::string unknown = argc > 1 && app.get_subcommands().empty() ? unknown_command(argv[1]) : "";
        return PrintAndExit{{}, "netrig: " + (unknown.empty() ? problem.str() : unknown), exit_usage};
    }
    run.check_leaks = check_leaks(leak_words);
    if (run_app->parsed())
        return run;
    if (report_app->parsed())
        return report;
    if (check_app->parsed())
        return check;
    if (graph_app->parsed())
        return graph;
    if (doctor_app->parsed())
        return doctor;
    return plan;
}

} // namespace netrig
