#include "recorded_run.h"
#include "reports/events_json.h"

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <limits>
#include <random>
#include <set>

using namespace netrig;
using namespace netrig::recorded;
using namespace std::string_literals;

static std::string problem_of(std::string_view line) {
    auto event = from_json_line(line);
    return event ? "none" : event.error();
}

static Event read_back(const Event& event) {
    auto read = from_json_line(to_json_line(event));
    INFO((read ? std::string() : read.error()));
    REQUIRE(read.has_value());
    return *read;
}

TEST_CASE("every type of event comes back from its line as it was") {
    std::set<std::size_t> types;
    std::vector<Event> others{
        at(0, RunStarted{"1", "6.1", "rig", 1, {{"n", "f.toml", "x=1", {"x=1"}}}}),
        at(0, StepStopped{0, 1, 2, "exec on a: x", {"stdout:", "    y"}, milliseconds(9)}),
        at(0, LabNamespaces{3, {{"red", "net", 4026532301, 18'446'744'073'709'551'615U}, {"", "pid", 1, 0}}}),
        at(0, checked({"process 7"}, {"link x", "file y"})),
        at(0, ScenarioStarted{.name = "n", .instance = "x=1,y=a", .settings = {"x=1", "y=a"}})};
    for (const Event& event : joined({whole_run(), others})) {
        CHECK(read_back(event) == event);
        types.insert(event.what.index());
    }
    CHECK(types.size() == std::variant_size_v<decltype(Event::what)>);
}

TEST_CASE("every outcome, kind and answer comes back from its line as it was") {
    for (int outcome = 0; outcome < 4; ++outcome)
        for (int kind = 0; kind < 8; ++kind) {
            Event event =
                at(0, TestFinished{0, 0, static_cast<Outcome>(outcome), static_cast<FailureKind>(kind)});
            CHECK(read_back(event) == event);
        }
    for (Answer answer : {Answer::yes, Answer::no, Answer::could_not_ask}) {
        Event event = at(0, StepFinished{.verdict = {answer}});
        CHECK(read_back(event) == event);
    }
}

TEST_CASE("an event's line is as programs were promised") {
    CHECK(to_json_line(
              at(0, TestFinished{1, 2, Outcome::errored, FailureKind::timeout, "late", microseconds(7)})) ==
          R"({"v":2,"type":"test-finished","time":1767323045000000,"scenario":1,"test":2,)"
          R"("outcome":"errored","kind":"timeout","reason":"late","took-ns":7000,"links":[]})"
          "\n");
    CHECK(
        to_json_line(at(0, StepFinished{0, 1, 2, "ping", {3, 4, "x"}, could_not_ask("reply", "gone")})) ==
        R"({"v":2,"type":"step-finished","time":1767323045000000,"scenario":0,"test":1,"step":2,"what":"ping",)"
        R"("place":{"line":3,"column":4,"excerpt":"x"},)"
        R"("verdict":{"answer":"could-not-ask","expected":"reply","actual":"gone","details":[]},"took-ns":0})"
        "\n");
}

TEST_CASE("a text with new lines, NUL, quotes and all of Unicode stays in one line and comes back") {
    std::string text = "a\nb\r\0\"\\\t\x1b[0m\x7f </testcase> \xC3\xA4 \xE2\x80\xA8 \xF0\x9F\x98\x80"s;
    Event event = at(0, StepStarted{1, 2, 3, text});
    std::string line = to_json_line(event);
    CHECK(line.find('\n') == line.size() - 1);
    CHECK(std::all_of(line.begin(), line.end() - 1, [](char c) { return c >= 0x20 && c < 0x7F; }));
    CHECK(read_back(event) == event);
}

TEST_CASE("bytes that are no UTF-8 stand in the line as their numbers") {
    Event event = at(0, StepStarted{0, 0, 0, "a\xFF z\xC3"});
    CHECK(std::get<StepStarted>(read_back(event).what).what == "a\\xff z\\xc3");
}

TEST_CASE("random bytes in an event never throw and always come back as an event") {
    std::mt19937 random(7);
    std::uniform_int_distribution<int> any_byte(0, 255);
    for (int i = 0; i < 300; ++i) {
        std::string text(40, ' ');
        std::generate(text.begin(), text.end(), [&] { return static_cast<char>(any_byte(random)); });
        Event once = read_back(at(0, StepStarted{0, 0, 0, text}));
        CHECK(read_back(once) == once);
    }
}

