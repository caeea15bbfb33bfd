#include "runner/sysctls.h"

#include "runner/fd.h"
#include "runner/system_error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sstream>
#include <unistd.h>

namespace netrig {

std::string sysctl_path(const std::string& name) {
    constexpr std::string_view folder = "/proc/sys/";
    std::string path = std::string(folder) + name;
    std::replace(path.begin() + folder.size(), path.end(), '.', '/');
    return path;
}

Result<std::optional<std::string>> read_sysctl(const std::string& name) {
    Fd file(open(sysctl_path(name).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid() && (errno == ENOENT || errno == ENOTDIR))
        return std::optional<std::string>();
    std::array<char, 4096> data;
    ssize_t size = file.valid() ? read(file.get(), data.data(), data.size()) : -1;
    if (size < 0)
        return system_failure("read " + name);
    std::istringstream words(std::string(data.data(), static_cast<std::size_t>(size)));
    std::string text;
    for (std::string word; words >> word;)
        text += (text.empty() ? "" : " ") + word;
    return std::optional(text);
}

} // namespace netrig
