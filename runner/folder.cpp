#include "runner/folder.h"

#include "runner/fd.h"
#include "runner/system_error.h"

#include <array>
#include <climits>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string_view>

namespace netrig {

namespace {

bool ran_out(int code) {
    return code == EMFILE || code == ENFILE || code == ENOMEM;
}

/// An Error of what just failed, or nothing when it is passed over.
Status pass_over(const std::string& doing) {
    return ran_out(errno) ? Status(system_failure(doing)) : Status();
}

struct CloseFolder {
    void operator()(DIR* folder) const { closedir(folder); }
};

} // namespace

Status for_each_entry(int folder, const std::string& name, const VisitEntry& visit) {
    Fd fd(openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.valid())
        return pass_over("look through " + name);
    std::unique_ptr<DIR, CloseFolder> entries(fdopendir(fd.get()));
    if (!entries)
        return pass_over("look through " + name);
    int number = fd.release(); // closed with the entries from now on
    for (;;) {
        errno = 0;
        const dirent* entry = readdir(entries.get());
        if (entry == nullptr)
            return pass_over("look through " + name);
        std::string_view found = entry->d_name;
        if (found != "." && found != "..")
            visit({number, entry->d_name, entry->d_type});
    }
}

std::string link_at(int folder, const char* name) {
    std::array<char, PATH_MAX> text;
    ssize_t size = readlinkat(folder, name, text.data(), text.size());
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

Result<std::optional<std::string>> read_file_at(int folder, const std::string& name) {
    using Read = std::optional<std::string>;
    Fd fd(openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd.valid()) {
        Status passed = pass_over("read " + name);
        return passed ? Result<Read>(Read()) : failure(passed.error());
    }
    std::array<char, 4096> text;
    ssize_t size = read(fd.get(), text.data(), text.size());
    if (size < 0) {
        Status passed = pass_over("read " + name);
        return passed ? Result<Read>(Read()) : failure(passed.error());
    }
    if (size > 0 && text[static_cast<std::size_t>(size) - 1] == '\n')
        --size;
    return Read(std::string(text.data(), static_cast<std::size_t>(size)));
}

} // namespace netrig
