#include "reports/junit.h"

#include "core/visible_text.h"
#include "reports/failure_text.h"
#include "reports/words.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <new>
#include <pugixml.hpp>
#include <set>
#include <utility>

namespace netrig {

namespace {

// Bytes at each end of a body; GitLab refuses a report of over 30 MB.
constexpr std::size_t kept_output = 64UL * 1024;

/// Names that were given out; the second of a kind becomes "name (2)", for readers drop or merge equal ones.
class UniqueNames {
public:
    std::string take(const std::string& name) {
        std::string unique = name;
        for (int number = 2; !taken_.insert(unique).second; ++number)
            unique = fmt::format("{} ({})", name, number);
        return unique;
    }

private:
    std::set<std::string> taken_;
};

/// pugixml tells want of memory by nothing but empty results; no report is better than one with holes.
void must(bool done) {
    if (!done)
        throw std::bad_alloc();
}

pugi::xml_node append(pugi::xml_node node, const char* name) {
    pugi::xml_node child = node.append_child(name);
    must(*child.name() != '\0');
    return child;
}

pugi::xml_attribute append_attribute(pugi::xml_node node, const char* name) {
    pugi::xml_attribute attribute = node.append_attribute(name);
    must(*attribute.name() != '\0');
    return attribute;
}

void set(pugi::xml_node node, const char* name, std::string_view text) {
    must(append_attribute(node, name).set_value(xml_text(one_line(text)).c_str()));
}

void set(pugi::xml_node node, const char* name, std::size_t number) {
    must(append_attribute(node, name).set_value(static_cast<unsigned long long>(number)));
}

void set_time(pugi::xml_node node, Duration took) {
    double seconds = std::chrono::duration<double>(std::max(took, Duration{})).count();
    set(node, "time", fmt::format("{:.3f}", seconds));
}

void set_body(pugi::xml_node node, std::string_view text) {
    must(node.text().set(head_and_tail(xml_text(text), kept_output).c_str()));
}

/// ISO 8601, UTC, whole seconds.
std::string timestamp(WallTime time) {
    using namespace std::chrono;
    auto day = floor<days>(time);
    year_month_day date(day);
    hh_mm_ss clock(floor<seconds>(time - day));
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

/// "scenarios/routing/static.toml" as "scenarios.routing.static".
std::string dotted(const std::string& file) {
    std::string name;
    std::filesystem::path path = std::filesystem::path(file).lexically_normal().replace_extension();
    for (const std::filesystem::path& part : path.relative_path())
        if (part != ".." && part != "." && !part.empty())
            name += (name.empty() ? "" : ".") + part.string();
    return name.empty() ? "scenario" : name;
}

/// The scenarios that a matrix makes of one file are suites of their own.
std::string suite_name(const ScenarioResult& scenario) {
    std::string name = dotted(scenario.file);
    return scenario.instance.empty() ? name : fmt::format("{}[{}]", name, scenario.instance);
}

/// Why a case is not passed, in the word that readers take as a type.
std::string_view type_of(Outcome outcome, FailureKind kind) {
    if (kind != FailureKind::none)
        return word(kind);
    FailureKind usual = outcome == Outcome::failed    ? FailureKind::assertion
                        : outcome == Outcome::skipped ? FailureKind::requirement
                                                      : FailureKind::internal;
    return word(usual);
}

const char* element_of(Outcome outcome) {
    switch (outcome) {
    case Outcome::passed:
        return nullptr;
    case Outcome::failed:
        return "failure";
    case Outcome::errored:
        return "error";
    case Outcome::skipped:
        return "skipped";
    }
    return nullptr;
}

struct Case {
    std::string name;
    Outcome outcome = Outcome::passed;
    FailureKind kind = FailureKind::none;
    Duration took{};
    std::uint32_t line = 0; ///< 0 for the file as a whole
    std::string message, body, output;
};

/// What the steps of a test that is not passed did, the good ones too: the body tells the bad ones only.
std::string step_log(const TestResult& test) {
    std::string text;
    for (const StepResult& step : test.steps)
        text += fmt::format("step {}: {}: {}, after {}\n", step.step + 1, one_line(step.what),
                            word(step.verdict.answer), show(step.took));
    return text;
}

Case case_of(const ScenarioResult& scenario, const TestResult& test) {
    Case result{test.name, test.outcome, test.kind, test.took, test.line};
    result.output = test.outcome == Outcome::passed ? elsewhere_text(test.elsewhere) : step_log(test);
    for (const std::string& line : test.links)
        result.output += line + '\n';
    if (test.outcome == Outcome::passed && !test.reason.empty()) // it failed, as was expected
        result.output += test.reason + "\n";
    if (test.outcome == Outcome::passed)
        return result;
    result.message = failure_message(test);
    result.body = failure_text(scenario, test);
    return result;
}

Case case_of(const BrokenRecord& broken) {
    Case result{fmt::format("the record {} is whole", broken.record), Outcome::errored,
                FailureKind::interrupted};
    result.message = failure_message(broken);
    result.body = failure_text(broken);
    return result;
}

Case case_of(const ScenarioResult& scenario) {
    Case result{scenario.name, scenario.outcome, scenario.kind, scenario.took};
    if (scenario.outcome == Outcome::passed)
        return result;
    result.message = failure_message(scenario);
    result.body = failure_text(scenario);
    return result;
}

/// What changed beside is in a passed case's output, for readers show no body of those.
Case case_of(const MachineCheck& check) {
    FailureKind kind = check.outcome == Outcome::failed ? FailureKind::teardown : FailureKind::none;
    Case result{MachineCheck::name, check.outcome, kind, check.took};
    result.output = changes_text(check);
    if (check.outcome == Outcome::passed)
        return result;
    result.message = failure_message(check);
    result.body = failure_text(check);
    return result;
}

std::vector<Case> cases_of(const ScenarioResult& scenario) {
    std::vector<Case> cases;
    if (scenario.is_case())
        cases.push_back(case_of(scenario));
    for (const TestResult& test : scenario.tests)
        cases.push_back(case_of(scenario, test));
    return cases;
}

void append_case(pugi::xml_node suite, const Case& what, const std::string& classname,
                 const std::string& file) {
    pugi::xml_node node = append(suite, "testcase");
    set(node, "name", what.name);
    set(node, "classname", classname);
    if (!file.empty())
        set(node, "file", file);
    if (what.line != 0)
        set(node, "line", what.line);
    set_time(node, what.took);
    if (const char* element = element_of(what.outcome)) {
        pugi::xml_node result = append(node, element);
        set(result, "message", what.message);
        set(result, "type", type_of(what.outcome, what.kind));
        set_body(result, what.body);
    }
    if (!what.output.empty())
        set_body(append(node, "system-out"), what.output);
}

void append_properties(pugi::xml_node suite, const RunOrigin& origin, const std::string& ids) {
    pugi::xml_node properties = append(suite, "properties");
    for (const auto& [name, value] : {std::pair("netrig.version", origin.version),
                                      {"netrig.kernel", origin.kernel},
                                      {"netrig.ids", ids}}) {
        if (value.empty() && name == std::string_view("netrig.ids"))
            continue; // never built
        pugi::xml_node property = append(properties, "property");
        set(property, "name", name);
        set(property, "value", value);
    }
}

struct Suite {
    std::string name, file; ///< an empty file is left out
    WallTime since{};
    Duration took{};
    std::vector<Case> cases;
    RunOrigin origin;
    std::string ids{};
};

RunOrigin origin_of(const RunTree& tree) {
    return {tree.version, tree.kernel, tree.host};
}

void append_suite(pugi::xml_node root, std::size_t id, Suite what) {
    Counts counts;
    UniqueNames names;
    for (Case& each : what.cases) {
        counts.add(each.outcome);
        each.name = names.take(xml_text(one_line(each.name)));
    }
    pugi::xml_node suite = append(root, "testsuite");
    set(suite, "name", what.name);
    set(suite, "tests", counts.all());
    set(suite, "failures", counts.failed);
    set(suite, "errors", counts.errored);
    set(suite, "skipped", counts.skipped);
    set_time(suite, what.took);
    set(suite, "timestamp", timestamp(what.since));
    set(suite, "hostname", what.origin.host);
    set(suite, "id", id);
    if (!what.file.empty())
        set(suite, "file", what.file);
    append_properties(suite, what.origin, what.ids);
    for (const Case& each : what.cases)
        append_case(suite, each, what.name, what.file);
}

/// What no scenario tells: that the machine is as before, and that there was none. Readers refuse a report
/// without a case.
Suite own_suite(const RunTree& tree) {
    Suite suite{MachineCheck::suite, "", tree.started, tree.took, {}, origin_of(tree)};
    if (count_scenarios(tree).all() == 0) {
        Case none{"netrig.no-tests", Outcome::skipped};
        none.message = tree.signal != 0
                           ? fmt::format("interrupted by {} before any scenario", signal_name(tree.signal))
                           : "no scenario was run";
        none.body = none.message + "\n";
        suite.cases.push_back(std::move(none));
    }
    if (tree.check) {
        suite.since = tree.check->since;
        suite.took = tree.check->took;
        suite.cases.push_back(case_of(*tree.check));
    }
    for (const BrokenRecord& broken : tree.broken)
        suite.cases.push_back(case_of(broken));
    return suite;
}

/// pugixml escapes every '>'. XML asks for that only after "]]" (XML 1.0, 2.4), and some readers show what
/// they are given: the arrow before a place stays readable. An '&' of the text is "&amp;", so "&gt;" is never
/// its own.
std::string with_plain_arrows(std::string_view document) {
    std::string result;
    result.reserve(document.size());
    while (!document.empty()) {
        std::size_t at = std::min(document.find("&gt;"), document.size());
        result += document.substr(0, at);
        document.remove_prefix(at);
        if (document.empty())
            break;
        result += result.ends_with("]]") ? "&gt;" : ">";
        document.remove_prefix(4);
    }
    return result;
}

class StringWriter : public pugi::xml_writer {
public:
    void write(const void* data, std::size_t size) override {
        text.append(static_cast<const char*>(data), size);
    }
    std::string text;
};

std::string print(const pugi::xml_document& document) {
    StringWriter writer;
    document.save(writer, "  ", pugi::format_indent, pugi::encoding_utf8);
    return with_plain_arrows(writer.text);
}

} // namespace

std::string junit(const RunTree& tree) {
    pugi::xml_document document;
    pugi::xml_node declaration = document.append_child(pugi::node_declaration);
    set(declaration, "version", "1.0");
    set(declaration, "encoding", "UTF-8");
    Counts counts = count(tree);
    bool empty = count_scenarios(tree).all() == 0;
    pugi::xml_node root = append(document, "testsuites");
    set(root, "name", "netrig");
    set(root, "tests", counts.all() + (empty ? 1 : 0));
    set(root, "failures", counts.failed);
    set(root, "errors", counts.errored);
    set_time(root, tree.took);
    UniqueNames names;
    std::size_t id = 0;
    for (const ScenarioResult& scenario : tree.scenarios)
        append_suite(root, id++,
                     {names.take(xml_text(one_line(suite_name(scenario)))), scenario.file, scenario.since,
                      scenario.took, cases_of(scenario), scenario.origin.value_or(origin_of(tree)),
                      scenario.built ? scenario.built->ids : ""});
    if (Suite own = own_suite(tree); !own.cases.empty()) {
        own.name = names.take(own.name);
        append_suite(root, id, std::move(own));
    }
    return print(document);
}

} // namespace netrig
