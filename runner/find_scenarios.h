// Which files the paths on the command line stand for.
#pragma once

#include "core/diagnostic.h"
#include "core/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace netrig {

struct FoundScenarios {
    std::vector<std::string> files; ///< sorted within each folder, none twice
    std::string problem;            ///< of a netrig.toml: rendered, with its place; empty for none
};

/// A file stands for itself, a folder for the *.toml files below it in the order of their names, less what a
/// netrig.toml in the folder or above it keeps out: `exclude = ["must-fail"]`, paths relative to it. What is
/// named on the command line is never kept out. An Error for a path that is not there.
Result<FoundScenarios> find_scenarios(const std::vector<std::string>& paths);

/// As the system knows it, symbolic links followed; without them where there is no such file.
std::filesystem::path absolute_path(const std::filesystem::path& path);

/// The absolute folder of a file.
Result<std::string> folder_of(const std::string& path);

/// The whole file. Larger than a scenario may be: what is enough to tell that.
Result<std::string> read_text(const std::string& path);

} // namespace netrig
