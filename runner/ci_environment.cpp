#include "runner/ci_environment.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace netrig {

bool runs_in_ci() {
    static constexpr std::array variables{"CI", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "TF_BUILD"};
    return std::any_of(variables.begin(), variables.end(), [](const char* variable) {
        const char* found = std::getenv(variable);
        std::string_view value = found == nullptr ? "" : found;
        return !value.empty() && value != "false" && value != "0";
    });
}

} // namespace netrig
