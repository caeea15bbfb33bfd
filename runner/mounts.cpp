#include "runner/mounts.h"

#include "runner/system_error.h"

#include <charconv>
#include <fstream>
#include <sstream>

namespace netrig {

namespace {

/// A space, a tab, a new line and a backslash are written as \040 and the like.
std::string plain(const std::string& word) {
    std::string text;
    for (std::size_t i = 0; i < word.size(); ++i) {
        unsigned code = 0;
        const char* digits = word.data() + i + 1;
        bool escaped = word[i] == '\\' && i + 3 < word.size() &&
                       std::from_chars(digits, digits + 3, code, 8).ptr == digits + 3;
        text += escaped ? static_cast<char>(code) : word[i];
        i += escaped ? 3 : 0;
    }
    return text;
}

Mount read_mount(const std::string& line, std::size_t dash) {
    std::istringstream before(line.substr(0, dash)), after(line.substr(dash + 3));
    Mount mount;
    std::string number, parent;
    before >> number >> parent >> mount.device >> mount.root >> mount.mounted_at >> mount.options;
    std::getline(before >> std::ws, mount.propagation);
    after >> mount.kind >> mount.source >> mount.system_options;
    for (std::string* path : {&mount.root, &mount.mounted_at, &mount.source})
        *path = plain(*path);
    return mount;
}

} // namespace

Result<std::vector<Mount>> own_mounts() {
    std::vector<Mount> mounts;
    std::ifstream file("/proc/self/mountinfo");
    if (!file)
        return system_failure("read /proc/self/mountinfo");
    for (std::string line; std::getline(file, line);)
        if (std::size_t dash = line.find(" - "); dash != std::string::npos)
            mounts.push_back(read_mount(line, dash));
    return mounts;
}

} // namespace netrig
