// The table of contents: reads the command line and calls the function of the subcommand.

#include "runner/commands.h"
#include "runner/exit_status.h"

#include <cstdio>
#include <exception>

namespace {

struct Dispatch {
    int operator()(const netrig::RunCommand& command) const { return netrig::run_command(command); }
    int operator()(const netrig::CheckCommand& command) const { return netrig::check_command(command); }
    int operator()(const netrig::PlanCommand& command) const { return netrig::plan_command(command); }
    int operator()(const netrig::DoctorCommand& command) const { return netrig::doctor_command(command); }
    int operator()(const netrig::PrintAndExit& print) const {
        std::fputs(print.to_stdout.c_str(), stdout);
        std::fputs(print.to_stderr.c_str(), stderr);
        return print.status;
    }
};

} // namespace

int main(int argc, char** argv) {
    try {
        return std::visit(Dispatch{}, netrig::parse_command_line(argc, argv));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "netrig: internal error: %s\n", error.what());
        return netrig::exit_internal;
    }
}
