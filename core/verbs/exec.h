// exec: a program run in a node's namespaces; its exit status and output judged.
#pragma once

#include "core/endpoints.h"
#include "core/text_match.h"
#include "core/verbs/verb.h"

#include <array>

namespace netrig {

struct Exec {
    static constexpr std::string_view name = "exec";
    static constexpr std::string_view meaning = "a program run in a node";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 10> keys{{
        {"on", KeyType::texts, "the node or nodes to run it in, all at once; NETRIG_NODE tells it which"},
        {"command", KeyType::any, "an array of arguments, or a string for sh -c"},
        {"stdin", KeyType::text, "given to it; nothing by default"},
        {"env", KeyType::table, "variables added to the runner's own"},
        {"cwd", KeyType::text, "working directory; the scenario's folder"},
        {"exit", KeyType::integer, "the exit status expected; 0"},
        {"stdout", KeyType::text_or_table,
         "text that its output contains, { equals = }, { matches = } or { json = }"},
        {"stderr", KeyType::text_or_table, "the same of its error output"},
        {"timeout", KeyType::duration, "then it is ended; the scenario's by default"},
        {"format", KeyType::text, "\"tap\" or \"ktap\": cases of its lines", true},
    }};

    std::string text; ///< of `on`, as written
    std::vector<NodeIndex> on;
    CommandRequest request; ///< what all nodes have in common
    std::string shown_command;
    int exit = 0;
    std::optional<TextMatch> output, errors;

    static std::optional<Exec> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const;
};

} // namespace netrig
