#include "reports/events_json.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/gate.h"
#include "tests/support/junit_report.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/wait_until.h"

#include <fmt/format.h>

using namespace netrig;

namespace {

/// Tests that pass, fail, err and are skipped, one each.
std::string mixed(const std::string& name) {
    return fmt::format(R"(
name  = "{}"
hosts = ["red"]

[[tests]]
name = "good"
exec = {{ on = "red", command = "true" }}

[[tests]]
name = "bad"
exec = {{ on = "red", command = "echo '<&>' ]]; exit 3" }}

[[tests]]
name = "no such program"
exec = {{ on = "red", command = ["no-such-program"] }}

[[tests]]
name     = "skipped"
requires = ["command:no-such-program"]
exec     = {{ on = "red", command = "true" }}
)",
                       name);
}

const std::string good = "hosts = [\"red\"]\n[[tests]]\nname = \"good\"\n"
                         "exec = { on = \"red\", command = \"true\" }\n";

/// A test that needs a program which is there or not, by a variable.
std::string needing(const std::string& program) {
    return "hosts = [\"red\"]\n[[tests]]\nname = \"t\"\nrequires = [\"command:" + program +
           "\"]\nexec = { on = \"red\", command = \"true\" }\n";
}

} // namespace

TEST_CASE("a recorded run gives the console, the JUnit report and the exit status that the run itself gave") {
    TemporaryFolder folder;
    folder.write("mixed.toml", mixed("mixed"));
    folder.write("other.toml", mixed("other"));
    folder.write("matrix.toml", "matrix = { x = [1, 2] }\n" + good);
    for (std::vector<std::string> more : {std::vector<std::string>{}, {"-v"}, {"--stats"}}) {
        std::vector<std::string> run{"run",       "-j1",     "--check-leaks", "--events",
                                     "run.jsonl", "--junit", "run.xml",       "."};
        std::vector<std::string> report{"report", "run.jsonl", "--junit", "report.xml"};
        run.insert(run.end(), more.begin(), more.end());
        report.insert(report.end(), more.begin(), more.end());
        Ended ran = run_netrig(run, {.directory = folder.path()});
        Ended reported = run_netrig(report, {.directory = folder.path()});
        CHECK(ran.status == 1);
        CHECK(reported.status == 1);
        CHECK(reported.errors == ran.errors);
        CHECK(folder.read("report.xml") == folder.read("run.xml"));
    }
}

TEST_CASE("events stream to standard output for --events -, and each line is one") {
    TemporaryFolder folder;
    folder.write("good.toml", good);
    Ended ended = run_netrig({"run", "--events", "-", "good.toml"}, {.directory = folder.path()});
    CHECK(ended.status == 0);
    std::string types;
    for (std::size_t at = 0, end = 0; (end = ended.output.find('\n', at)) != std::string::npos;
         at = end + 1) {
        auto event = from_json_line(ended.output.substr(at, end - at));
        REQUIRE(event.has_value());
        types += std::to_string(event->what.index()) + " ";
    }
    CHECK(types == "0 1 2 3 4 5 7 8 9 "); // the variant's: run, scenario, built, test, step, and back
    Ended reported = run_netrig({"report", "-"}, {.directory = folder.path()});
    CHECK(reported.status == 6); // of an empty standard input
    CHECK_THAT(reported.errors, contains("standard input") && contains("nothing was recorded"));
}

TEST_CASE("an event is in the record as soon as it has happened") {
    TemporaryFolder folder;
    Gate gate(folder);
    folder.write("held.toml",
                 fmt::format("hosts = [\"red\"]\n[[tests]]\nexec = {{ on = \"red\", command = \"{}\" }}\n",
                             Gate::command));
    Child child = start_netrig({"run", "--events", "run.jsonl", "held.toml"}, {.directory = folder.path()});
    REQUIRE(gate.reached_by(child));
    CHECK(wait_until([&] { // the lab has told it before; the runner is another process
        return folder.read("run.jsonl").find("\"type\":\"step-started\"") != std::string::npos;
    }));
    child.signal(SIGKILL);
    child.wait();
    Ended reported = run_netrig({"report", "run.jsonl", "--junit", "-"}, {.directory = folder.path()});
    CHECK(reported.status == 6);
    CHECK_THAT(reported.errors, contains("breaks off at line ") && contains("0 of 1 scenario had finished"));
    JunitReport report = read_junit(reported.output);
    CHECK(report.errors == 2); // the test, and that the record breaks off
    CHECK(report.tests - report.skipped == 2);
}

