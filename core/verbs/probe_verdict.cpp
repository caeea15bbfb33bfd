#include "core/verbs/probe_verdict.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace netrig {

static std::string count_outcomes(const std::vector<ProbeResult>& results, ManyWords many) {
    std::map<std::string, std::size_t> seen;
    for (const ProbeResult& result : results)
        if (!result.as_expected)
            ++seen[result.came];
    std::string text;
    for (const auto& [outcome, count] : seen)
        text += fmt::format("{}{} ({} of {} {})", text.empty() ? "" : ", ", outcome, count, results.size(),
                            many.noun);
    return text;
}

Verdict judge_probes(const std::string& expected, const std::vector<ProbeResult>& results, ManyWords many) {
    constexpr std::size_t most_lines = 20, most_good_lines = 4;
    Verdict verdict;
    verdict.expected = results.size() == 1 ? expected
                                           : fmt::format("{} {} all {} {}", expected, many.preposition,
                                                         results.size(), many.noun);
    auto bad = static_cast<std::size_t>(std::count_if(
        results.begin(), results.end(), [](const ProbeResult& result) { return !result.as_expected; }));
    verdict.answer = bad == 0 ? Answer::yes : Answer::no;
    verdict.actual = bad == 0              ? verdict.expected
                     : results.size() == 1 ? results.front().came
                                           : count_outcomes(results, many);
    bool list_good = results.size() <= most_good_lines;
    std::size_t left_out = 0;
    for (const ProbeResult& result : results) {
        if (result.as_expected && !list_good)
            continue;
        if (verdict.details.size() < most_lines)
            verdict.details.push_back(result.line);
        else
            ++left_out;
    }
    if (left_out > 0)
        verdict.details.push_back(fmt::format("and {} more", left_out));
    return verdict;
}

} // namespace netrig
