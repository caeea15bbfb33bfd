#include "runner/events_file.h"

#include "reports/events_json.h"
#include "runner/report_files.h"
#include "runner/system_error.h"

#include <fcntl.h>
#include <unistd.h>

namespace netrig {

Result<EventsFile> EventsFile::open(const std::string& path) {
    EventsFile events(path);
    if (path == "-")
        return events;
    events.file_ = Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!events.file_.valid())
        return system_failure(events.doing_);
    return events;
}

void EventsFile::receive(const Event& event) {
    if (written_)
        written_ = write_all(file_.valid() ? file_.get() : STDOUT_FILENO, to_json_line(event), doing_);
}

} // namespace netrig
