// Whether a continuous integration system started us, by the variables that such systems set.
#pragma once

namespace netrig {

/// Of CI, GITHUB_ACTIONS, GITLAB_CI, JENKINS_URL and TF_BUILD (Azure Pipelines) one is set to something else
/// than "false" or "0".
bool runs_in_ci();

} // namespace netrig
