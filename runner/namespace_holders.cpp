#include "runner/namespace_holders.h"

#include "runner/folder.h"
#include "runner/mounts.h"
#include "runner/namespace_identity.h"
#include "runner/processes.h"

#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>
#include <unordered_map>

namespace netrig {

namespace {

class Search {
public:
    explicit Search(const std::vector<MadeNamespace>& made) {
        std::vector<std::string> own;
        for (const LabNamespace& each : own_namespaces())
            own.push_back(link_of(each));
        for (const MadeNamespace& each : made)
            if (std::find(own.begin(), own.end(), link_of(each.what)) == own.end())
                made_.emplace(link_of(each.what), &each);
    }

    Result<std::vector<HeldNamespace>> run() {
        if (made_.empty())
            return std::move(found_);
        auto processes = all_processes();
        if (!processes)
            return failure(processes.error());
        for (pid_t pid : *processes)
            if (Status looked = look_at_process(pid); !looked)
                return failure(looked.error());
        auto mounts = own_mounts();
        if (!mounts)
            return failure(mounts.error());
        for (const Mount& mount : *mounts)
            if (mount.kind == "nsfs")
                look_at(mount.root, mount.mounted_at, Holding::is_mounted, [&] { return mount.mounted_at; });
        return std::move(found_);
    }

private:
    /// What readlink(2) says of it in /proc.
    static std::string link_of(const LabNamespace& one) {
        return fmt::format("{}:[{}]", one.kind, one.inode);
    }

    /// Somebody else's process, which we may not look into, is passed over.
    Status look_at_process(pid_t pid) {
        for (auto [folder, holding] : {std::pair("ns", Holding::is_in), {"fd", Holding::has_open}}) {
            std::string path = fmt::format("/proc/{}/{}", pid, folder);
            Status listed = for_each_entry(AT_FDCWD, path, [&](const Entry& entry) {
                look_at(link_at(entry.folder, entry.name), path + "/" + entry.name, holding,
                        [pid] { return show_process(pid); });
            });
            if (!listed)
                return listed;
        }
        return {};
    }

    template <class Who>
    void look_at(const std::string& link, const std::string& path, Holding holding, Who who) {
        auto [first, last] = made_.equal_range(link);
        if (first == last)
            return;
        Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        if (!fd.valid() && (errno == ENOENT || errno == ESRCH))
            return; // let go since
        std::uint64_t id = fd.valid() ? namespace_id(fd.get(), link.starts_with("net:")) : 0;
        for (auto it = first; it != last; ++it) {
            const MadeNamespace& made = *it->second;
            bool known = id != 0 && made.what.id != 0;
            if (!known || id == made.what.id)
                found_.push_back({made.what, made.file, holding, who(), known});
        }
    }

    std::unordered_multimap<std::string, const MadeNamespace*> made_; ///< by their links
    std::vector<HeldNamespace> found_;
};

} // namespace

Result<std::vector<HeldNamespace>> find_holders(const std::vector<MadeNamespace>& made) {
    return Search(made).run();
}

} // namespace netrig
