// The recorded runs that the files on a command line hold, and all that is wrong with them in words.
#pragma once

#include "reports/record.h"

#include <string>
#include <vector>

namespace netrig {

struct LoadedRecords {
    std::vector<RecordedRun> runs; ///< none when anything is wrong
    std::string said;              ///< for standard error: what is wrong, with file and line
    int status = 0;                ///< an exit status
};

/// "-" is standard input. The same file named twice, or two copies of one record, is a mistake.
LoadedRecords load_records(const std::vector<std::string>& paths);

} // namespace netrig
