// Starts programs in a node for Boost.Process: a launcher by vfork(2), since the library's own leaks
// descriptors into children (1.81) and copies the page tables of the whole runner.
#pragma once

#include "core/result.h"
#include "runner/fd.h"
#include "runner/node_namespaces.h"

#include <boost/asio/io_context.hpp>
#include <boost/process/v2/process.hpp>
#include <map>
#include <string>
#include <vector>

namespace netrig {

using Process = boost::process::v2::basic_process<boost::asio::io_context::executor_type>;

struct Launch {
    std::vector<std::string> argv; ///< argv[0] is looked for in its own PATH, see program_folders
    std::map<std::string, std::string> environment; ///< added to the runner's own
    std::string directory = "/";                    ///< where it works, as the node sees it
    int input = -1, output = -1, errors = -1;       ///< what becomes 0, 1, 2
    const NodeNamespaces* node = nullptr;           ///< where it runs; nothing: here
};

/// The process leads a process group of its own, so that everything it starts can be ended with it. It
/// inherits no descriptor but 0, 1 and 2.
Result<Process> launch(boost::asio::io_context& loop, const Launch& launch);

} // namespace netrig
