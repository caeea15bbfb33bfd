#include "runner/load_records.h"

#include "core/result.h"
#include "core/visible_text.h"
#include "reports/merged_runs.h"
#include "runner/exit_status.h"
#include "runner/fd.h"
#include "runner/system_error.h"

#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace netrig {

namespace {

Result<std::string> read_all(int fd, const std::string& path) {
    std::string text;
    std::array<char, 65536> data;
    for (;;) {
        ssize_t size = read(fd, data.data(), data.size());
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return system_failure("read the events " + path);
        if (size == 0)
            return text;
        text.append(data.data(), static_cast<std::size_t>(size));
    }
}

Result<std::string> read_record_text(const std::string& path) {
    if (path == "-")
        return read_all(STDIN_FILENO, path);
    Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid())
        return system_failure("read the events " + path);
    return read_all(file.get(), path);
}

} // namespace

LoadedRecords load_records(const std::vector<std::string>& paths) {
    LoadedRecords loaded;
    for (const std::string& path : paths) {
        auto text = read_record_text(path);
        if (!text) {
            loaded.said += fmt::format("netrig: {}\n", describe(text.error()));
            continue;
        }
        Record record = read_record(path == "-" ? "standard input" : path, *text);
        for (const std::string& problem : record.problems)
            loaded.said += fmt::format("netrig: {}\n", terminal_line(problem));
        for (RecordedRun& run : record.runs)
            loaded.runs.push_back(std::move(run));
    }
    if (std::string twice = recorded_twice(loaded.runs); loaded.said.empty() && !twice.empty())
        loaded.said = fmt::format("netrig: {}\n", twice);
    if (!loaded.said.empty()) {
        loaded.status = exit_usage;
        loaded.runs.clear();
    }
    return loaded;
}

} // namespace netrig
