// One function a subcommand; each returns the exit status.
#pragma once

#include "runner/options.h"

namespace netrig {

int run_command(const RunCommand& command);
int report_command(const ReportCommand& command);
int check_command(const CheckCommand& command);
int plan_command(const PlanCommand& command);
int graph_command(const GraphCommand& command);
int doctor_command(const DoctorCommand& command);

} // namespace netrig
