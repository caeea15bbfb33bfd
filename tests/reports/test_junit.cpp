#include "core/visible_text.h"
#include "recorded_run.h"
#include "reports/junit.h"

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <pugixml.hpp>
#include <random>

using namespace netrig;
using namespace netrig::recorded;
using namespace std::string_literals;

static std::string junit_of(const std::vector<Event>& events) {
    RunTreeBuilder builder;
    play(events, builder);
    return junit(builder.tree());
}

/// The text of the document's first suite from its first case on.
static std::string cases_of(const std::vector<Event>& events) {
    std::string text = junit_of(events);
    std::size_t begin = text.find("    <testcase"), end = text.find("  </testsuite>");
    REQUIRE(begin < end);
    return text.substr(begin, end - begin);
}

/// pugixml reads more than XML allows, so the characters are checked here.
static pugi::xml_document parse(const std::string& text) {
    bool allowed = std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t';
    });
    CHECK(allowed);
    CHECK(valid_utf8(text) == text);
    pugi::xml_document document;
    auto result = document.load_buffer(text.data(), text.size(), pugi::parse_full);
    INFO(result.description() << " in " << text);
    REQUIRE(result);
    return document;
}

static constexpr std::string_view whole_document = R"xml(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="netrig" tests="8" failures="1" errors="2" time="0.034">
  <testsuite name="scenarios.document.veth" tests="2" failures="0" errors="0" skipped="0" time="0.008" timestamp="2026-01-02T03:04:05Z" hostname="rig1" id="0" file="scenarios/document/veth.toml">
    <properties>
      <property name="netrig.version" value="0.1.0" />
      <property name="netrig.kernel" value="6.1.0" />
    </properties>
    <testcase name="red reaches blue" classname="scenarios.document.veth" file="scenarios/document/veth.toml" line="8" time="0.001" />
    <testcase name="blue answers on TCP" classname="scenarios.document.veth" file="scenarios/document/veth.toml" line="12" time="0.003" />
  </testsuite>
  <testsuite name="scenarios.document.bridge" tests="3" failures="1" errors="1" skipped="0" time="0.015" timestamp="2026-01-02T03:04:05Z" hostname="rig1" id="1" file="scenarios/document/bridge.toml">
    <properties>
      <property name="netrig.version" value="0.1.0" />
      <property name="netrig.kernel" value="6.1.0" />
    </properties>
    <testcase name="all reach all" classname="scenarios.document.bridge" file="scenarios/document/bridge.toml" line="9" time="0.002" />
    <testcase name="h1 is quiet" classname="scenarios.document.bridge" file="scenarios/document/bridge.toml" line="13" time="0.003">
      <failure message="ping h1 -> h2: expected no-reply, got reply" type="assertion">ping h1 -> h2: expected no-reply, got reply
  --> scenarios/document/bridge.toml:15:8
    |
 15 | ping = "h1 -> h2"
    |        ^^^^^^^^^^
  expected: no-reply
  actual:   reply
  | h1 (10.1.1.1) -> h2 (10.1.1.2): 1 of 1 answered, round trip 41 us
</failure>
      <system-out>step 1: link-up h1: yes, after 1.5 ms
step 2: ping h1 -> h2: no, after 2 ms
</system-out>
    </testcase>
    <testcase name="h2 has a name" classname="scenarios.document.bridge" file="scenarios/document/bridge.toml" line="18" time="0.001">
      <error message="exec on h2: hostname: could not ask: on h2: No such file or directory (ENOENT)" type="internal">exec on h2: hostname: could not ask: on h2: No such file or directory (ENOENT)
  --> scenarios/document/bridge.toml:19:8
  expected: exit status 0
  could not ask: on h2: No such file or directory (ENOENT)
</error>
      <system-out>step 1: exec on h2: hostname: could-not-ask, after 1 ms
</system-out>
    </testcase>
  </testsuite>
  <testsuite name="scenarios.broken" tests="3" failures="0" errors="1" skipped="2" time="0.003" timestamp="2026-01-02T03:04:05Z" hostname="rig1" id="2" file="scenarios/broken.toml">
    <properties>
      <property name="netrig.version" value="0.1.0" />
      <property name="netrig.kernel" value="6.1.0" />
    </properties>
    <testcase name="no such kind" classname="scenarios.broken" file="scenarios/broken.toml" time="0.003">
      <error message="cannot create link red:hsr0: Operation not supported (EOPNOTSUPP)" type="setup">cannot create link red:hsr0: Operation not supported (EOPNOTSUPP)
  --> scenarios/broken.toml
  help:     load the kernel's module hsr
