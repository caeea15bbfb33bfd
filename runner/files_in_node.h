// Puts a scenario's files where only one node sees them. The folder that a file goes to becomes the node's
// own: an overlay on the machine's folder or, where the kernel refuses one, an empty folder with links to
// what is in the machine's. Whatever symbolic links stand on a file's way, nothing is written but to such
// folders.
#pragma once

#include "core/result.h"
#include "core/scenario.h"
#include "runner/nftables.h"
#include "runner/own_folders.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace netrig {

/// A file with its content at hand.
struct FileInNode {
    std::string path; ///< absolute and normal
    std::string text;
    mode_t mode = 0644;
};

using FilesInNode = std::vector<FileInNode>;

/// A ruleset with its text at hand.
struct RulesetInNode {
    std::string text;
    PlaceOfLine place; ///< of what nft complains of
};

/// The files of each node, those `from` elsewhere read from below `folder`, or, where an included file speaks
/// of them, from below that file's. An Error names file, node, and place in the scenario.
Result<std::vector<FilesInNode>> read_node_files(const Scenario& scenario, const std::string& folder);

/// The ruleset of each node, with an empty text where there is none; `from` as for files.
Result<std::vector<RulesetInNode>> read_rulesets(const Scenario& scenario, const std::string& folder);

struct FilesToPut {
    const FilesInNode& wanted;
    /// Put as well where the folder they go to is the node's own by then: what the node's view of files shows
    /// there anyway, and a new view of the folder would hide.
    const FilesInNode& kept;
    OwnFolder folder = OwnFolder::overlay; ///< a test can ask for the second best
};

/// In the calling thread's mount namespace, which must be the node's; `folders` are its own by now, and more
/// become so. An Error names the file.
Status put_files(const FilesToPut& files, OwnFolders& folders);

} // namespace netrig
