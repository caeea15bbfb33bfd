// What this machine offers, asked of the kernel and never guessed from a version: each feature of the table
// in core/features by its probe, those of the kernel in one throw-away lab. Nothing is left or changed on the
// host, and no program is started.
#pragma once

#include "core/requirements.h"
#include "core/scenario.h"

#include <memory>
#include <set>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace netrig {

/// All that stands in `requires` of the scenarios and their tests, what is to be known before their links are
/// impaired, and what has to be asked for lest its settings are missing.
std::set<std::string> features_wanted(const std::vector<std::shared_ptr<const Scenario>>& scenarios);

/// The answers, and the lab that gave them while it goes away, which takes the kernel longer than to answer.
/// The destructor waits until it is gone.
class AskedFeatures {
public:
    AskedFeatures() = default;
    AskedFeatures(AskedFeatures&& other) noexcept
        : answers(std::move(other.answers)), lab_(std::exchange(other.lab_, -1)) {}
    AskedFeatures& operator=(AskedFeatures&&) = delete;
    ~AskedFeatures();

    FeatureAnswers answers;

private:
    friend AskedFeatures ask_features(const std::set<std::string>& names);
    pid_t lab_ = -1; ///< told to end
};

/// An answer to each name. Only these are asked, each once; a lab is made only if one of them needs it.
AskedFeatures ask_features(const std::set<std::string>& names);

/// Whether every name of the table can be asked, and none is asked in vain; for tests.
bool has_probe(std::string_view feature);

} // namespace netrig