</error>
    </testcase>
    <testcase name="never" classname="scenarios.broken" file="scenarios/broken.toml" line="7" time="0.000">
      <skipped message="not run: cannot create link red:hsr0: Operation not supported (EOPNOTSUPP)" type="setup">not run: cannot create link red:hsr0: Operation not supported (EOPNOTSUPP)
  --> scenarios/broken.toml:7
</skipped>
    </testcase>
    <testcase name="neither" classname="scenarios.broken" file="scenarios/broken.toml" line="11" time="0.000">
      <skipped message="not run: cannot create link red:hsr0: Operation not supported (EOPNOTSUPP)" type="setup">not run: cannot create link red:hsr0: Operation not supported (EOPNOTSUPP)
  --> scenarios/broken.toml:11
</skipped>
    </testcase>
  </testsuite>
</testsuites>
)xml";

TEST_CASE(
    "a run as JUnit has a suite a scenario and a case a test, with counts, places and complete bodies") {
    CHECK(junit_of(whole_run()) == whole_document);
}

TEST_CASE("a scenario that timed out is an error of type timeout in the test that was running") {
    CHECK(
        cases_of({at(0, veth_started()), at(1, TestStarted{0, 0}),
                  at(2, StepStarted{0, 0, 0, "ping red -> blue"}),
                  at(9, ScenarioFinished{0, Outcome::errored, FailureKind::timeout, "over its 7 ms"})}) ==
        R"xml(    <testcase name="red reaches blue" classname="scenarios.document.veth" file="scenarios/document/veth.toml" line="8" time="0.008">
      <error message="ended in 'ping red -> blue': over its 7 ms" type="timeout">ended in 'ping red -> blue': over its 7 ms
  --> scenarios/document/veth.toml:8
  running:  ping red -> blue, for 7 ms
</error>
    </testcase>
    <testcase name="blue answers on TCP" classname="scenarios.document.veth" file="scenarios/document/veth.toml" line="12" time="0.000">
      <skipped message="not run: over its 7 ms" type="timeout">not run: over its 7 ms
  --> scenarios/document/veth.toml:12
</skipped>
    </testcase>
)xml");
}

