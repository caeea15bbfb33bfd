#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/junit_report.h"
#include "tests/support/temporary_folder.h"

#include <algorithm>
#include <filesystem>
#include <vector>

using namespace netrig;

namespace {

const std::string mixed = R"(
name  = "mixed"
hosts = ["red"]

[[tests]]
name = "good"
exec = { on = "red", command = "true" }

[[tests]]
name = "bad"
exec = { on = "red", command = "echo '<&>' ]]; exit 3" }

[[tests]]
name = "no such program"
exec = { on = "red", command = ["no-such-program"] }
)";

const std::string good = "hosts = [\"red\"]\n[[tests]]\nname = \"good\"\n"
                         "exec = { on = \"red\", command = \"true\" }\n";

std::vector<std::string> names_in(const TemporaryFolder& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace

TEST_CASE("the report for --junit - stands alone on standard output and the console on standard error") {
    TemporaryFolder folder;
    folder.write("mixed.toml", mixed);
    ChildOptions options{.directory = folder.path(),
                         .environment = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}}};
    Ended ended = run_netrig({"run", "--junit", "-", "mixed.toml"}, options);
    CHECK(ended.status == 1);
    CHECK(ended.output.starts_with("<?xml "));
    CHECK(ended.output.ends_with("</testsuites>\n"));
    CHECK_THAT(ended.errors, contains("1 scenario, 3 tests: 1 passed, 1 failed, 1 errored, 0 skipped"));
    JunitReport report = read_junit(ended.output);
    CHECK(report.tests == 3);
    CHECK(report.find("good").result.empty());
    JunitCase bad = report.find("bad");
    CHECK(bad.result == "failure");
    CHECK(bad.type == "assertion");
    CHECK_THAT(bad.body, contains("expected: exit status 0\n") &&
                             contains("actual:   red: exit status 3\n") && contains("<&> ]]\n") &&
                             contains("--> mixed.toml:10:"));
    JunitCase missing = report.find("no such program");
    CHECK(missing.result == "error");
    CHECK(missing.type == "internal");
    CHECK_THAT(missing.message, contains("no-such-program") && contains("No such file or directory"));
}

TEST_CASE("only errors give status 6, a failure beside them 1") {
    TemporaryFolder folder;
    std::string errored = mixed;
    errored.replace(errored.find("exit 3"), 6, "exit 0");
    folder.write("errored.toml", errored);
    folder.write("mixed.toml", mixed);
    CHECK(run_netrig({"run", folder / "errored.toml"}).status == 6);
    CHECK(run_netrig({"run", folder.path()}).status == 1);
}

TEST_CASE("a report replaces an older one as a whole and leaves nothing else in the folder") {
    TemporaryFolder folder;
    folder.write("good.toml", good);
    folder.write("report.xml", "an older report\n");
    auto before = names_in(folder);
    Ended ended = run_netrig({"run", "--junit", "report.xml", "good.toml"}, {.directory = folder.path()});
    CHECK(ended.status == 0);
    CHECK(ended.output.empty());
    JunitReport report = read_junit(folder.read("report.xml"));
    CHECK(report.tests == 1);
    CHECK(names_in(folder) == before);
}

TEST_CASE("an older report stays while the run goes on and when the run is invalid") {
    TemporaryFolder folder;
    folder.write("reads.toml", "hosts = [\"red\"]\n[[tests]]\n"
                               "exec = { on = \"red\", command = \"cat report.xml\", stdout = \"older\" }\n");
    folder.write("bad.toml", "hosts = [\"red\"]\n");
    folder.write("report.xml", "an older report\n");
    std::vector<std::string> run{"run", "--junit", "report.xml"};
    run.emplace_back("bad.toml");
    CHECK(run_netrig(run, {.directory = folder.path()}).status == 2);
    CHECK(folder.read("report.xml") == "an older report\n");
    run.back() = "reads.toml";
    CHECK(run_netrig(run, {.directory = folder.path()}).status == 0);
    JunitReport report = read_junit(folder.read("report.xml"));
    CHECK(report.tests == 1);
}

TEST_CASE("a report that can't be written gives status 8, after the results were shown") {
    TemporaryFolder folder;
    folder.write("good.toml", good);
    folder.write("mixed.toml", mixed);
    for (const char* path : {"no-such-folder/report.xml", ".", "/dev/full"}) {
        INFO(path);
        Ended ended = run_netrig({"run", "--junit", path, "good.toml"}, {.directory = folder.path()});
        CHECK(ended.status == 8);
        CHECK_THAT(ended.errors, contains("1 scenario, 1 test: 1 passed"));
        CHECK_THAT(ended.errors, contains(std::string("cannot write the report ") + path + ": "));
    }
    Ended failed = run_netrig({"run", "--junit", "no-such-folder/report.xml", "mixed.toml"},
                              {.directory = folder.path()});
    CHECK(failed.status == 1); // what the tests found is not hidden by it
    CHECK_THAT(failed.errors, contains("cannot write the report no-such-folder/report.xml"));
}

TEST_CASE("a report to a path that is a symbolic link is written where the link leads") {
    TemporaryFolder folder;
    folder.write("good.toml", good);
    folder.write("elsewhere/report.xml", "an older report\n");
    std::filesystem::create_symlink("elsewhere/report.xml", folder / "report.xml");
    Ended ended = run_netrig({"run", "--junit", "report.xml", "good.toml"}, {.directory = folder.path()});
    CHECK(ended.status == 0);
    CHECK(std::filesystem::is_symlink(folder / "report.xml"));
    JunitReport report = read_junit(folder.read("elsewhere/report.xml"));
    CHECK(report.tests == 1);
}
