// A run as JUnit XML, in the dialect that the common readers agree on: a suite a scenario, a case a test, and
// in each that is not passed exactly one failure, error or skipped, with attributes and a complete body.
#pragma once

#include "reports/run_tree.h"

#include <string>

namespace netrig {

/// The whole document, UTF-8, well-formed whatever bytes the run holds; never without a case.
std::string junit(const RunTree& tree);

} // namespace netrig
