#include "runner/probe.h"

#include "runner/program_folders.h"

#include <cstdlib>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netrig {

namespace {

bool is_program(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && access(path.c_str(), X_OK) == 0;
}

} // namespace

std::string find_program(const std::string& name) {
    if (name.find('/') != std::string::npos)
        return is_program(name) ? name : "";
    const char* path = std::getenv("PATH");
    for (const std::string& folder : program_folders(path == nullptr ? "/usr/bin:/bin" : path))
        if (std::string found = folder + "/" + name; is_program(found))
            return found;
    return {};
}

Probed ask_command(const std::string& name) {
    std::string found = find_program(name);
    if (found.empty())
        return {Answer::no, fmt::format("there is no program '{}'", name)};
    return {Answer::yes, found};
}

} // namespace netrig
