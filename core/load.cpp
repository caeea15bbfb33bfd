#include "core/load.h"

#include "core/addressing.h"
#include "core/emulation.h"
#include "core/instances.h"
#include "core/kind_checks.h"
#include "core/load_interfaces.h"
#include "core/load_requires.h"
#include "core/load_routes.h"
#include "core/load_rules.h"
#include "core/load_tests.h"
#include "core/load_topology.h"
#include "core/merged_table.h"
#include "core/pool.h"
#include "core/remote_addresses.h"
#include "core/segments.h"
#include "core/static_routes.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>
#include <tuple>

namespace netrig {

namespace {

constexpr std::array<Key, 20> top_level_keys{{
    {"name", KeyType::text, "what people read and select by; the file's name stands in"},
    {"description", KeyType::text, "what the scenario shows"},
    {"tags", KeyType::texts, "words to select by"},
    {"timeout", KeyType::duration, "for the whole scenario; 60s"},
    {"hosts", KeyType::texts, "names of nodes"},
    {"routers", KeyType::texts, "names of nodes that forward"},
    {"nodes", KeyType::table, "what there is to say of a node"},
    {"links", KeyType::tables, "veth pairs between nodes"},
    {"bridges", KeyType::table, "bridges, each in a namespace of its own"},
    {"tests", KeyType::tables, "what is asked"},
    {"requires", KeyType::texts, "what the machine must offer"},
    {"variables", KeyType::table, "defaults for ${name}"},
    {"matrix", KeyType::table, "one scenario for each combination"},
    {"include", KeyType::texts, "other files that are merged in"},
    {"pool", KeyType::texts, "from which links and bridges without addresses get subnets"},
    {"routing", KeyType::text,
     "\"none\" (default), or \"static\": shortest ways to every subnet on every node"},
    {"neighbours", KeyType::text,
     "\"auto\" (default), \"learn\": nothing is pinned, or \"static\": all of a segment is, from the start"},
    {"dad", KeyType::boolean, "whether IPv6 addresses are tried for duplicates, and waited for; false"},
    {"emulator", KeyType::text, "who impairs links: \"auto\", \"kernel\" or \"relay\""},
    {"grading", KeyType::table, "points and categories", true},
}};

std::string name_of_file(const std::string& path) {
    std::size_t slash = path.rfind('/');
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    return name.ends_with(".toml") ? name.substr(0, name.size() - 5) : name;
}

void load_texts(TableReader& reader, Scenario& scenario) {
    scenario.name = name_of_file(scenario.source->path);
    if (auto name = reader.text("name")) {
        if (name->value.empty() || name->value.find('\n') != std::string::npos)
            reader.report(name->span, "a scenario's name is one line of text");
        else
            scenario.name = name->value;
    }
    if (auto description = reader.text("description"))
        scenario.description = description->value;
    for (const Text& tag : reader.texts("tags"))
        scenario.tags.push_back(tag.value);
    if (auto timeout = reader.duration("timeout"))
        scenario.timeout = *timeout;
}

/// What stands in the file once is one mistake, though it may be looked at twice or for each of many nodes.
void leave_out_repeated(Diagnostics& diagnostics) {
    std::set<std::tuple<std::string, Span>> seen;
    std::erase_if(diagnostics, [&](const Diagnostic& diagnostic) {
        return !seen.insert({diagnostic.message, diagnostic.span}).second;
    });
}

void load_routing(TableReader& reader, Topology& topology) {
    static constexpr std::array<std::string_view, 2> ways{"none", "static"};
    auto routing = reader.choice("routing", ways);
    // A mistake elsewhere is shown alone: half a topology has other ways.
    if (routing && *routing == "static" && reader.diagnostics().empty())
        add_static_routes(topology, reader.find("routing")->span);
}

void load_emulator(TableReader& reader, Topology& topology) {
    constexpr std::array<std::string_view, 3> names{"auto", "kernel", "relay"}; // in the order of Emulator
    topology.emulator = reader.choice_of<Emulator>("emulator", names).value_or(Emulator::automatic);
}

void load_neighbours(TableReader& reader, Topology& topology) {
    constexpr std::array<std::string_view, 3> policies{"auto", "learn",
                                                       "static"}; // in NeighbourPolicy's order
    topology.neighbours =
        reader.choice_of<NeighbourPolicy>("neighbours", policies).value_or(NeighbourPolicy::automatic);
    topology.awaits_dad = reader.boolean("dad").value_or(false);
}

void load_document(const TomlTable& document, bool tests_needed, Scenario& scenario,
                   Diagnostics& diagnostics) {
    TableReader reader(document, Span{}, "a scenario", top_level_keys, diagnostics);
    load_texts(reader, scenario);
    load_emulator(reader, scenario.topology);
    load_neighbours(reader, scenario.topology);
    TopologyRest rest = load_topology(reader, scenario.topology);
    number_interfaces(scenario.topology);
    find_segments(scenario.topology);
    use_pool(load_pool(reader), scenario.topology, rest.groups, diagnostics);
    give_out_addresses(rest.groups, scenario.topology, diagnostics);
    find_remote_addresses(scenario.topology, diagnostics);
    check_kinds(scenario.topology, diagnostics);
    join_overlays(scenario.topology);
    check_addresses(scenario.topology, diagnostics);
    load_routes(rest.texts.routes, scenario.topology, diagnostics);
    load_routing(reader, scenario.topology);
    load_rules(rest.texts.rules, scenario.topology, diagnostics);
    load_tests(reader, scenario);
    check_emulation(scenario, diagnostics);
    scenario.requirements = load_requires(reader);
    if (tests_needed && !reader.has("tests"))
        reader.report({}, "there are no [[tests]], so nothing would be checked", {},
                      "a file that others include needs none where it is run together with one of them");
}

} // namespace

Loaded load_scenario(SourceFile source, const LoadOptions& options) {
    Loaded loaded;
    auto layers = read_layers(source, options.read, loaded.diagnostics);
    loaded.source = std::make_shared<SourceFile>(std::move(source));
    if (layers) {
        const TomlTable& own = layers->back().table;
        loaded.has_tests = std::any_of(own.entries.begin(), own.entries.end(),
                                       [](const TomlEntry& entry) { return entry.key == "tests"; });
        TomlTable document = merge_layers(std::move(*layers), loaded.diagnostics);
        load_instances(document, options.settings, loaded,
                       [&](const TomlTable& instance, Scenario& scenario, Diagnostics& diagnostics) {
                           load_document(instance, options.tests_needed, scenario, diagnostics);
                       });
    }
    leave_out_repeated(loaded.diagnostics);
    return loaded;
}

} // namespace netrig
