// How many descriptors a lab takes, and room for them: the soft limit of open files is raised only as far as
// is needed, since programs in the nodes inherit it and some are slow, or wrong, when it is large.
#pragma once

#include "core/result.h"
#include "core/scenario.h"

#include <cstddef>

namespace netrig {

/// At the most at once, with some to spare.
std::size_t descriptors_for(const Scenario& scenario);

/// What the hard limit of this process (RLIMIT_NOFILE, getrlimit(2)) leaves room for: nodes of one lab, each
/// with a link, a probe of both families and a check that waits.
struct DescriptorLimit {
    std::size_t hard = 0, nodes = 0;
    bool operator==(const DescriptorLimit&) const = default;
};
DescriptorLimit descriptor_limit();

/// Raises the soft limit to `needed`, if it is lower. An Error, which says what was to have them and what to
/// do, where the hard limit is lower still.
Status make_room_for_descriptors(std::size_t needed, const std::string& what);

/// How many more could be opened now.
std::size_t descriptors_left();

} // namespace netrig
