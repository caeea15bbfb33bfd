// The one text that tells why a case is not passed, the same on the console and in documents. It is complete
// on its own, for many readers show nothing else. Made safe for a terminal or XML by those who show it.
#pragma once

#include "reports/run_tree.h"

#include <string>

namespace netrig {

/// One line of at most 200 characters: what was expected and what came, or why it could not be asked.
std::string failure_message(const TestResult& test);

/// The message, "  --> file:line:col", the excerpt, expected, actual and details (each behind a bar, so that
/// output of commands is never taken for a line of ours), then all further bad steps in the same shape, then
/// why and in which step the test ended early, then what other runs made of it. Ends with a new line.
std::string failure_text(const ScenarioResult& scenario, const TestResult& test);

/// The same of a scenario that is a case of its own.
std::string failure_message(const ScenarioResult& scenario);
std::string failure_text(const ScenarioResult& scenario);

/// What other runs made of a test, a line each; empty where only one was reported.
std::string elsewhere_text(const std::vector<std::string>& elsewhere);

/// Of a record that breaks off.
std::string failure_message(const BrokenRecord& broken);
std::string failure_text(const BrokenRecord& broken);

/// Of the check of the machine; of a passed one what else changed.
std::string failure_message(const MachineCheck& check);
std::string failure_text(const MachineCheck& check);
std::string changes_text(const MachineCheck& check); ///< empty when nothing else changed

} // namespace netrig
