// A seccomp(2) filter for labs that have one id only: the calls by which a program changes its ids, its
// groups, its capabilities or a file's owner do nothing and succeed, so that daemons which give up root go on
// as they are.
#pragma once

#include "core/result.h"

#include <linux/filter.h>
#include <vector>

namespace netrig {

using CallFilter = std::vector<sock_filter>;

Result<CallFilter> make_fake_ids();

/// For the calling thread and all that it starts. One system call, so that it may stand after vfork(2).
bool set_filter(const CallFilter& filter);

} // namespace netrig
