// Who keeps a lab's namespaces alive after the lab: processes that are in one or have one open, and mounts of
// one (ip-netns(8) makes such). Looks at what /proc shows to the user; a thread that is elsewhere than its
// process is not seen.
#pragma once

#include "core/leaks.h"
#include "core/result.h"

#include <string>
#include <vector>

namespace netrig {

/// A namespace that a lab made, and the lab's scenario.
struct MadeNamespace {
    LabNamespace what;
    std::string file;
};

/// The caller's own namespaces are never taken for a lab's.
Result<std::vector<HeldNamespace>> find_holders(const std::vector<MadeNamespace>& made);

} // namespace netrig
