#include "core/plan_text.h"

#include "core/visible_text.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

std::string reason(const PlannedOp& planned, const SourceFile& source, const KeyPaths& keys) {
    std::string text = file_of(source, planned.span).path;
    if (planned.span.begin.line != 0)
        text += fmt::format(":{}", planned.span.begin.line);
    if (std::string key = keys.at(planned.span); !key.empty())
        text += " " + key;
    if (!planned.why.empty())
        text += fmt::format(": {}", planned.why);
    return terminal_line(text);
}

std::string explain(const Plan& plan, const Scenario& scenario) {
    constexpr std::size_t widest = 60; // that others are moved for
    std::vector<std::string> operations;
    std::size_t width = 0;
    for (const PlannedOp& planned : plan) {
        operations.push_back(terminal_line(describe(planned.op, scenario.topology)));
        if (operations.back().size() <= widest)
            width = std::max(width, operations.back().size());
    }
    KeyPaths keys(*scenario.source);
    std::string text;
    for (std::size_t i = 0; i < plan.size(); ++i)
        text += fmt::format("{:>5}  {:<{}}  # {}\n", i + 1, operations[i], width,
                            reason(plan[i], *scenario.source, keys));
    return text;
}

} // namespace netrig
