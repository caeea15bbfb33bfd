// What `netrig run --events` wrote, read back: the runs of one record, each folded to its tree, and what is
// wrong with its lines. Knows no file.
#pragma once

#include "reports/run_tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace netrig {

struct RecordedRun {
    std::string record; ///< the name of the file, for people
    RunTree tree;       ///< with what was planned and never started, and a BrokenRecord, where it breaks off
    bool operator==(const RecordedRun&) const = default;
};

struct Record {
    std::vector<RecordedRun> runs;
    std::vector<std::string> problems; ///< "shard-1.jsonl:17: 'took-ns' is missing"
};

/// Reads all lines. Several runs may stand one after the other. What ends before its run-finished, in
/// mid-line or without a single event is a run that breaks off, and no problem.
Record read_record(const std::string& name, std::string_view text);

} // namespace netrig
