// Events as JSON lines, out and in: what the lab's process sends, what is recorded and replayed, what other
// programs read. Each line is an object {"v":2,"type":"step-finished","time":…, …}, ASCII only.
#pragma once

#include "core/event.h"

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace netrig {

/// One line with its new line at the end and none within. Bytes that are no UTF-8 stand in it as \xNN.
std::string to_json_line(const Event& event);

/// The event, or why the line is none ("'took-ns' is missing"). Lines of all versions up to this one's are
/// read; what an older one has no key for keeps its default. Additional keys are ignored; numbers are
/// checked, so that arithmetic on them is safe.
tl::expected<Event, std::string> from_json_line(std::string_view line);

} // namespace netrig
