// Mounts as the calling process sees them (proc_pid_mountinfo(5)).
#pragma once

#include "core/result.h"

#include <string>
#include <vector>

namespace netrig {

struct Mount {
    std::string device; ///< "0:25"
    std::string root;   ///< what of the file system is mounted; "net:[4026532301]" for a namespace
    std::string mounted_at;
    std::string options;     ///< of this mount
    std::string propagation; ///< "shared:5", and others; empty for a private one
    std::string kind, source;
    std::string system_options; ///< of the file system
};

Result<std::vector<Mount>> own_mounts();

} // namespace netrig
