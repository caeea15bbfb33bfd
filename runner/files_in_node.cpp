#include "runner/files_in_node.h"

#include "core/rulesets.h"
#include "runner/fd.h"
#include "runner/find_scenarios.h"
#include "runner/system_error.h"

#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace netrig {

namespace {

/// Context that the callee could not know; the error keeps its number and the kernel's words.
tl::unexpected<Error> in_context(const std::string& doing, Error error) {
    error.doing = doing + ": " + error.doing;
    return failure(std::move(error));
}

Fd open_folder(int from, const std::string& path, std::uint64_t resolve) {
    open_how how{};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = resolve;
    return Fd(static_cast<int>(syscall(SYS_openat2, from, path.c_str(), &how, sizeof how)));
}

/// How far the way to a file exists, as the node's programs would follow it.
struct Way {
    Fd folder;                        ///< the deepest folder that is there
    std::vector<std::string> missing; ///< folders below it, the outermost first
    std::string name;
};

Result<Way> find_way(const std::string& path) {
    Way way;
    std::string rest = path;
    for (bool is_name = true;; is_name = false) {
        std::size_t slash = rest.rfind('/');
        std::string part = rest.substr(slash + 1);
        if (is_name)
            way.name = std::move(part);
        else
            way.missing.insert(way.missing.begin(), std::move(part));
        rest.resize(slash);
        way.folder = open_folder(AT_FDCWD, rest.empty() ? "/" : rest, RESOLVE_NO_MAGICLINKS);
        if (way.folder.valid())
            return way;
        bool unseen =
            errno == ENOENT || errno == EACCES; // what lies behind a locked folder is as good as missing
        if (!unseen || rest.empty())
            return system_failure("open the folder " + rest);
    }
}

/// A folder of the node's own, below one that is; nothing else can be meant, so links are not followed.
Result<Fd> make_folder(const Fd& in, const std::string& name) {
    if (mkdirat(in.get(), name.c_str(), 0755) == 0)
        fchmodat(in.get(), name.c_str(), 0755, 0); // whatever the umask
    else if (errno != EEXIST)
        return system_failure("make the folder " + name);
    Fd made = open_folder(in.get(), name, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
    if (!made.valid() && errno == ELOOP)
        return failure({"make the folder " + name, EEXIST, "it is a symbolic link that leads nowhere", {}});
    if (!made.valid())
        return system_failure("open the folder " + name);
    return made;
}

Status write_file(const Fd& folder, const std::string& name, const FileInNode& file) {
    // A file of the machine's that an overlay shows is hidden by this, not removed.
    if (unlinkat(folder.get(), name.c_str(), 0) != 0 && errno != ENOENT)
        return system_failure("replace what is there");
    Fd written(
        openat(folder.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!written.valid())
        return system_failure("make it");
    for (std::string_view rest = file.text; !rest.empty();) {
        ssize_t size = write(written.get(), rest.data(), rest.size());
        if (size < 0)
            return system_failure("write it");
        rest.remove_prefix(static_cast<std::size_t>(size));
    }
    if (fchmod(written.get(), file.mode) != 0)
        return system_failure("set its mode");
    return {};
}

class FilePutter {
public:
    FilePutter(const FilesToPut& files, OwnFolders& folders) : files_(files), folders_(folders) {}

    Status put_all() {
        if (Status covered = own_all_folders(); !covered)
            return covered;
        for (const FileInNode& file : files_.wanted)
            if (Status put = put_one(file); !put)
                return in_context("put " + file.path, put.error());
        for (const FileInNode& file : files_.kept)
            if (Status put = put_again(file); !put)
                return in_context("keep " + file.path, put.error());
        return {};
    }

private:
    /// The outermost first: a new view of a folder hides what was mounted below it. Each turn makes the way
    /// of one file at least the node's own.
    Status own_all_folders() {
        for (std::size_t turn = 0; turn <= files_.wanted.size(); ++turn) {
            Fd next;
            std::string next_place, wanted_by;
            for (const FileInNode& file : files_.wanted) {
                auto way = find_way(file.path);
                if (!way)
                    return in_context("put " + file.path, way.error());
                auto place = place_of(way->folder);
                if (!place)
                    return in_context("put " + file.path, place.error());
                if (folders_.has(way->folder) || (next.valid() && place->size() >= next_place.size()))
                    continue;
                next = std::move(way->folder);
                next_place = std::move(*place);
                wanted_by = file.path;
            }
            if (!next.valid())
                return {};
            if (Status made = folders_.make(next, names_in(next), files_.folder); !made)
                return in_context(fmt::format("put {}: give the node a {} of its own", wanted_by, next_place),
                                  made.error());
        }
        return failure({"give the node folders of its own for its files", ELOOP, {}, {}});
    }

    /// What files are to be called in a folder that is there.
    [[nodiscard]] std::vector<std::string> names_in(const Fd& folder) const {
        std::vector<std::string> names;
        for (const FilesInNode* files : {&files_.wanted, &files_.kept})
            for (const FileInNode& file : *files) {
                auto way = find_way(file.path);
                if (way && way->missing.empty() && is_same_file(way->folder, folder))
                    names.push_back(way->name);
            }
        return names;
    }

    Status put_one(const FileInNode& file) {
        auto way = find_way(file.path);
        if (!way)
            return failure(way.error());
        if (!folders_.has(way->folder)) // whatever went wrong, the machine's files are not to be touched
            return failure({"write to " + place_of(way->folder).value_or("its folder"),
                            EPERM,
                            "it is not the node's own",
                            {}});
        for (const std::string& name : way->missing) {
            auto made = make_folder(way->folder, name);
            if (!made)
                return failure(made.error());
            way->folder = std::move(*made);
        }
        return write_file(way->folder, way->name, file);
    }

    Status put_again(const FileInNode& file) {
        for (const FileInNode& wanted : files_.wanted)
            if (wanted.path == file.path)
                return {};
        auto way = find_way(file.path);
        bool hidden = way && way->missing.empty() && folders_.was_made(way->folder);
        return hidden ? write_file(way->folder, way->name, file) : Status{};
    }

    const FilesToPut& files_;
    OwnFolders& folders_;
};

Result<std::string> read_regular_file(const std::string& path, const std::string& doing) {
    Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat found {};
    if (!file.valid() || fstat(file.get(), &found) != 0)
        return system_failure(doing);
    if (!S_ISREG(found.st_mode))
        return failure({doing, S_ISDIR(found.st_mode) ? EISDIR : EINVAL, "it is no regular file", {}});
    std::string text;
    std::array<char, 65536> part{};
    ssize_t size = 0;
    while ((size = read(file.get(), part.data(), part.size())) > 0)
        text.append(part.data(), static_cast<std::size_t>(size));
    if (size < 0)
        return system_failure(doing);
    return text;
}

Result<std::string> read_from(const NodeFile& file, const std::string& what, const Scenario& scenario,
                              const std::string& folder) {
    const Span& written = file.from_span;
    Result<std::string> base = folder;
    if (written.file != 0)
        base = folder_of(file_of(*scenario.source, written).path);
    if (!base)
        return base;
    std::string path = file.from.starts_with('/') ? file.from : *base + "/" + file.from;
    auto text = read_regular_file(
        path, fmt::format("read '{}' for {} ({})", file.from, what, place(*scenario.source, file.from_span)));
    if (!text)
        text.error().help = "'from' is relative to " + *base;
    return text;
}

} // namespace

Status put_files(const FilesToPut& files, OwnFolders& folders) {
    return FilePutter(files, folders).put_all();
}

static Result<std::vector<FilesInNode>> read_node_files(const Scenario& scenario, const std::string& folder) {
    std::vector<FilesInNode> files(scenario.topology.nodes.size());
    for (NodeIndex index = 0; index < files.size(); ++index) {
        const Node& node = scenario.topology.nodes[index];
        for (const NodeFile& file : node.files) {
            if (file.from.empty()) {
                files[index].push_back({file.path, file.text, file.mode});
                continue;
            }
            auto text = read_from(file, fmt::format("{} in {}", file.path, node.name), scenario, folder);
            if (!text)
                return failure(text.error());
            files[index].push_back({file.path, std::move(*text), file.mode});
        }
    }
    return files;
}

static Result<std::vector<RulesetInNode>> read_rulesets(const Scenario& scenario, const std::string& folder) {
    std::vector<RulesetInNode> rulesets(scenario.topology.nodes.size());
    for (NodeIndex index = 0; index < rulesets.size(); ++index) {
        const auto& wanted = scenario.topology.nodes[index].ruleset;
        if (!wanted)
            continue;
        RulesetInNode& ruleset = rulesets[index];
        if (wanted->from.empty()) {
            ruleset.text = wanted->text;
            ruleset.place = [source = scenario.source, span = wanted->span](auto line, auto column) {
                Position at = position_in_text(*source, span, line, column);
                return place(*source, {at, at, span.file});
            };
            continue;
        }
        auto text =
            read_from(*wanted, "the ruleset of " + scenario.topology.nodes[index].name, scenario, folder);
        if (!text)
            return failure(text.error());
        ruleset.text = std::move(*text);
        ruleset.place = [from = wanted->from](auto line, auto column) {
            return fmt::format("{}:{}:{}", from, line, column);
        };
    }
    return rulesets;
}

Result<ReadFiles> read_files_of(const Scenario& scenario) {
    auto folder = folder_of(scenario.source->path);
    if (!folder)
        return failure(folder.error());
    auto files = read_node_files(scenario, *folder);
    if (!files)
        return failure(files.error());
    auto rulesets = read_rulesets(scenario, *folder);
    if (!rulesets)
        return failure(rulesets.error());
    return ReadFiles{std::move(*folder), std::move(*files), std::move(*rulesets)};
}

} // namespace netrig
