// Which user and group ids there are in a lab. As root all; as an ordinary user, in the lab's own user
// namespace, only one, or several where newuidmap(1) is installed and subuid(5) grants a range. Programs that
// switch to a user of their own (most daemons) need several, or the filter of fake_ids.h.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace netrig {

enum class Ids {
    root,        ///< as outside
    subordinate, ///< the caller as root, and a range that was granted
    one,         ///< the caller as root
};

/// As reports say it.
std::string_view word(Ids ids);

/// One line of /proc/PID/uid_map or gid_map.
struct IdRange {
    std::uint32_t inside = 0, outside = 0, count = 0;
    auto operator<=>(const IdRange&) const = default;
};

/// The first range of subuid(5) that `text` grants to a user, by name or number.
std::optional<IdRange> granted_range(std::string_view text, const std::string& name, uid_t user);

/// How several ids can be mapped into a new user namespace.
struct IdMap {
    std::vector<IdRange> users, groups;
    bool by_programs = false; ///< newuidmap and newgidmap, which are setuid root
};

/// Nothing when it is not known to be possible. Reads files, starts nothing.
std::optional<IdMap> plan_several_ids();

/// Called by the parent of the first process in the user namespace.
Status map_several_ids(pid_t child, const IdMap& map);

/// Called by the first process in its user namespace: root inside, the caller outside.
Status map_one_id(uid_t user, gid_t group);

/// Of the calling process's user namespace.
Result<Ids> own_ids();

/// Whether whoever runs netrig is not root; also in the lab, where everybody is.
bool is_ordinary_user();

} // namespace netrig
