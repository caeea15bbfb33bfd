#include "core/load_tests.h"

#include "core/load_nodes.h"
#include "core/load_requires.h"
#include "core/suggest.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace netrig {

namespace {

constexpr std::array<Key, 14> test_only_keys{{
    {"name", KeyType::text, "a sentence that says what holds"},
    {"tags", KeyType::texts, "words to select by"},
    {"steps", KeyType::tables, "in order; a test of one step may write it on itself"},
    {"requires", KeyType::texts, "what the machine must offer"},
    {"needs", KeyType::texts, "tests before it that must have passed"},
    {"points", KeyType::any, "grading", true},
    {"category", KeyType::text, "grading", true},
    {"partial", KeyType::text, "grading", true},
    {"visibility", KeyType::text, "grading", true},
    {"hint", KeyType::text, "grading", true},
    {"extra-credit", KeyType::any, "grading", true},
    {"penalty", KeyType::any, "grading", true},
    {"expect-failure", KeyType::text, "the reason why it is known to fail"},
    {"lab", KeyType::text, "\"fresh\": a newly built lab", true},
}};

constexpr std::array<Key, 4> modifier_keys{{
    {"within", KeyType::duration, "must come true by then"},
    {"timeout", KeyType::duration, "of the step, or of a test's steps together"},
    {"label", KeyType::text, "what reports call the step"},
    {"for", KeyType::duration, "must hold all that time"},
}};

constexpr std::array<std::string_view, 15> later_verbs{
    "http",  "dns",  "throughput", "multicast", "service", "outage", "send", "capture",
    "start", "stop", "kill",       "restart",   "pause",   "resume", "sleep"};

std::vector<Key> step_keys() {
    std::vector<Key> keys(modifier_keys.begin(), modifier_keys.end());
    Verbs::for_each([&]<class V>() { keys.push_back({V::name, KeyType::any, V::meaning}); });
    for (std::string_view verb : later_verbs)
        keys.push_back({verb, KeyType::any, "a verb of a later version", true});
    return keys;
}

std::vector<Key> test_keys() {
    std::vector<Key> keys(test_only_keys.begin(), test_only_keys.end());
    for (const Key& key : step_keys())
        keys.push_back(key);
    return keys;
}

std::vector<const TomlEntry*> verbs_in(const TomlTable& table) {
    std::vector<const TomlEntry*> found;
    for (const TomlEntry& entry : table.entries)
        if (Verbs::visit(entry.key, []<class V>() {}))
            found.push_back(&entry);
    return found;
}

std::optional<AnyVerb> load_verb(const TomlEntry& entry, LoadContext& context) {
    std::optional<AnyVerb> verb;
    Verbs::visit(entry.key, [&]<class V>() {
        if (auto loaded = V::load(entry.value, context))
            verb.emplace(std::move(*loaded));
    });
    return verb;
}

/// A key that is reported as unknown already, and may be the verb misspelt.
bool has_unknown_key(const TomlTable& table) {
    static const std::vector<Key> keys = test_keys();
    return std::any_of(table.entries.begin(), table.entries.end(), [](const TomlEntry& entry) {
        return std::none_of(keys.begin(), keys.end(), [&](const Key& key) { return key.name == entry.key; });
    });
}

std::optional<Step> load_step(const TomlTable& table, TableReader& reader, LoadContext& context) {
    std::vector<const TomlEntry*> verbs = verbs_in(table);
    std::size_t mistakes = context.diagnostics.size();
    auto within = reader.duration("within"), timeout = reader.duration("timeout");
    auto held = reader.duration("for");
    auto label = reader.text("label");
    if (verbs.empty()) {
        bool later =
            std::any_of(later_verbs.begin(), later_verbs.end(), [&](auto verb) { return reader.has(verb); });
        std::vector<std::string> names;
        Verbs::for_each([&]<class V>() { names.emplace_back(V::name); });
        if (!later && !has_unknown_key(table))
            reader.report(reader.where(), "this step names no verb, so nothing would be checked", {},
                          fmt::format("known here: {}", fmt::join(names, ", ")));
        return std::nullopt;
    }
    if (verbs.size() > 1)
        reader.report(verbs[1]->key_span,
                      fmt::format("a step has one verb; '{}' and '{}' are two", verbs[0]->key, verbs[1]->key),
                      {}, "write two [[tests.steps]]");
    auto verb = load_verb(*verbs.front(), context);
    if (!verb || context.diagnostics.size() > mistakes)
        return std::nullopt;
    bool is_action =
        std::visit([](const auto& value) { return std::decay_t<decltype(value)>::is_action; }, *verb);
    for (std::string_view key : {"within", "for"})
        if (is_action && reader.has(key))
            reader.report(reader.find(key)->span,
                          fmt::format("an action is done once; '{}' belongs to a check after it", key));
    return Step{std::move(*verb), label ? label->value : "", within, timeout, verbs.front()->key_span, held};
}

void load_steps(TableReader& test_reader, Test& test, LoadContext& context) {
    static const std::vector<Key> keys = step_keys();
    const TomlArray* steps = test_reader.array("steps");
    if (steps == nullptr)
        return;
    if (steps->empty())
        test_reader.report(test_reader.find("steps")->span, "'steps' is empty, so nothing would be checked");
    for (const TomlValue& value : *steps) {
        const auto* table = std::get_if<TomlTable>(&value.data);
        if (table == nullptr) {
            test_reader.report(value.span, fmt::format("a step is a table, not {}", type_name(value)));
            continue;
        }
        TableReader reader(*table, value.span, "a step", keys, context.diagnostics);
        if (auto step = load_step(*table, reader, context))
            test.steps.push_back(std::move(*step));
    }
}

/// Each must stand before the test: what comes later has not passed yet.
void load_needs(TableReader& reader, Test& test, const std::vector<Test>& before) {
    for (const Text& text : reader.texts("needs")) {
        auto found = std::find_if(before.begin(), before.end(),
                                  [&](const Test& each) { return each.name == text.value; });
        if (found != before.end()) {
            test.needs.push_back(static_cast<std::size_t>(found - before.begin()));
            continue;
        }
        std::vector<std::string> names;
        for (const Test& each : before)
            names.push_back(each.name);
        reader.report(text.span, fmt::format("no test before this one is called '{}'", text.value), {},
                      suggestion(text.value, names));
    }
}

void load_test(const TomlTable& table, Span span, Scenario& scenario, LoadContext& context) {
    static const std::vector<Key> keys = test_keys();
    TableReader reader(table, span, "a test", keys, context.diagnostics);
    Test test{{}, {}, {}, span};
    if (reader.has("steps")) {
        load_steps(reader, test, context);
        for (const TomlEntry* entry : verbs_in(table))
            reader.report(entry->key_span, fmt::format("'{}' stands beside 'steps'", entry->key), {},
                          "put it into a [[tests.steps]] of its own");
        test.timeout = reader.duration("timeout");
        for (const Key& key : modifier_keys)
            if (reader.has(key.name) && !key.later && key.name != "timeout")
                reader.report(reader.find(key.name)->span,
                              fmt::format("'{}' belongs to a step, and this test has several", key.name));
    } else if (auto step = load_step(table, reader, context)) {
        test.steps.push_back(std::move(*step));
    }
    if (auto name = reader.text("name")) {
        test.name = name->value;
        if (name->value.empty() || name->value.find('\n') != std::string::npos)
            reader.report(name->span, "a test's name is one line of text");
    } else if (!test.steps.empty())
        test.name = std::visit([](const auto& verb) { return verb.describe(); }, test.steps.front().verb);
    for (const Text& tag : reader.texts("tags"))
        test.tags.push_back(tag.value);
    test.requirements = load_requires(reader);
    load_needs(reader, test, scenario.tests);
    if (auto reason = reader.text("expect-failure")) {
        test.expected_failure = reason->value;
        if (reason->value.empty())
            reader.report(reason->span, "'expect-failure' takes the reason why it is known to fail");
    }
    scenario.tests.push_back(std::move(test));
}

void check_names_differ(const Scenario& scenario, Diagnostics& diagnostics) {
    std::map<std::string, Span> seen;
    for (const Test& test : scenario.tests) {
        auto [first, is_new] = seen.try_emplace(test.name, test.span);
        if (!is_new && !test.name.empty())
            diagnostics.push_back({fmt::format("two tests are called '{}'", test.name),
                                   test.span,
                                   {},
                                   "reports tell tests apart by their names",
                                   {{"the first is here", first->second}}});
    }
}

} // namespace

void load_tests(TableReader& reader, Scenario& scenario) {
    const TomlArray* tests = reader.array("tests");
    if (tests == nullptr)
        return;
    LoadContext context{scenario.topology, reader.diagnostics(), reader.diagnostics().empty(),
                        nodes_are_whole(reader)};
    for (const TomlValue& value : *tests) {
        if (const auto* table = std::get_if<TomlTable>(&value.data))
            load_test(*table, value.span, scenario, context);
        else
            reader.report(value.span, fmt::format("a test is a table, not {}", type_name(value)));
    }
    if (tests->empty())
        reader.report(reader.find("tests")->span, "'tests' is empty, so nothing would be checked");
    check_names_differ(scenario, reader.diagnostics());
}

} // namespace netrig
