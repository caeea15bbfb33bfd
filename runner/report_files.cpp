#include "runner/report_files.h"

#include "runner/fd.h"
#include "runner/system_error.h"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace netrig {

namespace {

bool is_special(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

/// Where a symbolic link leads, so that the link stays and the file behind it is replaced.
std::string followed(const std::string& path) {
    std::error_code error;
    auto target = std::filesystem::weakly_canonical(path, error);
    return error || !std::filesystem::is_symlink(path, error) ? path : target.string();
}

/// What open(2) with mode 0666 would have given; the mask can only be read by setting it.
mode_t usual_mode() {
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

} // namespace

Status write_all(int fd, std::string_view text, const std::string& doing) {
    while (!text.empty()) {
        ssize_t size = write(fd, text.data(), text.size());
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return system_failure(doing);
        text.remove_prefix(static_cast<std::size_t>(size));
    }
    return {};
}

Status write_report(const std::string& path, const std::string& text) {
    std::string doing = "write the report " + path;
    if (path == "-")
        return write_all(STDOUT_FILENO, text, doing);
    if (is_special(path)) {
        Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
        return file.valid() ? write_all(file.get(), text, doing) : Status(system_failure(doing));
    }
    std::string target = followed(path);
    std::string temporary = target + ".XXXXXX";
    Fd file(mkostemp(temporary.data(), O_CLOEXEC));
    if (!file.valid())
        return system_failure(doing);
    Status written = write_all(file.get(), text, doing);
    if (written && (fchmod(file.get(), usual_mode()) != 0 || rename(temporary.c_str(), target.c_str()) != 0))
        written = system_failure(doing);
    if (!written)
        unlink(temporary.c_str());
    return written;
}

} // namespace netrig
