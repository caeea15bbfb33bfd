// Scenario files from text in the test: the mistakes in them as people are shown them, or the scenario that
// they load to and short texts of its parts. The file is called net.toml; one new line at the very front of
// the text is left out, so that line 1 is the first line in the test.
#pragma once

#include "core/load.h"
#include "core/plan.h"
#include "tests/support/catch.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>

namespace netrig {

inline SourceFile source_of(std::string text) {
    if (text.starts_with('\n'))
        text.erase(0, 1);
    return {"net.toml", std::move(text)};
}

/// Files by their paths, for what `include` names.
using Files = std::map<std::string, std::string>;

inline Loaded load_with(const std::string& text, const Files& files, std::vector<Setting> settings = {}) {
    auto read = [files](const std::string& path) -> Result<std::string> {
        auto found = files.find(path);
        if (found == files.end())
            return failure({"open " + path, ENOENT, {}, {}});
        return source_of(found->second).text;
    };
    return load_scenario(source_of(text), {read, std::move(settings)});
}

/// The mistakes as people are shown them.
inline std::string mistakes_with(const std::string& text, const Files& files,
                                 std::vector<Setting> settings = {}) {
    Loaded loaded = load_with(text, files, std::move(settings));
    return render(loaded.diagnostics, *loaded.source, {.at_most = 1000});
}

/// Empty for a file without mistakes.
inline std::string mistakes_in(const std::string& text) {
    Loaded loaded = load_scenario(source_of(text));
    return render(loaded.diagnostics, *loaded.source, {.at_most = 1000});
}

/// The mistakes of a file in short, a line each: "3:15 unknown node 'bleu'".
inline std::string messages_in(const std::string& text) {
    Loaded loaded = load_scenario(source_of(text));
    std::stable_sort(loaded.diagnostics.begin(), loaded.diagnostics.end(),
                     [](const Diagnostic& a, const Diagnostic& b) { return stands_before(a.span, b.span); });
    std::string lines;
    for (const Diagnostic& diagnostic : loaded.diagnostics)
        lines += std::to_string(diagnostic.span.begin.line) + ":" +
                 std::to_string(diagnostic.span.begin.column) + " " + diagnostic.message + "\n";
    return lines;
}

/// Of a file that must have no mistakes.
inline Scenario scenario_of(const std::string& text) {
    Loaded loaded = load_scenario(source_of(text));
    INFO(render(loaded.diagnostics, *loaded.source));
    REQUIRE(loaded.diagnostics.empty());
    REQUIRE(loaded.scenarios.size() == 1);
    return std::move(loaded.scenarios.front());
}

/// All interfaces but `lo`, a line each: "red:eth0 10.0.0.1/24 2001:db8::1/64".
inline std::string interfaces_in(const std::string& text) {
    Scenario scenario = scenario_of(text);
    const Topology& topology = scenario.topology;
    std::string lines;
    for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
        for (std::size_t i = 1; i < topology.nodes[node].interfaces.size(); ++i) {
            lines += topology.show({node, i});
            for (const InterfaceAddress& given : topology.nodes[node].interfaces[i].addresses)
                lines += " " + show(given.prefix);
            lines += "\n";
        }
    return lines;
}

/// The operations that build it, as `netrig plan` prints them.
inline std::string plan_of(const std::string& text) {
    Scenario scenario = scenario_of(text);
    return show(make_plan(scenario.topology), scenario.topology);
}

} // namespace netrig
