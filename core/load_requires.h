// Loads `requires`, of a scenario or of a test: names of features, each checked against the table.
#pragma once

#include "core/requirements.h"
#include "core/toml_reader.h"

namespace netrig {

std::vector<Requirement> load_requires(TableReader& reader);

} // namespace netrig
