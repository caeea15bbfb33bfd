// Which key of a scenario a place in its files belongs to: "links.addresses", "nodes.r1.routes". Found by
// reading the files again, so that nothing that is loaded has to carry it; for printing, not for hot paths.
#pragma once

#include "core/source.h"

#include <string>
#include <utility>
#include <vector>

namespace netrig {

class KeyPaths {
public:
    /// The source must outlive it.
    explicit KeyPaths(const SourceFile& source);

    /// The innermost key at whose value, or in it, the span begins; empty for a file as a whole. Places in
    /// lists are not counted: the line tells them.
    [[nodiscard]] std::string at(const Span& span) const;

private:
    using Keys = std::vector<std::pair<Position, std::string>>; ///< in order
    std::vector<Keys> files_;                                   ///< the scenario's own first
};

} // namespace netrig
