#include "recorded_run.h"
#include "reports/events_json.h"
#include "reports/record.h"
#include "tests/support/contains.h"

using namespace netrig;
using namespace netrig::recorded;

namespace {

std::string lines(const std::vector<Event>& events) {
    std::string text;
    for (const Event& event : events)
        text += to_json_line(event);
    return text;
}

RunTree fold(const std::vector<Event>& events) {
    RunTreeBuilder builder;
    play(events, builder);
    return builder.tree();
}

/// The first events of a run, whose head names all that was planned.
std::vector<Event> planned_run(std::size_t events) {
    std::vector<Event> all = whole_run();
    std::get<RunStarted>(all[0].what).plan = {
        {"two hosts", "scenarios/document/veth.toml", "", {}},
        {"a bridge", "scenarios/document/bridge.toml", "mtu=1500", {"mtu=1500"}},
        {"no such kind", "scenarios/broken.toml", "", {}}};
    all.resize(events, all[0]);
    return all;
}

} // namespace

TEST_CASE("a record gives the very tree that its run gave") {
    Record record = read_record("run.jsonl", lines(whole_run()));
    CHECK(record.problems.empty());
    REQUIRE(record.runs.size() == 1);
    CHECK(record.runs[0] == RecordedRun{"run.jsonl", fold(whole_run())});
    CHECK(exit_status(record.runs[0].tree) == 1);
}

TEST_CASE("records may stand one after the other in one file") {
    std::vector<Event> second = joined({{at(50, run_started(1))}, veth(), {at(60, RunFinished{})}});
    Record record = read_record("all.jsonl", lines(whole_run()) + lines(second));
    CHECK(record.problems.empty());
    REQUIRE(record.runs.size() == 2);
    CHECK(record.runs[0].tree == fold(whole_run()));
    CHECK(record.runs[1].tree == fold(second));
}

TEST_CASE("a record that breaks off, wherever it does, is a run that never passed") {
    std::string text = lines(joined({{at(0, run_started(1))}, veth(), {at(9, RunFinished{})}}));
    for (std::size_t size = 0; size + 1 < text.size(); size += 7) {
        Record record = read_record("cut.jsonl", text.substr(0, size));
        INFO(size);
        CHECK(record.problems.empty());
        REQUIRE(record.runs.size() == 1);
        CHECK(record.runs[0].tree.broken.size() == 1);
        CHECK(exit_status(record.runs[0].tree) == 6);
    }
    // Without its last new line it is whole all the same.
    CHECK(read_record("x", text.substr(0, text.size() - 1)).runs[0].tree.broken.empty());
}

TEST_CASE(
    "where a record breaks off it is said what had finished, and what was never started is an error each") {
    RunTree tree = read_record("cut.jsonl", lines(planned_run(3))).runs.at(0).tree;
    REQUIRE(tree.broken.size() == 1);
    CHECK(
        tree.broken[0].reason ==
        "breaks off at line 3, when 0 of 3 scenarios had finished: the run was killed, or is still going on");
    REQUIRE(tree.scenarios.size() == 3);
    CHECK(tree.scenarios[0].name == "two hosts");
    CHECK(tree.scenarios[0].started);
    CHECK(tree.scenarios[2].name == "no such kind");
    CHECK_FALSE(tree.scenarios[2].started);
    CHECK(tree.scenarios[2].outcome == Outcome::errored);
    CHECK(tree.scenarios[2].reason == "not started: the record of its run breaks off");
    RunTree begun = read_record("cut.jsonl", lines(planned_run(1))).runs.at(0).tree;
    CHECK(begun.scenarios[1].instance == "mtu=1500");
    CHECK(begun.scenarios[1].settings == std::vector<std::string>{"mtu=1500"});
    CHECK(count(begun) == Counts{.errored = 4}); // three scenarios, and that it breaks off
}

TEST_CASE("a run that begins before the one in front of it has ended cuts that off") {
    Record record = read_record("two.jsonl", lines(planned_run(5)) + lines(whole_run()));
    CHECK(record.problems.empty());
    REQUIRE(record.runs.size() == 2);
    CHECK(record.runs[0].tree.broken.size() == 1);
    CHECK(record.runs[1].tree.broken.empty());
}

TEST_CASE("what is wrong with a record is told with its line, and each mistake once") {
    std::string good = lines(whole_run()), head = to_json_line(at(0, run_started(1)));
    CHECK(read_record("a", head + "{}\n[]\n" + good).problems ==
          std::vector<std::string>{"a:2: 'v' is missing", "a:3: not an event: a JSON array"});
    CHECK(read_record("a", "{}\n{}\n{}\n").problems ==
          std::vector<std::string>{"a:1: 'v' is missing", "a: 2 more lines are no good either"});
    CHECK(read_record("a", to_json_line(at(1, TestStarted{0, 0})) + good).problems ==
          std::vector<std::string>{"a:1: an event before 'run-started'"});
    CHECK(read_record("a", lines({at(0, run_started(0)), at(1, RunFinished{}), at(2, RunFinished{})}))
              .problems == std::vector<std::string>{"a:3: an event after 'run-finished'"});
    CHECK_THAT(read_record("a", "<testsuites>\n").problems.at(0), contains("a:1: not JSON: "));
    CHECK_THAT(read_record("a", "what is this").problems.at(0), contains("a:1: not JSON: "));
    std::string newer = good;
    for (std::size_t at = 0; (at = newer.find("\"v\":2", at)) != std::string::npos; ++at)
        newer.replace(at, 5, "\"v\":9");
    auto problems = read_record("a", newer).problems;
    REQUIRE(problems.size() == 2);
    CHECK_THAT(problems[0], contains("a:1: version 9 of the event format is newer than this netrig"));
}
