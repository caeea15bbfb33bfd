#include "tests/support/expected_outcomes.h"

#include "core/toml_document.h"
#include "tests/support/contains.h"
#include "tests/support/junit_report.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

namespace netrig {

namespace {

TomlTable read_toml(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    auto table = parse_toml(text);
    if (!table)
        throw std::runtime_error(path + ": " + render({table.error()}, {path, text}));
    return *table;
}

bool has(const TomlTable& table, const std::string& key) {
    return std::any_of(table.entries.begin(), table.entries.end(),
                       [&](const TomlEntry& entry) { return entry.key == key; });
}

template <class T>
const T& get(const TomlTable& table, const std::string& key) {
    for (const TomlEntry& entry : table.entries)
        if (entry.key == key)
            return std::get<T>(entry.value.data);
    throw std::runtime_error("there is no '" + key + "'");
}

bool has_true(const TomlTable& table, const std::string& key) {
    return std::any_of(table.entries.begin(), table.entries.end(), [&](const TomlEntry& entry) {
        return entry.key == key && std::get<bool>(entry.value.data);
    });
}

ExpectedTest read_test(const TomlValue& row) {
    const auto& cells = std::get<TomlArray>(row.data);
    ExpectedTest test{std::get<std::string>(cells.at(0).data), std::get<std::string>(cells.at(1).data), {}};
    for (std::size_t i = 2; i < cells.size(); ++i)
        test.words.push_back(std::get<std::string>(cells[i].data));
    bool passed = test.outcome == "passed";
    if (!passed && test.outcome != "failed" && test.outcome != "errored" && test.outcome != "skipped")
        throw std::runtime_error("no such outcome: " + test.outcome);
    if (!passed && test.words.empty())
        throw std::runtime_error("a test that is not passed wants words: " + test.name);
    return test;
}

ExpectedFile read_file(const TomlEntry& entry) {
    ExpectedFile file{"scenarios/" + entry.key, {}, 0, {}};
    file.may_skip = has_true(std::get<TomlTable>(entry.value.data), "may-skip");
    const auto& table = std::get<TomlTable>(entry.value.data);
    file.exit = static_cast<int>(get<std::int64_t>(table, "exit"));
    auto add_tests = [&](const TomlArray& rows, const std::string& instance) {
        for (const TomlValue& row : rows) {
            file.tests.push_back(read_test(row));
            file.tests.back().instance = instance;
        }
    };
    if (has(table, "instances")) {
        const auto& instances = get<TomlTable>(table, "instances");
        for (const TomlEntry& instance : instances.entries)
            add_tests(std::get<TomlArray>(instance.value.data), instance.key);
        file.scenarios = instances.entries.size();
    } else {
        add_tests(get<TomlArray>(table, "tests"), "");
    }
    file.scenario = get<std::string>(read_toml(NETRIG_SOURCE_DIR "/" + file.path), "name");
    return file;
}

/// "[family=ipv6]" behind the names of a scenario that a matrix made.
std::string instance_words(const ExpectedTest& test) {
    return test.instance.empty() ? "" : fmt::format("[{}]", test.instance);
}

/// "scenarios/document/bridge.toml" as "scenarios.document.bridge"
std::string dotted(std::string path) {
    path = path.substr(0, path.rfind('.'));
    std::replace(path.begin(), path.end(), '/', '.');
    return path;
}

const char* status_word(const std::string& outcome) {
    return outcome == "passed"    ? " PASS"
           : outcome == "failed"  ? " FAIL"
           : outcome == "skipped" ? " SKIP"
                                  : "ERROR";
}

const char* junit_element(const std::string& outcome) {
    return outcome == "passed"    ? ""
           : outcome == "failed"  ? "failure"
           : outcome == "skipped" ? "skipped"
                                  : "error";
}

/// The lines of -v for each test, by their status and name, in their order; times are no matter.
std::string test_lines(const std::string& console) {
    static const std::regex line(R"(([ A-Z]{5}) \[ *[0-9.]+s\]     ([^ \n].*)\n)");
    std::string lines;
    for (std::sregex_iterator it(console.begin(), console.end(), line), end; it != end; ++it)
        lines += fmt::format("{} {}\n", it->str(1), it->str(2));
    return lines;
}

/// The block of a test that is not passed, from its heading to the command that runs it again.
std::string failure_block(const std::string& console, const std::string& heading) {
    std::size_t begin = console.find("\n" + heading + "\n");
    if (begin == std::string::npos)
        return {};
    return console.substr(begin, console.find("\n  again: ", begin) - begin);
}

void check_console(const ExpectedFile& file, const std::string& console) {
    INFO(console);
    std::string lines;
    for (const ExpectedTest& test : file.tests) {
        bool says_why = test.outcome == "skipped" || (test.outcome == "passed" && !test.words.empty());
        lines += fmt::format("{} {}{}\n", status_word(test.outcome), test.name,
                             says_why ? ": " + test.words.front() : "");
    }
    CHECK(test_lines(console) == lines);
    for (const ExpectedTest& test : file.tests) {
        std::string heading = fmt::format("{} {}{}: {}", status_word(test.outcome), file.scenario,
                                          instance_words(test), test.name);
        std::string block = failure_block(console, heading);
        INFO(heading);
        CHECK(block.empty() == (test.outcome == "passed" || test.outcome == "skipped"));
        if (test.outcome == "skipped" || test.outcome == "passed")
            continue; // its reason is on its line
        for (const std::string& words : test.words)
            CHECK_THAT(block, contains(words));
    }
    CHECK_THAT(console, contains("] netrig: nothing is left behind"));
    auto count = file.tests.size() + 1;
    std::string sum = fmt::format(
        "\n{} scenario{}, {} test{}: {} passed, {} failed, {} errored, {} skipped in ", file.scenarios,
        file.scenarios == 1 ? "" : "s", count, count == 1 ? "" : "s", file.count("passed") + 1,
        file.count("failed"), file.count("errored"), file.count("skipped"));
    CHECK_THAT(console, contains(sum));
}

void check_junit(const ExpectedFile& file, const std::string& text) {
    JunitReport report = read_junit(text);
    REQUIRE(report.cases.size() == file.tests.size() + 1);
    CHECK(report.cases.back().classname == "netrig");
    CHECK(report.cases.back().result.empty());
    for (std::size_t i = 0; i < file.tests.size(); ++i) {
        const ExpectedTest& test = file.tests[i];
        const JunitCase& found = report.cases[i];
        CHECK(found.name == test.name);
        CHECK(found.classname == dotted(file.path) + instance_words(test));
        CHECK(found.file == file.path);
        CHECK(found.result == junit_element(test.outcome));
        INFO(found.body);
        if (test.outcome == "failed")
            CHECK(found.type == "assertion");
        CHECK(found.message.empty() == (test.outcome == "passed"));
        CHECK(found.body.starts_with(found.message.substr(0, found.message.find("..."))));
        for (const std::string& words : test.words)
            CHECK_THAT(test.outcome == "passed" ? found.output : found.body, contains(words));
    }
}

/// All of it, for the want of something that the kernel is known to lack, and with nothing else wrong.
void check_skipped(const ExpectedFile& file, const Ended& ended) {
    INFO(ended.errors);
    CHECK(ended.status == 0);
    JunitReport report = read_junit(ended.output);
    REQUIRE(report.cases.size() == file.tests.size() + 1); // and that nothing is left behind
    for (std::size_t i = 0; i < file.tests.size(); ++i) {
        CHECK(report.cases[i].name == file.tests[i].name);
        CHECK(report.cases[i].result == "skipped");
        CHECK_THAT(report.cases[i].message, contains("kernel:") && contains(" is missing: "));
    }
}

} // namespace

bool ExpectedFile::was_skipped(const std::string& console) const {
    std::size_t at = console.find(path + ": ");
    std::size_t begin = at == std::string::npos ? at : console.rfind('\n', at) + 1; // or 0, of the first line
    return may_skip && begin != std::string::npos && console.compare(begin, 5, " SKIP") == 0;
}

unsigned ExpectedFile::count(const std::string& outcome) const {
    return static_cast<unsigned>(std::count_if(
        tests.begin(), tests.end(), [&](const ExpectedTest& test) { return test.outcome == outcome; }));
}

std::vector<ExpectedFile> expected_outcomes(const std::string& folder) {
    std::vector<ExpectedFile> files;
    for (const TomlEntry& entry : read_toml(NETRIG_SOURCE_DIR "/scenarios/expected.toml").entries)
        if (folder.empty() || entry.key.starts_with(folder + "/"))
            files.push_back(read_file(entry));
    return files;
}

void check_outcomes(const std::vector<ExpectedFile>& files, ChildOptions options) {
    if (options.directory.empty())
        options.directory = NETRIG_SOURCE_DIR;
    std::vector<Child> running;
    running.reserve(files.size());
    for (const ExpectedFile& file : files)
        running.push_back(
            start_netrig({"run", "-v", "-j1", "--check-leaks", "--junit", "-", file.path}, options));
    for (std::size_t i = 0; i < files.size(); ++i) {
        INFO(files[i].path);
        Ended ended = running[i].wait(std::chrono::seconds(100));
        if (files[i].was_skipped(ended.errors)) {
            check_skipped(files[i], ended);
            continue;
        }
        CHECK(ended.status == files[i].exit);
        check_console(files[i], ended.errors);
        check_junit(files[i], ended.output);
    }
}

} // namespace netrig
