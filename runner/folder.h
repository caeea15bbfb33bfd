// Looks through folders of /proc, /sys and the like, where things come and go while one looks: what is not
// there (any more), or not for the caller to see, is passed over; that descriptors or memory ran out is an
// Error.
#pragma once

#include "core/result.h"

#include <functional>
#include <optional>
#include <string>

namespace netrig {

struct Entry {
    int folder = -1; ///< a descriptor of it, lent for the visit
    const char* name = nullptr;
    unsigned char type = 0; ///< DT_DIR, ... (readdir(3))
};

using VisitEntry = std::function<void(const Entry&)>;

/// Without "." and "..". A name is looked up from `folder`, or AT_FDCWD.
Status for_each_entry(int folder, const std::string& name, const VisitEntry& visit);

/// What a symbolic link says; empty when it is passed over.
std::string link_at(int folder, const char* name);

/// A file of one page at most, as they are in /proc, without the new line at its end; nothing when it is
/// passed over, and when reading it is refused.
Result<std::optional<std::string>> read_file_at(int folder, const std::string& name);

} // namespace netrig
