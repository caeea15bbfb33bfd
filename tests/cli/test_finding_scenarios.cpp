#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/temporary_folder.h"

#include <filesystem>

using namespace netrig;

namespace {

/// A scenario whose test takes no time and passes or not.
std::string scenario(bool passes) {
    return std::string("hosts = [\"red\"]\n[[tests]]\nname = \"one\"\nexec = { on = \"red\", command = \"") +
           (passes ? "true" : "false") + "\" }\n";
}

} // namespace

TEST_CASE("a walk leaves out what netrig.toml names, and a path on the command line runs it") {
    TemporaryFolder folder;
    folder.write("netrig.toml", "exclude = [\"wrong\"]\n");
    folder.write("right/one.toml", scenario(true));
    folder.write("wrong/one.toml", scenario(false));
    Ended all = run_netrig({"run", folder.path()});
    CHECK(all.status == 0);
    CHECK_THAT(all.errors, contains("1 scenario, 1 test: 1 passed"));
    Ended named = run_netrig({"run", folder / "wrong"});
    CHECK(named.status == 1);
    CHECK_THAT(named.errors, contains("1 scenario, 1 test: 0 passed, 1 failed"));
    Ended both = run_netrig({"run", folder / "wrong/one.toml", folder.path()});
    CHECK(both.status == 1);
    CHECK_THAT(both.errors, contains("2 scenarios, 2 tests: 1 passed, 1 failed"));
}

TEST_CASE("a netrig.toml with an unknown key is refused and nothing runs") {
    TemporaryFolder folder;
    folder.write("netrig.toml", "exlude = [\"wrong\"]\n");
    folder.write("one.toml", scenario(true));
    Ended ended = run_netrig({"run", folder.path()});
    INFO(ended.errors);
    CHECK(ended.status == 2);
    CHECK_THAT(ended.errors, contains("unknown key 'exlude' in netrig.toml\n") &&
                                 contains(folder / "netrig.toml:1:1\n") &&
                                 contains("did you mean 'exclude'?"));
    CHECK_THAT(ended.errors, !contains("PASS"));
}

TEST_CASE("a scenario that is named twice runs once") {
    TemporaryFolder folder;
    folder.write("one.toml", scenario(true));
    Ended ended = run_netrig({"run", "one.toml", "./one.toml", "."}, {.directory = folder.path()});
    CHECK(ended.status == 0);
    CHECK_THAT(ended.errors, contains("1 scenario, 1 test: 1 passed"));
}

TEST_CASE("a walk ends where a symbolic link leads in a circle") {
    TemporaryFolder folder;
    folder.write("deep/one.toml", scenario(true));
    std::filesystem::create_directory_symlink("..", folder / "deep/up");
    Ended ended = run_netrig({"run", folder.path()});
    CHECK(ended.status == 0);
    CHECK_THAT(ended.errors, contains("1 scenario, 1 test: 1 passed"));
}
