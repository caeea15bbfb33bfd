// What the process tells by its exit status. All other values are reserved.
#pragma once

namespace netrig {

inline constexpr int exit_passed = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2; ///< or an invalid scenario
inline constexpr int exit_internal = 3;
inline constexpr int exit_nothing_selected = 4;
inline constexpr int exit_missing = 5; ///< the machine lacks something, and --no-skip was given
inline constexpr int exit_errored = 6;
inline constexpr int exit_left_behind = 7; ///< something of the run still is on the machine
inline constexpr int exit_report_not_written = 8;

} // namespace netrig
