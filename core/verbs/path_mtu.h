// path-mtu: the largest packet that passes a path whole, found by echo requests that no router may fragment
// (RFC 1191, RFC 8201).
#pragma once

#include "core/verbs/probe_keys.h"

#include <array>

namespace netrig {

struct PathMtu {
    static constexpr std::string_view name = "path-mtu";
    static constexpr std::string_view meaning = "the largest packet that passes whole";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 7> keys{{
        between_key,
        family_key,
        {"is", KeyType::integer, "bytes, IP header included"},
        {"min", KeyType::integer, "bytes, at least"},
        {"max", KeyType::integer, "bytes, at most"},
        {"timeout", KeyType::duration, "wait for the answer to each size; 1s"},
        source_key,
    }};

    Between between;
    FamilyChoice family = FamilyChoice::automatic;
    unsigned least = 0, most = 0; ///< what is expected; the same for `is`
    EchoRequest request;          ///< what all have in common
    bool own_timeout = false;     ///< the timeout was written, so `within` does not shorten it

    static std::optional<PathMtu> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const { return "path-mtu " + between.text; }
};

} // namespace netrig
