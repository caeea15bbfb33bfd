// The command line as one struct.
#pragma once

#include "core/leaks.h"
#include "core/variables.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace netrig {

enum class ColourChoice { automatic, always, never };

struct CommonOptions {
    std::vector<std::string> paths;
    ColourChoice colour = ColourChoice::automatic;
    std::vector<Setting> settings; ///< --set, each name once
};

/// What is told of a run, while it goes on or of its record.
struct ReportOptions {
    std::string junit; ///< path, "-" for standard output, empty for none
    bool verbose = false;
    bool stats = false;
    bool no_skip = false; ///< what the machine lacks is an error
};

struct RunCommand {
    CommonOptions common;
    ReportOptions report;
    unsigned jobs = 0;                       ///< 0: as many as the machine has processors
    std::string timeout;                     ///< of the whole run, such as "10min"; empty for none
    std::string events;                      ///< path, "-" for standard output, empty for none
    std::optional<CheckLeaks> check_leaks{}; ///< nothing: as the environment says
};

struct ReportCommand {
    std::vector<std::string> records; ///< paths, "-" for standard input
    ColourChoice colour = ColourChoice::automatic;
    ReportOptions report;
};

struct CheckCommand {
    CommonOptions common;
};

struct PlanCommand {
    CommonOptions common;
    std::string as; ///< "ip": as the commands that a person would type; empty: as operations
};

enum class GraphFormat { text, dot, svg };

struct GraphCommand {
    CommonOptions common;
    std::optional<GraphFormat> format{}; ///< nothing: as the output's name says
    std::string output;                  ///< a file or a folder; empty or "-" for standard output
};

struct DoctorCommand {
    ColourChoice colour = ColourChoice::automatic;
    bool json = false;
};

/// The command line was asked for help or was not understood: print and exit.
struct PrintAndExit {
    std::string to_stdout, to_stderr;
    int status = 0;
};

using Command = std::variant<RunCommand, ReportCommand, CheckCommand, PlanCommand, GraphCommand,
                             DoctorCommand, PrintAndExit>;

Command parse_command_line(int argc, const char* const* argv);

} // namespace netrig
