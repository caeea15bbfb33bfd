// The record of a run: a JSON line for each event, written at once, so that what happened is known whatever
// happens next.
#pragma once

#include "core/event.h"
#include "core/result.h"
#include "runner/fd.h"

#include <string>

namespace netrig {

class EventsFile : public EventSink {
public:
    /// Empties the file if there is one; "-" is standard output.
    static Result<EventsFile> open(const std::string& path);

    /// After the first line that can't be written there is no other.
    void receive(const Event& event) override;

    /// Whether all lines were written.
    [[nodiscard]] const Status& written() const { return written_; }

private:
    explicit EventsFile(const std::string& path) : doing_("write the events " + path) {}

    std::string doing_;
    Fd file_; ///< not valid: standard output
    Status written_;
};

} // namespace netrig
