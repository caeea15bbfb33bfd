#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/temporary_folder.h"

#include <array>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

using namespace netrig;

namespace {

constexpr const char* escape = "\x1b[";

/// A folder with a scenario that passes and one with a mistake.
class ColourFolder : public TemporaryFolder {
public:
    ColourFolder() {
        write("good.toml", "hosts = [\"red\"]\n[[tests]]\nexec = { on = \"red\", command = \"true\" }\n");
        write("bad.toml", "hosts = [\"red\"]\n[[tests]]\nping = \"red -> bleu\"\n");
    }
};

bool has_colour(const std::vector<std::string>& arguments, const ChildOptions& options) {
    Ended ended = run_netrig(arguments, options);
    REQUIRE_FALSE(ended.errors.empty());
    return ended.errors.find(escape) != std::string::npos;
}

/// What a run says on a terminal of 60 columns.
std::string said_on_terminal(const std::string& kind, const TemporaryFolder& folder) {
    Fd terminal(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(terminal.valid());
    REQUIRE(grantpt(terminal.get()) == 0);
    REQUIRE(unlockpt(terminal.get()) == 0);
    std::array<char, 256> name{};
    REQUIRE(ptsname_r(terminal.get(), name.data(), name.size()) == 0);
    Fd inside(open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(inside.valid());
    winsize size{.ws_row = 24, .ws_col = 60, .ws_xpixel = 0, .ws_ypixel = 0};
    REQUIRE(ioctl(terminal.get(), TIOCSWINSZ, &size) == 0);
    Ended ended =
        run_netrig({"run", "good.toml"},
                   {.directory = folder.path(), .environment = {{"TERM", kind}}, .errors = inside.get()});
    CHECK(ended.status == 0);
    std::array<char, 4096> text{};
    ssize_t count = read(terminal.get(), text.data(), text.size());
    REQUIRE(count > 0);
    return {text.data(), static_cast<std::size_t>(count)};
}

} // namespace

TEST_CASE("usage errors name what is wrong and exit with 2") {
    using Arguments = std::vector<std::string>;
    for (const auto& [arguments, words] : {std::pair(Arguments{}, "subcommand"),
                                           {{"frobnicate"}, "frobnicate"},
                                           {{"run"}, "PATH"},
                                           {{"run", "--jnuit", "x", "."}, "--jnuit"},
                                           {{"run", "-j", "0", "."}, "--jobs"},
                                           {{"run", "-j", "many", "."}, "--jobs"},
                                           {{"run", ".", "--junit"}, "--junit"},
                                           {{"run", "--color", "sometimes", "."}, "--color"},
                                           {{"run", "--check-leaks=some", "."}, "some not in {own,all}"},
                                           {{"run", "--check-leaks", "--no-check-leaks", "."}, "excludes"}}) {
        Ended ended = run_netrig(arguments);
        INFO(ended.errors);
        CHECK(ended.status == 2);
        CHECK(ended.output.empty());
        CHECK_THAT(ended.errors, contains(words));
    }
}

TEST_CASE("help and version are on standard output, with status 0") {
    Ended help = run_netrig({"--help"});
    CHECK(help.status == 0);
    CHECK(help.errors.empty());
    for (const char* words :
         {"netrig", "run", "check", "plan", "Exit status: 0 all passed, 1 a test failed, "})
        CHECK_THAT(help.output, contains(words));
    Ended of_run = run_netrig({"run", "--help"});
    CHECK(of_run.status == 0);
    CHECK(of_run.errors.empty());
    for (const char* words : {"--junit", "--jobs", "--color", "--verbose", "PATH"})
        CHECK_THAT(of_run.output, contains(words));
    Ended version = run_netrig({"--version"});
    CHECK(version.status == 0);
    CHECK(version.errors.empty());
    CHECK(version.output.starts_with("netrig 0."));
}

TEST_CASE("the plan of a scenario is on standard output and nothing is built") {
    TemporaryFolder folder;
    folder.write("two.toml", R"(
name  = "two hosts"
hosts = ["red", "blue"]

[[links]]
ends      = ["red:veth0", "blue:veth1"]
addresses = ["10.0.0.1/24", "10.0.0.2/24"]

[[tests]]
exec = { on = "red", command = "touch built" }
)");
    Ended ended = run_netrig({"plan", "two.toml"}, {.directory = folder.path()});
    CHECK(ended.status == 0);
    CHECK(ended.errors.empty());
    CHECK(ended.output.starts_with("# two.toml: two hosts\n"));
    CHECK_THAT(ended.output, contains("red:veth0") && contains("blue:veth1") && contains("10.0.0.2/24"));
    CHECK_FALSE(folder.has("built"));
}

TEST_CASE("there is no colour where standard error is no terminal, unless it is asked for") {
    ColourFolder folder;
    for (const char* file : {"good.toml", "bad.toml"}) {
        INFO(file);
        CHECK_FALSE(has_colour({"run", file}, {.directory = folder.path()}));
        CHECK(has_colour({"run", "--color", "always", file}, {.directory = folder.path()}));
        CHECK(has_colour({"run", file},
                         {.directory = folder.path(), .environment = {{"CLICOLOR_FORCE", "1"}}}));
        CHECK_FALSE(has_colour({"run", file},
                               {.directory = folder.path(), .environment = {{"CLICOLOR_FORCE", "0"}}}));
    }
}

TEST_CASE("NO_COLOR wins over CLICOLOR_FORCE, and --color over both") {
    ColourFolder folder;
    ChildOptions options{.directory = folder.path(),
                         .environment = {{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}}};
    CHECK_FALSE(has_colour({"run", "good.toml"}, options));
    CHECK(has_colour({"run", "--color", "always", "good.toml"}, options));
    options.environment = {{"NO_COLOR", ""}, {"CLICOLOR_FORCE", "1"}}; // empty counts as unset
    CHECK(has_colour({"run", "good.toml"}, options));
    CHECK_FALSE(has_colour({"run", "--color", "never", "good.toml"}, options));
}

TEST_CASE("on a terminal there is colour and lines fit its width, on a dumb one there is no colour") {
    ColourFolder folder;
    folder.write("good.toml", "name = \"" + std::string(200, 'x') +
                                  "\"\nhosts = [\"red\"]\n[[tests]]\nexec = { on = \"red\", command = "
                                  "\"true\" }\n");
    CHECK_THAT(said_on_terminal("xterm", folder), contains("\x1b[32m PASS\x1b[0m"));
    std::string plain = said_on_terminal("dumb", folder);
    CHECK(plain.find(escape) == std::string::npos);
    CHECK(plain.substr(0, plain.find('\n')).size() <= 61); // with a carriage return
}

TEST_CASE("a run with --stats says where each scenario's time went") {
    ColourFolder folder;
    Ended ended = run_netrig({"run", "--stats", "good.toml"}, {.directory = folder.path()});
    CHECK_THAT(ended.errors, contains("1 node, 0 links; namespaces ") && contains(", build ") &&
                                 contains(", wait ") && contains(", tests ") && contains(", teardown "));
}
