// The judgement that all probes between pairs share: many answers folded into one verdict, failures grouped
// by what came, the pairs listed up to a bound.
#pragma once

#include "core/verdict.h"

#include <string>
#include <string_view>
#include <vector>

namespace netrig {

struct ProbeResult {
    bool as_expected = false;
    std::string came; ///< the outcome in the format's words, with what makes it unexpected
    std::string line; ///< the pair, the addresses really used and what was seen
};

/// How several are spoken of: "from all 12 pairs", "on all 4 interfaces".
struct ManyWords {
    std::string_view preposition = "from", noun = "pairs";
};

/// `expected` is what each should have answered: "reply", "refused".
Verdict judge_probes(const std::string& expected, const std::vector<ProbeResult>& results,
                     ManyWords many = {});

} // namespace netrig
