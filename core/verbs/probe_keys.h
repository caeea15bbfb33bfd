// The keys that all probes between pairs share, and how they are read.
#pragma once

#include "core/endpoints.h"
#include "core/verbs/verb.h"

#include <optional>

namespace netrig {

inline constexpr Key between_key{"between", KeyType::text,
                                 "who asks whom: \"red -> blue\", \"a, b <-> c\", \"* <-> *\""};
inline constexpr Key family_key{"family", KeyType::text,
                                "\"ipv4\", \"ipv6\" or \"both\"; IPv4 where the target has one"};
inline constexpr Key source_key{"source", KeyType::text, "address that the requests come from"};

/// What stands in a probe's value: the pair alone, or a table.
class ProbeReader {
public:
    /// Reports a value that is neither.
    ProbeReader(const TomlValue& value, std::string_view verb, Keys keys, LoadContext& context);

    /// Of a table; null where the pair is all that is written.
    [[nodiscard]] TableReader* table() { return table_ ? &*table_ : nullptr; }

    /// The pairs, each of which can be asked; nothing when any mistake was reported since the beginning.
    std::optional<Between> pairs(FamilyChoice family);

    /// Where the pairs are written.
    [[nodiscard]] Span where() const;

    /// Whether `source` is of the family of every address that is asked; reports when it is not.
    bool check_source(const std::optional<IpAddress>& source, const Between& between, FamilyChoice family);

private:
    const TomlValue& value_;
    LoadContext& context_;
    std::size_t mistakes_;
    std::optional<TableReader> table_;
};

FamilyChoice load_family(TableReader& reader);
std::optional<IpAddress> load_source(TableReader& reader);

/// Whether `timeout` is written, which then takes the place of the usual one.
bool load_timeout(TableReader& reader, nanoseconds& timeout);

} // namespace netrig
