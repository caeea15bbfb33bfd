// Several recorded runs as one: the shards of a suite, or one suite on several machines.
#pragma once

#include "reports/record.h"

#include <string>
#include <vector>

namespace netrig {

/// A scenario is the same in two runs when its file, instance and settings are, and its tests have the same
/// names; where only those differ, the runs had different versions of the file, and both stand in the result.
/// Of each test, and of each scenario that is a case of its own, one result is kept: failed before errored
/// before passed before skipped, the earlier run's of equals. What the other runs made of it is said in
/// `elsewhere`. One run alone comes back as it is.
RunTree merge(const std::vector<RecordedRun>& runs);

/// Two records of one and the same run, in words; empty if there are none.
std::string recorded_twice(const std::vector<RecordedRun>& runs);

/// For `--no-skip`: what was skipped for want of something is an error.
void demand_all(RunTree& tree);

} // namespace netrig
