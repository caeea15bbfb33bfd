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

/// All that a scenario's nodes are given from files.
struct ReadFiles {
    std::string folder;                  ///< the scenario's, absolute
    std::vector<FilesInNode> files;      ///< of each node
    std::vector<RulesetInNode> rulesets; ///< of each node, with an empty text where there is none
};

/// What is `from` elsewhere is read from below the scenario's folder or, where an included file speaks of it,
/// from below that file's. To be called before anything is built, while all of the machine can be seen. An
/// Error names file, node, and place in the scenario.
Result<ReadFiles> read_files_of(const Scenario& scenario);

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
