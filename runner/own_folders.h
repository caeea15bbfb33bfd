// Folders of a mount namespace that are its own: what is written there is seen nowhere else and goes with it.
#pragma once

#include "core/result.h"
#include "runner/fd.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace netrig {

enum class OwnFolder {
    overlay, ///< or links where the kernel refuses one
    links,
};

/// Told apart by their file systems (st_dev): those of ours were made for this namespace alone.
class OwnFolders {
public:
    /// One that a new file system was just mounted on.
    Status add(const std::string& folder);

    /// Makes `folder`, an O_PATH descriptor, the calling thread's namespace's own, with what it has now still
    /// to be seen, except for `left_out`, which are about to be made anew.
    Status make(const Fd& folder, const std::vector<std::string>& left_out, OwnFolder how);

    [[nodiscard]] bool has(const Fd& folder) const;
    [[nodiscard]] bool was_made(const Fd& folder) const; ///< by make(), not added

private:
    /// An empty one, mounted on the folder.
    Result<Fd> make_space(const Fd& folder);
    /// The machine's folder below, what is written above. Refused in a user namespace for a folder below
    /// which something is mounted, and by a kernel without overlays.
    Status lay_over(const Fd& folder);

    std::vector<dev_t> added_, made_;
};

/// The path at which the kernel has it.
Result<std::string> place_of(const Fd& file);

bool is_same_file(const Fd& a, const Fd& b);

} // namespace netrig
