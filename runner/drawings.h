// Drawings of scenarios' topologies and where they go.
#pragma once

#include "core/scenario.h"
#include "reports/graph_text.h"
#include "runner/options.h"

#include <memory>
#include <string>
#include <vector>

namespace netrig {

struct Drawing {
    std::string path; ///< of the scenario's file
    Graph graph;
};

/// One for each scenario, but one for all combinations of a matrix that have the same topology.
std::vector<Drawing> drawings_of(const std::vector<std::shared_ptr<const Scenario>>& scenarios);

/// What the option says, else what the output's name does, else SVG for a folder and text.
GraphFormat format_of(const GraphCommand& command);

/// Whether `output` names a folder: there is one, or a '/' at its end says so.
bool is_folder(const std::string& output);

/// Text for a locale without UTF-8 is ASCII, by LC_ALL, LC_CTYPE or LANG.
bool locale_is_ascii();

/// To standard output, to the file, or each to a file of its own in the folder that `output` names. SVG is
/// one drawing a file.
Status write_drawings(const std::vector<Drawing>& drawings, GraphFormat format, const std::string& output,
                      const GraphTextOptions& text);

} // namespace netrig