TEST_CASE(
    "a scenario that timed out while it was built is one error of type timeout, named like the scenario") {
    CHECK(
        cases_of({at(0, broken_started()), at(9, ScenarioFinished{2, Outcome::errored, FailureKind::timeout,
                                                                  "over its 7 ms", "", milliseconds(9)})})
            .starts_with(
                R"xml(    <testcase name="no such kind" classname="scenarios.broken" file="scenarios/broken.toml" time="0.009">
      <error message="over its 7 ms" type="timeout">over its 7 ms
  --> scenarios/broken.toml
</error>
    </testcase>
    <testcase name="never")xml"));
}

TEST_CASE("a skipped scenario skips its tests with the reason as message and body") {
    CHECK(
        cases_of({at(0, veth_started()),
                  at(1, ScenarioFinished{0, Outcome::skipped, FailureKind::requirement, "no netem here"})}) ==
        R"xml(    <testcase name="red reaches blue" classname="scenarios.document.veth" file="scenarios/document/veth.toml" line="8" time="0.000">
      <skipped message="no netem here" type="requirement">no netem here
  --> scenarios/document/veth.toml:8
</skipped>
    </testcase>
    <testcase name="blue answers on TCP" classname="scenarios.document.veth" file="scenarios/document/veth.toml" line="12" time="0.000">
      <skipped message="no netem here" type="requirement">no netem here
  --> scenarios/document/veth.toml:12
</skipped>
    </testcase>
)xml");
}

TEST_CASE("an empty run is a valid report with one skipped case") {
    CHECK(junit_of({at(0, run_started(0)), at(1, RunFinished{milliseconds(1)})}) ==
          R"xml(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="netrig" tests="1" failures="0" errors="0" time="0.001">
  <testsuite name="netrig" tests="1" failures="0" errors="0" skipped="1" time="0.001" timestamp="2026-01-02T03:04:05Z" hostname="rig1" id="0">
    <properties>
      <property name="netrig.version" value="0.1.0" />
      <property name="netrig.kernel" value="6.1.0" />
    </properties>
    <testcase name="netrig.no-tests" classname="netrig" time="0.000">
      <skipped message="no scenario was run" type="requirement">no scenario was run
</skipped>
    </testcase>
  </testsuite>
</testsuites>
)xml");
    CHECK(junit_of({at(0, RunFinished{milliseconds(1), 15})})
              .find("interrupted by SIGTERM before any scenario") != std::string::npos);
}

TEST_CASE("the check of the machine is a case of a suite of its own, with what else changed as its output") {
    std::string text = junit_of(joined({veth(), {at(9, checked({}, {"file /tmp/<x> is new"}))}}));
    CHECK(text.find("<testsuites name=\"netrig\" tests=\"3\" failures=\"0\"") != std::string::npos);
    CHECK(text.ends_with(
        R"xml(  <testsuite name="netrig" tests="1" failures="0" errors="0" skipped="0" time="0.002" timestamp="2026-01-02T03:04:05Z" hostname="" id="1">
    <properties>
      <property name="netrig.version" value="" />
      <property name="netrig.kernel" value="" />
    </properties>
    <testcase name="nothing is left behind" classname="netrig" time="0.002">
      <system-out>  changed meanwhile, not by the run as far as can be told:
  | file /tmp/&lt;x> is new
</system-out>
    </testcase>
  </testsuite>
</testsuites>
)xml"));
}

TEST_CASE("what was left behind is a failure of type teardown, what could not be looked at an error") {
    std::string text = junit_of(joined({veth(), {at(9, checked({"process 7 (a)", "process 8 (b)"}))}}));
    CHECK(text.find(R"xml(    <testcase name="nothing is left behind" classname="netrig" time="0.002">
      <failure message="left behind: process 7 (a), and 1 more" type="teardown">left behind: process 7 (a), and 1 more
  left behind:
  | process 7 (a)
  | process 8 (b)
</failure>
    </testcase>
)xml") != std::string::npos);
    text = junit_of(joined({veth(), {at(9, MachineChecked{Outcome::errored, "no /proc"})}}));
    CHECK(text.find("      <error message=\"no /proc\" type=\"internal\">no /proc\n</error>\n") !=
          std::string::npos);
}

TEST_CASE("a run that came to no scenario says so beside the check of the machine") {
    pugi::xml_document document =
        parse(junit_of({at(0, run_started(1)), at(1, checked({})), at(2, RunFinished{milliseconds(2), 2})}));
    CHECK(document.child("testsuites").attribute("tests").as_uint() == 2);
    CHECK(document.select_nodes("//testsuite").size() == 1);
    CHECK(document.select_nodes("//testcase[@name='netrig.no-tests']/skipped").size() == 1);
    CHECK(document.select_nodes("//testcase[@name='nothing is left behind'][not(*)]").size() == 1);
}

TEST_CASE("a scenario without tests is a case of its own") {
    CHECK(
        cases_of({at(0, ScenarioStarted{.name = "bare", .file = "/x/./y/../bare.toml"}),
                  at(1, ScenarioFinished{0, Outcome::passed})}) ==
        "    <testcase name=\"bare\" classname=\"x.bare\" file=\"/x/./y/../bare.toml\" time=\"0.000\" />\n");
}

TEST_CASE("equal names are told apart, of tests in a suite and of suites") {
    ScenarioStarted first{.name = "s", .file = "../a/b.toml", .tests = {{"t", 1}, {"t", 2}, {"t\x1b[0m", 3}}};
    ScenarioStarted second{.scenario = 1, .name = "s", .file = "a.b.toml", .tests = {{"t", 1}}};
    pugi::xml_document document = parse(junit_of({at(0, first), at(0, second)}));
    std::vector<std::string> names;
    for (pugi::xpath_node node : document.select_nodes("//testcase"))
        names.push_back(std::string(node.node().attribute("classname").value()) + "/" +
                        node.node().attribute("name").value());
    CHECK(names ==
          std::vector<std::string>{"a.b/s", "a.b/t", "a.b/t (2)", "a.b/t (3)", "a.b (2)/s", "a.b (2)/t"});
}

TEST_CASE("the scenarios that a matrix makes of a file are suites of their own") {
    ScenarioStarted first{.name = "s[x=1]", .file = "a/b.toml", .tests = {{"t", 1}}, .instance = "x=1"};
    ScenarioStarted second{
        .scenario = 1, .name = "s[x=2]", .file = "a/b.toml", .tests = {{"t", 1}}, .instance = "x=2"};
    pugi::xml_document document = parse(junit_of(
        {at(0, first), at(0, TestStarted{0, 0}), at(0, TestFinished{0, 0}), at(0, ScenarioFinished{0}),
         at(0, second), at(0, TestStarted{1, 0}), at(0, TestFinished{1, 0}), at(0, ScenarioFinished{1})}));
    std::vector<std::string> names;
    for (pugi::xpath_node node : document.select_nodes("//testcase"))
        names.emplace_back(node.node().attribute("classname").value());
    CHECK(names == std::vector<std::string>{"a.b[x=1]", "a.b[x=2]"});
}

TEST_CASE("hostile text leaves the document well-formed and stays readable") {
    std::string hostile =
        "]]></failure></testcase><testcase name=\"x\">&lt;&gt; \x1b[31mred\x1b[0m \x1b[ \0 \xFF\n end"s;
    std::string text =
        junit_of(one_failure(hostile, "a/b.toml", hostile, hostile, {Answer::no, hostile, "y", {hostile}}));
    pugi::xml_document document = parse(text);
    CHECK(document.select_nodes("//testcase").size() == 1);
    pugi::xml_node test = document.select_node("//testcase").node();
    CHECK(test.attribute("name").value() ==
          std::string(
              R"xml(]]></failure></testcase><testcase name="x">&lt;&gt; red \u{1b}[ \u{0} \xff  end)xml"));
    std::string body = test.child("failure").text().get();
    CHECK(body.find("  | "
                    R"xml(]]></failure></testcase><testcase name="x">&lt;&gt; red \u{1b}[ \u{0} \xff)xml") !=
          std::string::npos);
    CHECK(text.find("  --> a/b.toml:5:2\n") != std::string::npos); // not "--&gt;"
    CHECK(text.find("\n  | ]]&gt;&lt;/failure>&lt;/testcase>") !=
          std::string::npos); // in texts XML forbids "]]>"
}

TEST_CASE("random bytes in every text leave the document well-formed") {
    std::mt19937 random(11);
    std::uniform_int_distribution<int> any_byte(0, 255);
    auto text = [&] {
        std::string bytes(30, ' ');
        std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(any_byte(random)); });
        return bytes;
    };
    for (int i = 0; i < 100; ++i)
        parse(junit_of(
            one_failure(text(), text(), text(), text(), {Answer::no, text(), text(), {text(), text()}})));
}

TEST_CASE("a huge output is cut in the middle of the body, and the message stays short") {
    std::string huge(1'000'000, 'x');
    pugi::xml_document document =
        parse(junit_of(one_failure("s", "f.toml", "t", "exec", {Answer::no, huge, huge, {huge}})));
    pugi::xml_node failure = document.select_node("//failure").node();
    std::string body = failure.text().get();
    CHECK(body.size() < 140'000);
    CHECK(body.find(" bytes omitted ...\n") != std::string::npos);
    CHECK(std::string(failure.attribute("message").value()).size() <= 200);
}

TEST_CASE("each case has at most one result and one output, in every cut of a run") {
    RunTreeBuilder builder;
    for (const Event& event : whole_run()) {
        builder.receive(event);
        pugi::xml_document document = parse(junit(builder.tree()));
        for (pugi::xpath_node node : document.select_nodes("//testcase")) {
            pugi::xml_node test = node.node();
            auto results = test.select_nodes("failure|error|skipped");
            CHECK(results.size() <= 1);
            CHECK(test.select_nodes("system-out").size() <= 1);
            for (pugi::xpath_node result : results) {
                CHECK(*result.node().attribute("message").value() != '\0');
                CHECK(*result.node().text().get() != '\0');
            }
        }
        Counts counts = count(builder.tree());
        pugi::xml_node root = document.child("testsuites");
        CHECK(root.attribute("tests").as_uint() == std::max<std::size_t>(counts.all(), 1));
        CHECK(document.select_nodes("//error").size() == counts.errored);
        CHECK(document.select_nodes("//failure").size() == counts.failed);
    }
}
