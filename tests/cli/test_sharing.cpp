#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/junit_report.h"
#include "tests/support/temporary_folder.h"

using namespace netrig;

namespace {

const std::string a_test = "[[tests]]\nname = \"one\"\nexec = { on = \"red\", command = \"true\" }\n";

std::size_t count_of(const std::string& text, const std::string& words) {
    std::size_t count = 0;
    for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1))
        ++count;
    return count;
}

} // namespace

TEST_CASE("a file without tests is no scenario of its own where another of the run includes it") {
    TemporaryFolder folder;
    folder.write("shared.toml", "hosts = [\"red\"]\n");
    folder.write("deep/one.toml", "include = [\"../shared.toml\"]\n" + a_test);
    Ended all = run_netrig({"run", folder.path()});
    CHECK(all.status == 0);
    CHECK_THAT(all.errors, contains("1 scenario, 1 test: 1 passed"));
    Ended named = run_netrig({"run", "shared.toml", "deep/one.toml"}, {.directory = folder.path()});
    CHECK(named.status == 0);
    Ended alone = run_netrig({"run", "shared.toml"}, {.directory = folder.path()});
    CHECK(alone.status == 2);
    CHECK_THAT(alone.errors, contains("there are no [[tests]]") &&
                                 contains("a file that others include needs none where it is run together"));
}

TEST_CASE("a file with tests is a scenario though another includes it, and a topology alone can be planned") {
    TemporaryFolder folder;
    folder.write("shared.toml", "hosts = [\"red\"]\n" + a_test);
    folder.write("one.toml", "include = [\"shared.toml\"]\n" + a_test);
    folder.write("bare.toml", "hosts = [\"red\"]\n");
    Ended run = run_netrig({"run", "shared.toml", "one.toml"}, {.directory = folder.path()});
    CHECK_THAT(run.errors, contains("2 scenarios, 2 tests: 2 passed"));
    Ended plan = run_netrig({"plan", "bare.toml"}, {.directory = folder.path()});
    CHECK(plan.status == 0);
    CHECK_THAT(plan.output, contains("make the namespaces of red"));
}

TEST_CASE("a mistake in a file that several include is said once, at its own place") {
    TemporaryFolder folder;
    folder.write("shared/net.toml", "hosts = [\"red\", \"b lue\"]\n");
    folder.write("one.toml", "include = [\"shared/net.toml\"]\n" + a_test);
    folder.write("two.toml", "include = [\"shared/net.toml\"]\n" + a_test);
    Ended ended = run_netrig({"check", "."}, {.directory = folder.path()});
    CHECK(ended.status == 2);
    CHECK(count_of(ended.errors, "'b lue' can't name a node") == 1);
    CHECK_THAT(ended.errors, contains("  --> shared/net.toml:1:17\n") &&
                                 contains("netrig: 1 mistake in 2 of 2 scenario files\n"));
}

TEST_CASE("a setting gives a variable another value, and a name that no scenario has is a usage error") {
    TemporaryFolder folder;
    folder.write("one.toml",
                 "hosts = [\"red\"]\nvariables = { word = \"hello\" }\n[[tests]]\nname = \"says ${word}\"\n"
                 "exec = { on = \"red\", command = \"echo ${word}\", stdout = \"goodbye\" }\n");
    folder.write("two.toml", "hosts = [\"red\"]\n" + a_test);
    auto run = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"run", "-v", "."});
        return run_netrig(arguments, {.directory = folder.path()});
    };
    CHECK(run({}).status == 1);
    Ended set = run({"--set", "word=goodbye"});
    CHECK(set.status == 0);
    CHECK_THAT(set.errors, contains("says goodbye\n"));
    CHECK(run({"--set", "word=x", "--set", "word=goodbye"}).status == 0);
    Ended wrong = run({"--set", "word=it's", "--set=word=good bye"});
    CHECK_THAT(wrong.errors, contains("  again:    netrig run ./one.toml --set 'word=good bye'\n"));
    Ended unknown = run({"--set", "wrod=x"});
    CHECK(unknown.status == 2);
    CHECK(unknown.errors ==
          "netrig: --set wrod=x: no scenario here has a variable 'wrod'; did you mean 'word'?\n");
    Ended none = run({"--set", "word"});
    CHECK(none.status == 2);
    CHECK_THAT(none.errors, contains("NAME=VALUE is wanted"));
}

TEST_CASE("each instance of a matrix is told apart on the console and in JUnit, and can be run again alone") {
    TemporaryFolder folder;
    folder.write(
        "one.toml",
        "name = \"n\"\nhosts = [\"red\"]\nmatrix = { x = [0, 1], y = [\"a\"] }\n[[tests]]\nname = \"t\"\n"
        "exec = { on = \"red\", command = \"exit ${x}\" }\n");
    Ended both = run_netrig({"run", "--junit", "-", "one.toml"}, {.directory = folder.path()});
    CHECK(both.status == 1);
    CHECK_THAT(both.errors, contains("PASS") && contains("one.toml: n[x=0,y=a] (1 test)\n") &&
                                contains("\n FAIL n[x=1,y=a]: t\n") &&
                                contains("  again:    netrig run one.toml --set x=1 --set y=a\n") &&
                                contains("2 scenarios, 2 tests: 1 passed, 1 failed"));
    JunitReport report = read_junit(both.output);
    REQUIRE(report.cases.size() == 2);
    CHECK(report.cases[0].classname == "one[x=0,y=a]");
    CHECK(report.cases[1].classname == "one[x=1,y=a]");
    CHECK(report.cases[1].file == "one.toml");
    Ended again =
        run_netrig({"run", "one.toml", "--set", "x=1", "--set", "y=a"}, {.directory = folder.path()});
    CHECK(again.status == 1);
    CHECK_THAT(again.errors, contains("1 scenario, 1 test: 0 passed, 1 failed"));
}
