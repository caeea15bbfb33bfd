// path: the routers that packets pass, hop by hop, as traceroute(8) finds them: echo requests whose hop
// limits run out one hop further each (RFC 792 and RFC 4443, time exceeded).
#pragma once

#include "core/verbs/probe_keys.h"

#include <array>

namespace netrig {

struct Path {
    static constexpr std::string_view name = "path";
    static constexpr std::string_view meaning = "the routers that packets pass, hop by hop";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 5> keys{{
        between_key,
        family_key,
        {"hops", KeyType::texts,
         "the nodes in order, the target the last: \"r1\", \"r1|r2\" for either, \"*\" for any"},
        {"timeout", KeyType::duration, "wait for the answers of all hops; 2s"},
        source_key,
    }};

    Between between;
    FamilyChoice family = FamilyChoice::automatic;
    std::vector<std::string> words;           ///< of `hops`, as written
    std::vector<std::vector<NodeIndex>> hops; ///< what each may be; empty: anything
    EchoRequest request;                      ///< what all have in common
    bool own_timeout = false;                 ///< the timeout was written, so `within` does not shorten it

    static std::optional<Path> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const { return "path " + between.text; }
};

} // namespace netrig
