#include "core/load_nodes.h"

#include "core/load_interfaces.h"
#include "core/load_limits.h"
#include "core/names.h"
#include "core/node_files.h"
#include "core/rulesets.h"
#include "core/suggest.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>

namespace netrig {

namespace {

constexpr std::array<Key, 13> node_keys{{
    {"forwarding", KeyType::boolean, "whether it forwards; true for routers"},
    {"routes", KeyType::texts,
     "\"default via 10.0.0.254\", \"10.2.0.0/16 via r2\", \"unreachable 10.9.0.0/16\""},
    {"rules", KeyType::texts,
     "\"from 10.0.0.0/8 table 100 priority 1000\", \"fwmark 0x1/0xff table 7\", \"iif eth0 prohibit\""},
    {"sysctls", KeyType::table, "net.* settings"},
    {"lo", KeyType::text, "\"up\" (default) or \"down\", as a fresh namespace has it"},
    {"interfaces", KeyType::table, "what there is to say of an interface"},
    {"files", KeyType::table, "files seen only in this node: their text, or { from, text, mode }"},
    {"nftables", KeyType::text_or_table, "a ruleset of nft(8), or { from = \"fw.nft\" }"},
    {"setup", KeyType::any, "commands run once when links are up"},
    {"limits", KeyType::table, "memory, cpu, processes: what all its programs together may use"},
    {"sandbox", KeyType::boolean, "its commands are not trusted", true},
    {"grants", KeyType::texts, "what a sandbox may do all the same", true},
    {"services", KeyType::table, "daemons", true},
}};

std::span<const TomlEntry> entries_of(const TomlTable* table) {
    return table == nullptr ? std::span<const TomlEntry>() : std::span(table->entries);
}

void add_nodes(const std::vector<Text>& patterns, NodeKind kind, Topology& topology,
               Diagnostics& diagnostics) {
    for (const Text& pattern : patterns) {
        auto names = expand_names(pattern.value);
        if (!names) {
            diagnostics.push_back(
                {fmt::format("'{}' is not a pattern of names: {}", pattern.value, names.error()),
                 pattern.span});
            continue;
        }
        for (const std::string& name : *names)
            add_node({name, pattern.span}, kind, topology, diagnostics);
    }
}

void load_sysctls(const TomlTable& table, const std::string& prefix, Node& node, Diagnostics& diagnostics) {
    for (const TomlEntry& entry : table.entries) {
        std::string name = prefix + entry.key;
        Sysctl sysctl{name, {}, entry.key_span};
        if (const auto* nested = std::get_if<TomlTable>(&entry.value.data)) {
            load_sysctls(*nested, name + ".", node, diagnostics);
            continue;
        }
        if (const auto* number = std::get_if<std::int64_t>(&entry.value.data))
            sysctl.value = std::to_string(*number);
        else if (const auto* text = std::get_if<std::string>(&entry.value.data))
            sysctl.value = *text;
        else
            diagnostics.push_back(
                {fmt::format("a sysctl takes an integer or a string, not {}", type_name(entry.value)),
                 entry.value.span});
        check_sysctl_name(name, entry.key_span, diagnostics);
        node.sysctls.push_back(std::move(sysctl));
    }
}

void load_settings(TableReader& reader, NodeIndex index, Topology& topology) {
    static constexpr std::array<std::string_view, 2> lo_states{"up", "down"};
    Node& node = topology.nodes[index];
    if (auto forwarding = reader.boolean("forwarding"))
        node.forwarding = *forwarding;
    if (auto limits = load_limits(reader))
        node.limits = std::move(*limits);
    if (auto ruleset = load_ruleset(reader))
        node.ruleset = std::move(*ruleset);
    for (SetupCommand& command : load_setup(reader))
        node.setup.push_back(std::move(command));
    if (auto lo = reader.choice("lo", lo_states))
        node.interfaces.front().up = *lo == "up";
    if (const TomlTable* sysctls = reader.table("sysctls"))
        load_sysctls(*sysctls, "", node, reader.diagnostics());
}

} // namespace

void check_sysctl_name(const std::string& name, Span span, Diagnostics& diagnostics) {
    bool sane = name.starts_with("net.") && name.find('/') == std::string::npos &&
                name.find("..") == std::string::npos;
    if (!sane)
        diagnostics.push_back({fmt::format("'{}' is no sysctl of a network namespace", name),
                               span,
                               {},
                               "only net.* belongs to a node; the rest is the machine's",
                               {}});
}

void add_node(const Text& name, NodeKind kind, Topology& topology, Diagnostics& diagnostics) {
    auto problem =
        kind == NodeKind::bridge ? interface_name_problem(name.value) : node_name_problem(name.value);
    if (!problem && kind == NodeKind::bridge)
        problem = node_name_problem(name.value);
    if (!problem && kind == NodeKind::bridge && name.value == "lo")
        problem = "its namespace has a 'lo' already";
    // The node is added all the same, so that what speaks of it is not a second mistake.
    if (problem)
        diagnostics.push_back({fmt::format("'{}' can't name a {}: {}", name.value,
                                           kind == NodeKind::bridge ? "bridge" : "node", *problem),
                               name.span});
    auto [taken, is_new] = topology.by_name.try_emplace(name.value, topology.nodes.size());
    if (!is_new) {
        diagnostics.push_back({fmt::format("'{}' is the name of two nodes", name.value),
                               name.span,
                               {},
                               {},
                               {{"it is first named here", topology.nodes[taken->second].span}}});
        return;
    }
    Node node{name.value, kind, kind == NodeKind::router, {}, {}, {}, name.span, {}};
    node.interfaces.push_back({Loopback{}, "lo", {}, {}, {}, true, {}, 0, name.span});
    if (kind == NodeKind::bridge)
        node.interfaces.push_back({Bridge{}, name.value, {}, {}, {}, true, {}, 0, name.span});
    topology.nodes.push_back(std::move(node));
}

void load_node_names(TableReader& scenario, Topology& topology) {
    Diagnostics& diagnostics = scenario.diagnostics();
    add_nodes(scenario.texts("hosts"), NodeKind::host, topology, diagnostics);
    add_nodes(scenario.texts("routers"), NodeKind::router, topology, diagnostics);
    if (const TomlTable* bridges = scenario.table("bridges"))
        for (const TomlEntry& entry : bridges->entries)
            add_node({entry.key, entry.key_span}, NodeKind::bridge, topology, diagnostics);
    const TomlTable* tables = scenario.table("nodes");
    for (const TomlEntry& entry : entries_of(tables)) {
        auto names = expand_names(entry.key);
        if (!names) {
            diagnostics.push_back(
                {fmt::format("'{}' is not a pattern of names: {}", entry.key, names.error()),
                 entry.key_span});
            continue;
        }
        for (const std::string& name : *names)
            if (!topology.find(name))
                add_node({name, entry.key_span}, NodeKind::host, topology, diagnostics);
    }
}

NodeTexts load_node_settings(TableReader& scenario, Topology& topology) {
    NodeTexts texts;
    std::vector<InterfaceTable> interfaces;
    const TomlValue* value = scenario.find("nodes");
    const auto* tables = value == nullptr ? nullptr : std::get_if<TomlTable>(&value->data);
    for (const TomlEntry& entry : entries_of(tables)) {
        auto names = expand_names(entry.key);
        const auto* settings = std::get_if<TomlTable>(&entry.value.data);
        if (settings == nullptr)
            scenario.report(entry.value.span,
                            fmt::format("a node is a table, not {}", type_name(entry.value)));
        if (!names || settings == nullptr)
            continue;
        TableReader reader(*settings, entry.key_span, fmt::format("node '{}'", entry.key), node_keys,
                           scenario.diagnostics());
        std::vector<Text> routes = reader.texts("routes"), rules = reader.texts("rules");
        const TomlTable* interface_table = reader.table("interfaces");
        const TomlTable* file_table = reader.table("files");
        std::vector<NodeFile> files =
            file_table == nullptr ? std::vector<NodeFile>{} : load_files(*file_table, scenario.diagnostics());
        for (const std::string& name : *names) {
            auto node = topology.find(name);
            if (!node)
                continue;
            load_settings(reader, *node, topology);
            if (interface_table != nullptr)
                interfaces.push_back({*node, interface_table});
            add_files(files, topology.nodes[*node], scenario.diagnostics());
            for (const Text& text : routes)
                texts.routes.push_back({*node, text});
            for (const Text& text : rules)
                texts.rules.push_back({*node, text});
        }
    }
    load_interfaces(interfaces, topology, scenario.diagnostics());
    return texts;
}

/// Whether the span begins within the value; a list that files were merged into is in several places.
static bool is_within(const Span& span, const TomlValue& value) {
    const auto* list = std::get_if<TomlArray>(&value.data);
    return value.span.holds(span) ||
           (list != nullptr && std::any_of(list->begin(), list->end(), [&](const TomlValue& element) {
                return element.span.holds(span);
            }));
}

bool nodes_are_whole(const TableReader& reader) {
    for (const Diagnostic& diagnostic : reader.diagnostics()) {
        for (const char* key : {"hosts", "routers", "bridges", "nodes"})
            if (diagnostic.help == fmt::format("did you mean '{}'?", key))
                return false;
        for (const char* key : {"hosts", "routers"}) {
            const TomlValue* value = reader.find(key);
            if (value != nullptr && is_within(diagnostic.span, *value))
                return false;
        }
    }
    return true;
}

} // namespace netrig
