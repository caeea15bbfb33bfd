#include "core/features.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/junit_report.h"
#include "tests/support/skip.h"
#include "tests/support/temporary_folder.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

using namespace netrig;

namespace {

using Json = nlohmann::json;

constexpr uid_t nobody = 65534;
const ChildOptions in_source{.directory = NETRIG_SOURCE_DIR};
const std::string no_program =
    "command:netrig-no-such-program is missing: there is no program 'netrig-no-such-program'; "
    "install it, or add its folder to PATH";

/// The machine's answers by name; checks the shape of all of them.
std::map<std::string, Json> features_of(const Ended& ended) {
    INFO(ended.errors);
    CHECK(ended.errors.empty());
    Json report = Json::parse(ended.output);
    CHECK(report["v"] == 1);
    CHECK(report["labs"].get<bool>() == (ended.status == 0));
    std::map<std::string, Json> features;
    for (const Json& each : report["features"]) {
        INFO(each.dump());
        CHECK(features.emplace(each["name"].get<std::string>(), each).second);
        std::string answer = each["answer"];
        CHECK((answer == "yes" || answer == "no" || answer == "could-not-ask"));
        if (answer == "yes")
            CHECK(each["remedy"] == "");
        if (answer == "no") {
            CHECK(each["remedy"] != "");
            CHECK(each["reason"] != "");
        }
    }
    return features;
}

} // namespace

TEST_CASE("doctor tells machines of every feature, and people the same") {
    Ended json = run_netrig({"doctor", "--json"}), text = run_netrig({"doctor"});
    auto features = features_of(json);
    CHECK(text.status == json.status);
    CHECK(text.errors.empty());
    for (const Feature& feature : known_features()) {
        std::string name(feature.name);
        REQUIRE(features.contains(name));
        CHECK(features[name]["group"] == word(feature.group));
        bool there = features[name]["answer"] == "yes";
        CHECK_THAT(text.output, contains(fmt::format("\n  {}  {}", there ? "yes" : "no ", name)));
    }
    for (std::string_view group :
         {"rights", "namespaces", "links", "qdiscs", "nftables", "cgroups", "programs"})
        CHECK_THAT(text.output, contains(fmt::format("\n\n{}\n", group)));
}

TEST_CASE("doctor tells an ordinary user of the user's own rights, and the same of the kernel") {
    if (geteuid() != 0)
        return skip("needs root");
    Ended ended = run_netrig({"doctor", "--json"}, {.user = nobody});
    if (ended.status != 0)
        return skip("an ordinary user cannot make labs here");
    auto user = features_of(ended), root = features_of(run_netrig({"doctor", "--json"}));
    CHECK(user["root"]["reason"] == "the user id is 65534");
    CHECK(user["right:namespaces"]["answer"] == "yes");
    for (const auto& [name, answer] : root)
        if (answer["group"] == "qdiscs" || answer["group"] == "nftables" || answer["group"] == "protocols") {
            INFO(name);
            CHECK(user[name]["answer"] == answer["answer"]);
        }
}

TEST_CASE("doctor exits with 6 and says what to do where labs cannot be built") {
    auto refusing = Machine::make({.own_users = true, .limit = "max_net_namespaces"});
    if (!refusing)
        return skip("user namespaces cannot be made here");
    Ended ended = run_netrig({"doctor"}, {.machine = &*refusing});
    CHECK(ended.status == 6);
    CHECK_THAT(ended.output, contains("no   right:namespaces              cannot make the lab's namespaces"));
    CHECK_THAT(ended.output, contains("?    kernel:veth"));
    CHECK_THAT(ended.output, contains("; labs cannot be built here\n"));
    CHECK(features_of(run_netrig({"doctor", "--json"}, {.machine = &*refusing})).size() > 50);
}

TEST_CASE("doctor takes no paths") {
    CHECK(run_netrig({"doctor", "scenarios"}).status == 2);
}

TEST_CASE("a scenario that requires a program that is not there is skipped with that reason") {
    Ended ended = run_netrig({"run", "--junit", "-", "scenarios/requires/missing.toml"}, in_source);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.errors, contains(" SKIP ["));
    CHECK_THAT(ended.errors, contains("(2 tests: 2 skipped): " + no_program + "\n"));
    CHECK_THAT(ended.errors,
               contains("\nNOTHING WAS TESTED: all 2 tests were skipped, for the reasons above\n"));
    JunitReport report = read_junit(ended.output);
    CHECK(report.skipped == 2);
    for (const JunitCase& each : report.cases) {
        CHECK(each.result == "skipped");
        CHECK(each.type == "requirement");
        CHECK(each.message == no_program);
    }
}

TEST_CASE("with --no-skip it is an error, and the exit status is 5") {
    Ended ended =
        run_netrig({"run", "--no-skip", "--junit", "-", "scenarios/requires/missing.toml"}, in_source);
    CHECK(ended.status == 5);
    CHECK_THAT(ended.errors,
               contains("ERROR the scenario requires what no machine has\n" + no_program + "\n"));
    JunitReport report = read_junit(ended.output);
    CHECK(report.errors == 1);
    JunitCase error = report.find("the scenario requires what no machine has");
    CHECK(error.result == "error");
    CHECK(error.type == "requirement");
    CHECK(error.message == no_program);
}

TEST_CASE("a test that requires what is missing is skipped alone") {
    Ended ended = run_netrig({"run", "--junit", "-", "scenarios/requires/missing-in-a-test.toml"}, in_source);
    INFO(ended.errors);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.errors, contains(" PASS ["));
    CHECK_THAT(ended.errors, contains("    a program that nobody has: " + no_program + "\n"));
    CHECK(ended.errors.find("NOTHING WAS TESTED") == std::string::npos);
    JunitReport report = read_junit(ended.output);
    CHECK(report.find("before it").result.empty());
    CHECK(report.find("after it").result.empty());
    CHECK(report.find("a program that nobody has").message == no_program);
}

TEST_CASE("with --no-skip a test that requires what is missing is errored alone") {
    Ended ended = run_netrig(
        {"run", "--no-skip", "--junit", "-", "scenarios/requires/missing-in-a-test.toml"}, in_source);
    INFO(ended.errors);
    CHECK(ended.status == 5);
    JunitReport report = read_junit(ended.output);
    CHECK(report.tests == 3);
    CHECK(report.errors == 1);
    CHECK(report.find("a program that nobody has").type == "requirement");
    CHECK(report.find("after it").result.empty());
}

TEST_CASE("with --no-skip a failed test still decides the exit status") {
    Ended ended = run_netrig({"run", "--no-skip", "scenarios/requires/missing.toml",
                              "scenarios/must-fail/link-needs-both-ends.toml"},
                             in_source);
    CHECK(ended.status == 1);
}

TEST_CASE("with --no-skip another error decides over a missing requirement") {
    TemporaryFolder folder;
    std::string broken = folder.write("broken.toml", R"(
hosts = ["red"]
[[tests]]
name = "a program that was not required"
exec = { on = "red", command = ["netrig-no-such-program"] }
)");
    Ended ended = run_netrig({"run", "--no-skip", "scenarios/requires/missing.toml", broken}, in_source);
    INFO(ended.errors);
    CHECK(ended.status == 6);
}

TEST_CASE("a scenario whose requirements are met runs") {
    Ended ended = run_netrig({"run", "--no-skip", "scenarios/requires/met.toml"}, in_source);
    INFO(ended.errors);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.errors, contains("2 tests: 2 passed, 0 failed, 0 errored, 0 skipped"));
}