TEST_CASE("numbers at the limits of their types come back") {
    Event event = at(0, StepFinished{.scenario = std::numeric_limits<std::size_t>::max(),
                                     .place = {std::numeric_limits<std::uint32_t>::max(), 0, ""}});
    CHECK(read_back(event) == event);
}

TEST_CASE("the line of an older version is read, and what it had no key for is as before") {
    auto event = from_json_line(
        R"({"v":1,"type":"run-started","time":1,"version":"0.1.0","kernel":"6.1.0","host":"rig1","scenarios":3})");
    REQUIRE(event.has_value());
    CHECK(event->what == Event{1, run_started(3)}.what);
}

TEST_CASE("additional keys are ignored") {
    CHECK(problem_of(R"({"v":1,"type":"test-started","time":1,"scenario":0,"test":0,"later":{"x":[1]}})") ==
          "none");
}

TEST_CASE("a broken line is refused with the reason") {
    CHECK(problem_of("").starts_with("not JSON: "));
    CHECK(problem_of(R"({"v":1,"type":"run-fin)").starts_with("not JSON: column "));
    CHECK(problem_of("\xFF\xFE").starts_with("not JSON: "));
    CHECK(problem_of(R"({"v":1e999})").starts_with("not JSON: "));
    CHECK(problem_of(std::string(100'000, '[')).starts_with("not JSON: "));
    CHECK(problem_of("[1]") == "not an event: a JSON array");
    CHECK(problem_of("{}") == "'v' is missing");
    CHECK(problem_of(R"({"v":0,"type":"x"})") == "there is no version 0 of the event format");
    CHECK(problem_of(R"({"v":3,"type":"x"})") == "version 3 of the event format is newer than this netrig, "
                                                 "which knows up to 2: read it with the netrig "
                                                 "that wrote it, or a newer one");
    CHECK(problem_of(
              R"({"v":2,"type":"run-started","time":1,"version":"1","kernel":"","host":"","scenarios":1})") ==
          "'plan' is missing");
    CHECK(problem_of(R"({"v":1,"type":"x","time":1})") == "unknown event type 'x'");
    CHECK(problem_of(R"({"v":1,"type":"run-finished"})") == "'time' is missing");
    CHECK(problem_of(R"({"v":1,"type":"run-finished","time":-1})") == "'time' is out of range");
    CHECK(problem_of(R"({"v":1,"type":"run-finished","time":1,"took-ns":1})") == "'signal' is missing");
}

TEST_CASE("a value of the wrong type or out of range is refused with its key") {
    auto run_finished = [](std::string rest) {
        return problem_of(R"({"v":1,"type":"run-finished","time":1,)" + rest + "}");
    };
    CHECK(run_finished(R"("took-ns":"1s","signal":0)") == "'took-ns' takes an integer");
    CHECK(run_finished(R"("took-ns":1.5,"signal":0)") == "'took-ns' takes an integer");
    CHECK(run_finished(R"("took-ns":-1,"signal":0)") == "'took-ns' takes nanoseconds, from 0 to a year");
    CHECK(run_finished(R"("took-ns":9223372036854775807,"signal":0)") ==
          "'took-ns' takes nanoseconds, from 0 to a year");
    CHECK(run_finished(R"("took-ns":1,"signal":4294967296)") == "'signal' takes an integer");
    CHECK(problem_of(R"({"v":1,"type":"test-started","time":1,"scenario":-1,"test":0})") ==
          "'scenario' takes an integer from 0");
}

TEST_CASE("a problem within a value is refused with the whole path of its key") {
    auto step = [](std::string verdict) {
        return problem_of(
            R"({"v":1,"type":"step-finished","time":1,"scenario":0,"test":0,"step":0,"what":"",)"
            R"("place":{"line":1,"column":1,"excerpt":""},"verdict":)" +
            verdict + R"(,"took-ns":0})");
    };
    CHECK(step("3") == "'verdict' takes an object");
    CHECK(step(R"({"answer":"maybe"})") == "'verdict.answer' can't be 'maybe'");
    CHECK(step(R"({"answer":"yes","expected":"","actual":""})") == "'verdict.details' is missing");
    CHECK(step(R"({"answer":"yes","expected":"","actual":"","details":"x"})") ==
          "'verdict.details' takes an array");
    CHECK(step(R"({"answer":"yes","expected":"","actual":"","details":["a",1]})") ==
          "'verdict.details[1]' takes a string");
}
