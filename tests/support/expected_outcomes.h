// The table scenarios/expected.toml, and how what netrig says of a file is compared with it: the console's
// text, the JUnit report and the exit status.
#pragma once

#include "tests/support/child.h"

#include <string>
#include <vector>

namespace netrig {

struct ExpectedTest {
    std::string outcome; ///< "passed", "failed", "errored" or "skipped"
    std::string name;
    std::vector<std::string> words; ///< what its failure text contains; of a skip, its whole reason
    std::string instance{};         ///< of the scenario, "family=ipv6"; empty where the file has no matrix
};

struct ExpectedFile {
    std::string path;     ///< as a user names it in the source folder: "scenarios/document/bridge.toml"
    std::string scenario; ///< the name that stands in the file, which must be without variables
    int exit = 0;
    std::vector<ExpectedTest> tests; ///< all of them, in the order of the file, instance by instance
    std::size_t scenarios = 1;       ///< several where the file has a matrix
    bool may_skip = false;           ///< a kernel that lacks what it needs skips all of it instead

    /// Whether the console tells that it was skipped as a whole because the kernel lacks something.
    [[nodiscard]] bool was_skipped(const std::string& console) const;
    [[nodiscard]] unsigned count(const std::string& outcome) const;
};

/// The rows of a folder of scenarios/ ("document"), or all.
std::vector<ExpectedFile> expected_outcomes(const std::string& folder = {});

/// Runs the files, all at once, each by a netrig of its own, and compares what comes with the table. Where
/// `scenarios/` is not in the source folder, `options.directory` says where.
void check_outcomes(const std::vector<ExpectedFile>& files, ChildOptions options = {});

} // namespace netrig
