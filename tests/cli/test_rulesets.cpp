// What nft and setup commands complain of, as a user reads it.

#include "tests/support/catch.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/skip.h"
#include "tests/support/temporary_folder.h"

using namespace netrig;

namespace {

const std::string some_test = "[[tests]]\nexec = { on = \"red\", command = [\"true\"] }\n";

std::string errors_of(const std::string& text, const std::string& ruleset = {}) {
    TemporaryFolder folder;
    folder.write("net.toml", text + some_test);
    if (!ruleset.empty())
        folder.write("fw.nft", ruleset);
    Ended ended = run_netrig({"run", "net.toml"}, {.directory = folder.path()});
    CHECK(ended.status == 6);
    return ended.errors;
}

} // namespace

TEST_CASE("a mistake in a ruleset is told with its place in the scenario, or in the ruleset's own file") {
    if (skipped_without_namespaces())
        return;
    CHECK_THAT(errors_of("[nodes.red]\nnftables = \"\"\"\ntable inet f {\n  chian c { }\n}\n\"\"\"\n"),
               contains("cannot load the nftables ruleset of red") && contains("net.toml:4:3: syntax error"));
    CHECK_THAT(
        errors_of("[nodes.red]\nnftables = { from = \"fw.nft\" }\n", "table inet f {\n  chian c { }\n}\n"),
        contains("fw.nft:2:3: syntax error"));
    CHECK_THAT(errors_of("[nodes.red]\nnftables = { from = \"none.nft\" }\n"),
               contains("none.nft") && contains("No such file or directory"));
}

TEST_CASE("a setup command that fails is told with its status and its words") {
    if (skipped_without_namespaces())
        return;
    CHECK_THAT(errors_of("[nodes.red]\nsetup = [\"true\", \"echo nothing doing >&2; exit 3\"]\n"),
               contains("cannot run echo nothing doing >&2; exit 3 in red: exit status 3: nothing doing"));
    CHECK_THAT(errors_of("[nodes.red]\nsetup = [[\"/no/such/program\"]]\n"),
               contains("cannot run /no/such/program in red") && contains("No such file or directory"));
}
