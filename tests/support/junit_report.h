// A JUnit report as a CI system reads it: parsed, checked for its own sums, and its cases as plain structs.
#pragma once

#include "tests/support/catch.h"

#include <pugixml.hpp>
#include <string>
#include <vector>

namespace netrig {

struct JunitCase {
    std::string name, classname, file;
    std::string result; ///< "failure", "error", "skipped", or empty for a pass
    std::string type, message, body, output;
};

struct JunitReport {
    unsigned tests = 0, failures = 0, errors = 0, skipped = 0;
    std::vector<JunitCase> cases;

    /// The first of that name; one with an empty name if there is none.
    [[nodiscard]] JunitCase find(const std::string& name) const {
        for (const JunitCase& each : cases)
            if (each.name == name)
                return each;
        return {};
    }
};

inline JunitCase read_junit_case(pugi::xml_node node) {
    JunitCase result{node.attribute("name").value(), node.attribute("classname").value(),
                     node.attribute("file").value()};
    for (pugi::xml_node child : node.children())
        if (std::string name = child.name(); name == "failure" || name == "error" || name == "skipped") {
            CHECK(result.result.empty()); // one verdict a case
            result.result = name;
            result.type = child.attribute("type").value();
            result.message = child.attribute("message").value();
            result.body = child.text().get();
        }
    result.output = node.child("system-out").text().get();
    CHECK(node.attribute("time"));
    return result;
}

inline void count_junit_case(const JunitCase& one, JunitReport& sums) {
    ++sums.tests;
    sums.failures += one.result == "failure" ? 1 : 0;
    sums.errors += one.result == "error" ? 1 : 0;
    sums.skipped += one.result == "skipped" ? 1 : 0;
}

/// Checks that it is well-formed and that the sums of each suite and of the whole are those of the cases.
inline JunitReport read_junit(const std::string& text) {
    pugi::xml_document document;
    pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
    INFO(text);
    REQUIRE(parsed);
    pugi::xml_node root = document.child("testsuites");
    REQUIRE(root);
    JunitReport report;
    for (pugi::xml_node suite : root.children("testsuite")) {
        JunitReport sums;
        for (pugi::xml_node node : suite.children("testcase")) {
            report.cases.push_back(read_junit_case(node));
            count_junit_case(report.cases.back(), sums);
            count_junit_case(report.cases.back(), report);
        }
        CHECK(suite.attribute("tests").as_uint() == sums.tests);
        CHECK(suite.attribute("failures").as_uint() == sums.failures);
        CHECK(suite.attribute("errors").as_uint() == sums.errors);
        CHECK(suite.attribute("skipped").as_uint() == sums.skipped);
    }
    CHECK(root.attribute("tests").as_uint() == report.tests);
    CHECK(root.attribute("failures").as_uint() == report.failures);
    CHECK(root.attribute("errors").as_uint() == report.errors);
    return report;
}

} // namespace netrig
