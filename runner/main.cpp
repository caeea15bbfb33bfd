// The table of contents: reads the command line and calls the function of the subcommand.

#include "runner/commands.h"
#include "runner/exit_status.h"

#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <unistd.h>

namespace {

struct Dispatch {
    int operator()(const netrig::RunCommand& command) const { return netrig::run_command(command); }
    int operator()(const netrig::ReportCommand& command) const { return netrig::report_command(command); }
    int operator()(const netrig::CheckCommand& command) const { return netrig::check_command(command); }
    int operator()(const netrig::PlanCommand& command) const { return netrig::plan_command(command); }
    int operator()(const netrig::GraphCommand& command) const { return netrig::graph_command(command); }
    int operator()(const netrig::DoctorCommand& command) const { return netrig::doctor_command(command); }
    int operator()(const netrig::PrintAndExit& print) const {
        std::fputs(print.to_stdout.c_str(), stdout);
        std::fputs(print.to_stderr.c_str(), stderr);
        return print.status;
    }
};

/// Whoever starts us with one of them closed must not find our files in its place.
void open_standard_descriptors() {
    for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(fd, F_GETFD) < 0)
            open("/dev/null", O_RDWR); // takes the lowest number that is free, which is this one
}

} // namespace

int main(int argc, char** argv) {
    open_standard_descriptors();
    try {
        return std::visit(Dispatch{}, netrig::parse_command_line(argc, argv));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "netrig: internal error: %s\n", error.what());
        return netrig::exit_internal;
    }
}
