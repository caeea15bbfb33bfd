#include "tests/support/contains.h"
#include "tests/support/expected_outcomes.h"

#include <filesystem>
#include <fmt/format.h>
#include <set>

using namespace netrig;

namespace fs = std::filesystem;

TEST_CASE("every scenario file has a row in the table of outcomes, and every row a file") {
    std::set<std::string> files, rows;
    for (const char* folder :
         {"document", "examples", "must-fail", "nodes", "probes", "requires", "state", "topologies"})
        for (const auto& entry :
             fs::directory_iterator(NETRIG_SOURCE_DIR "/scenarios/" + std::string(folder)))
            if (entry.path().extension() == ".toml")
                files.insert(fmt::format("scenarios/{}/{}", folder, entry.path().filename().string()));
    for (const ExpectedFile& file : expected_outcomes())
        rows.insert(file.path);
    CHECK(rows == files);
}

TEST_CASE("each of the document's scenarios comes out as the table says") {
    check_outcomes(expected_outcomes("document"));
}

TEST_CASE("each example comes out as the table says") {
    check_outcomes(expected_outcomes("examples"));
}

TEST_CASE("each scenario about the inside of nodes comes out as the table says") {
    check_outcomes(expected_outcomes("nodes"));
}

TEST_CASE("each probe comes out as the table says") {
    check_outcomes(expected_outcomes("probes"));
}

TEST_CASE("each question to the kernel comes out as the table says") {
    check_outcomes(expected_outcomes("state"));
}

TEST_CASE("each topology comes out as the table says") {
    check_outcomes(expected_outcomes("topologies"));
}

TEST_CASE("what a scenario requires runs, or is skipped for the reason that the table says") {
    check_outcomes(expected_outcomes("requires"));
}

TEST_CASE("each wrong twin fails as the table says") {
    for (const ExpectedFile& file : expected_outcomes("must-fail")) {
        INFO(file.path);
        CHECK(file.exit != 0);
        CHECK(file.count("passed") < file.tests.size());
    }
    check_outcomes(expected_outcomes("must-fail"));
}

TEST_CASE("a run over all scenarios passes, skips what is missing and leaves out what must fail") {
    Ended ended = run_netrig({"run", "scenarios/"}, {.directory = NETRIG_SOURCE_DIR});
    INFO(ended.errors);
    CHECK(ended.status == 0);
    CHECK(ended.output.empty());
    std::size_t scenarios = 0, tests = 0, skipped = 0;
    for (const ExpectedFile& file : expected_outcomes()) {
        bool runs = !file.path.starts_with("scenarios/must-fail/");
        CHECK((ended.errors.find(file.path + ": ") != std::string::npos) == runs);
        scenarios += runs ? file.scenarios : 0;
        tests += runs ? file.tests.size() : 0;
        skipped += !runs ? 0 : file.was_skipped(ended.errors) ? file.tests.size() : file.count("skipped");
    }
    CHECK_THAT(ended.errors, contains(fmt::format("\n{} scenarios, {} tests: {} passed, 0 failed, 0 errored, "
                                                  "{} skipped in ",
                                                  scenarios, tests, tests - skipped, skipped)));
    CHECK(ended.errors.find("expected.toml") == std::string::npos);
    CHECK(ended.errors.find("netrig.toml") == std::string::npos);
}

TEST_CASE("a folder that a walk leaves out is taken when it is named") {
    Ended ended = run_netrig({"check", "scenarios/must-fail"}, {.directory = NETRIG_SOURCE_DIR});
    CHECK(ended.status == 0);
    std::size_t scenarios = 0;
    for (const ExpectedFile& file : expected_outcomes("must-fail"))
        scenarios += file.scenarios;
    CHECK_THAT(ended.errors, contains(fmt::format("no mistakes in {} scenarios", scenarios)));
}