TEST_CASE(
    "what one machine lacks and another one has counts as run, and what none has is an error on demand") {
    TemporaryFolder folder;
    auto record = [&](const std::string& program, const std::string& events) {
        folder.write("s.toml",
                     needing(program)); // the same test on two machines, of which one has the program
        CHECK(run_netrig({"run", "--events", events, "s.toml"}, {.directory = folder.path()}).status == 0);
    };
    record("no-such-program", "a.jsonl");
    record("no-such-program", "b.jsonl");
    record("sh", "c.jsonl");
    auto report = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "report");
        return run_netrig(arguments, {.directory = folder.path()});
    };
    Ended all = report({"a.jsonl", "b.jsonl", "c.jsonl", "--no-skip"});
    CHECK(all.status == 0);
    CHECK_THAT(all.errors, contains("\n1 scenario, 1 test: 1 passed, 0 failed, 0 errored, 0 skipped in "));
    Ended skipped = report({"a.jsonl", "b.jsonl"});
    CHECK(skipped.status == 0);
    CHECK_THAT(skipped.errors, contains("NOTHING WAS TESTED"));
    CHECK(report({"a.jsonl", "b.jsonl", "--no-skip"}).status == 5);
}

TEST_CASE("what is no record is refused with file and line, and two copies of one are") {
    TemporaryFolder folder;
    folder.write("good.toml", good);
    CHECK(run_netrig({"run", "--events", "run.jsonl", "good.toml"}, {.directory = folder.path()}).status ==
          0);
    folder.write("copy.jsonl", folder.read("run.jsonl"));
    folder.write("bad.jsonl", folder.read("run.jsonl") + "{\"v\":2}\n");
    auto refused = [&](std::vector<std::string> arguments, const std::string& words) {
        arguments.insert(arguments.begin(), {"report", "--junit", "report.xml"});
        Ended ended = run_netrig(arguments, {.directory = folder.path()});
        CHECK(ended.status == 2);
        CHECK_THAT(ended.errors, contains(words));
        CHECK_FALSE(folder.has("report.xml"));
    };
    refused({"run.jsonl", "bad.jsonl"}, "netrig: bad.jsonl:10: 'type' is missing\n");
    refused({"run.jsonl", "copy.jsonl"}, "run.jsonl and copy.jsonl are records of one and the same run");
    refused({"good.toml"}, "good.toml:1: not JSON: ");
    refused({"no-such-file"}, "cannot read the events no-such-file: No such file or directory");
    refused({"."}, "cannot read the events .: Is a directory");
    refused({}, "EVENTS");
}

TEST_CASE("a record that can't be written is said: before the run, or after it with status 8") {
    TemporaryFolder folder;
    folder.write("good.toml", good);
    Ended early =
        run_netrig({"run", "--events", "no-such-folder/x", "good.toml"}, {.directory = folder.path()});
    CHECK(early.status == 8);
    CHECK_THAT(early.errors, contains("cannot write the events no-such-folder/x: No such file"));
    CHECK(early.errors.find("1 passed") == std::string::npos);
    Ended late = run_netrig({"run", "--events", "/dev/full", "good.toml"}, {.directory = folder.path()});
    CHECK(late.status == 8);
    CHECK_THAT(late.errors,
               contains("1 passed") && contains("cannot write the events /dev/full: No space left"));
    Ended both =
        run_netrig({"run", "--events", "-", "--junit", "-", "good.toml"}, {.directory = folder.path()});
    CHECK(both.status == 2);
    CHECK_THAT(both.errors, contains("--events and --junit can't both be standard output"));
}
