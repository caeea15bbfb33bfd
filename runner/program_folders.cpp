#include "runner/program_folders.h"

#include <sstream>

namespace netrig {

std::vector<std::string> program_folders(std::string_view path) {
    std::vector<std::string> folders;
    std::istringstream pieces(std::string(path) + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/lib/frr");
    for (std::string folder; std::getline(pieces, folder, ':');)
        if (!folder.empty())
            folders.push_back(folder);
    return folders;
}

} // namespace netrig
