#include "core/load_requires.h"

#include "core/features.h"

#include <fmt/format.h>

namespace netrig {

std::vector<Requirement> load_requires(TableReader& reader) {
    std::vector<Requirement> wanted;
    for (const Text& name : reader.texts("requires")) {
        if (is_feature(name.value))
            wanted.push_back({name.value, name.span});
        else
            reader.report(name.span, fmt::format("unknown feature '{}'", name.value), {},
                          feature_suggestion(name.value));
    }
    return wanted;
}

} // namespace netrig
