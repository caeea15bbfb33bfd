#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/temporary_folder.h"

#include <fmt/format.h>

using namespace netrig;

namespace {

/// What `netrig run net.toml` says of a file that must be refused, and nothing must be on standard output.
std::string refusal_of(const std::string& text) {
    TemporaryFolder folder;
    folder.write("net.toml", text);
    Ended ended = run_netrig({"run", "net.toml"}, {.directory = folder.path()});
    INFO(ended.errors);
    CHECK(ended.status == 2);
    CHECK(ended.output.empty());
    return ended.errors;
}

const std::string two_hosts = R"(
hosts = ["red", "blue"]

[[links]]
ends      = ["red", "blue"]
addresses = ["10.0.0.1/24", "10.0.0.2/24"]

[[tests]]
name = "red reaches blue"
)";

} // namespace

TEST_CASE("a mistake is shown with its place, source line, caret and a suggestion") {
    CHECK(refusal_of(two_hosts + "ping = \"red -> bleu\"\n") == R"(error: unknown node 'bleu'
  --> net.toml:9:16
   |
 9 | ping = "red -> bleu"
   |                ^^^^
  help: did you mean 'blue'?

netrig: 1 mistake in 1 of 1 scenario file
)");
}

TEST_CASE("an empty file is refused as empty") {
    CHECK_THAT(refusal_of(""), contains("the file is empty\n  --> net.toml\n"));
    CHECK_THAT(refusal_of(" \n\t\r\n"), contains("the file is empty"));
}

TEST_CASE("a binary file is refused as binary, and its bytes are not shown") {
    std::string said = refusal_of(std::string("\x7f"
                                              "ELF\0\x1b[31m\xff\xfe\n",
                                              12));
    CHECK_THAT(said, contains("this is a binary file"));
    for (char c : said)
        CHECK((c == '\n' || (c >= ' ' && c <= '~')));
}

TEST_CASE("escape sequences in a file do not reach the terminal") {
    std::string said = refusal_of("name = \"\x1b[31mred\n");
    CHECK(said.find('\x1b') == std::string::npos);
    CHECK_THAT(said, contains("--> net.toml:1:"));
}

TEST_CASE("a file of 10 MB is refused by its size") {
    std::string said = refusal_of(std::string(10 * 1024 * 1024, '#'));
    CHECK_THAT(said, contains("the file has more than 4 MiB, the most that a scenario may have"));
    CHECK(said.size() < 1000);
}

TEST_CASE("a folder without scenarios is told apart from a path that is not there") {
    TemporaryFolder folder;
    folder.write("notes.txt", "no scenario");
    Ended nothing = run_netrig({"run", folder.path()});
    CHECK(nothing.status == 4);
    CHECK_THAT(nothing.errors, contains("no scenario (*.toml) in " + folder.path()));
    Ended missing = run_netrig({"run", folder / "missing"});
    CHECK(missing.status == 2);
    CHECK_THAT(missing.errors, contains("cannot find " + folder / "missing") &&
                                   contains("No such file or directory (ENOENT)"));
}

TEST_CASE("unknown keys and verbs are refused where they stand") {
    std::string said = refusal_of(R"(
hots = ["red", "blue"]

[[tests]]
pnig = "red -> blue"
)");
    CHECK_THAT(said, contains("unknown key 'hots' in a scenario\n  --> net.toml:1:1\n") &&
                         contains("did you mean 'hosts'?"));
    CHECK_THAT(said, contains("unknown key 'pnig' in a test\n  --> net.toml:4:1\n") &&
                         contains("did you mean 'ping'?"));
}

TEST_CASE("a verb of a later version is refused as not yet supported") {
    CHECK_THAT(refusal_of(two_hosts + "throughput = \"red -> blue\"\n"),
               contains("'throughput' is not supported yet by this version of netrig\n  --> net.toml:9:1\n"));
}

TEST_CASE("an interface name of 16 bytes is refused, one of 15 is not") {
    auto scenario = [](const std::string& name) {
        return fmt::format("hosts = [\"red\", \"blue\"]\n[[links]]\nends = [\"red:{}\", \"blue\"]\n"
                           "subnet = \"10.0.0.0/30\"\n[[tests]]\nping = \"red -> blue\"\n",
                           name);
    };
    CHECK_THAT(refusal_of(scenario("a234567890123456")),
               contains("'a234567890123456' can't name an interface: ") && contains("15") &&
                   contains("--> net.toml:3:"));
    TemporaryFolder folder;
    folder.write("net.toml", scenario("a23456789012345"));
    CHECK(run_netrig({"check", "net.toml"}, {.directory = folder.path()}).status == 0);
}

TEST_CASE("addresses that can't be are refused") {
    auto refusal = [](const std::string& first, const std::string& second) {
        return refusal_of(fmt::format("hosts = [\"red\", \"blue\"]\n[[links]]\nends = [\"red\", \"blue\"]\n"
                                      "addresses = [\"{}\", \"{}\"]\n[[tests]]\nping = \"red -> blue\"\n",
                                      first, second));
    };
    CHECK_THAT(refusal("10.0.0.1/24", "10.0.0.1/24"), contains("10.0.0.1 is given twice on one network\n") &&
                                                          contains("--> net.toml:4:29\n") &&
                                                          contains("note: red:eth0 has it already"));
    CHECK_THAT(refusal("10.0.0.1/24", "10.0.0.255/24"),
               contains("10.0.0.255/24 is the broadcast address of its network") &&
                   contains("--> net.toml:4:29\n"));
    CHECK_THAT(refusal("10.0.0.1/24", "10.0.0.256/24"), contains("10.0.0.256/24"));
    CHECK_THAT(refusal("10.0.0.1/24", "10.0.0.2"), contains("--> net.toml:4:29\n"));
}

TEST_CASE("a subnet with too few addresses is refused before anything is given out") {
    CHECK_THAT(refusal_of(R"(
hosts = ["h[1-7]"]

[bridges.br0]
ports  = ["h[1-7]"]
subnet = "10.1.1.0/29"

[[tests]]
ping = "* <-> *"
)"),
               contains("the subnet 10.1.1.0/29 is too small for bridge 'br0'\n  --> net.toml:5:") &&
                   contains("6 of 7"));
}

TEST_CASE("a link to itself is refused") {
    CHECK_THAT(refusal_of("hosts = [\"red\"]\nlinks = [\"red -- red\"]\n[[tests]]\nping = \"red -> red\"\n"),
               contains("this link joins 'red' to itself\n  --> net.toml:2:"));
}

TEST_CASE("1,024 ports on one bridge are refused, since the kernel takes one less") {
    CHECK_THAT(refusal_of(R"(
hosts = ["h[1-1024]"]

[bridges.br0]
ports  = ["h[1-1024]"]
subnet = "10.0.0.0/16"

[[tests]]
ping = "h1 -> h2"
)"),
               contains("bridge 'br0' has 1024 ports; the kernel takes 1023") && contains("--> net.toml:3:"));
}

TEST_CASE("mistakes in two files are both told and nothing at all is built") {
    TemporaryFolder folder;
    folder.write("a.toml", two_hosts + "ping = \"red -> bleu\"\n");
    folder.write("b.toml", two_hosts + "exec = { on = \"red\", command = \"touch built\" }\n");
    folder.write("c.toml", two_hosts + "pong = \"red -> blue\"\nlabel = 3\n");
    Ended ended = run_netrig({"run", "--junit", "report.xml", "."}, {.directory = folder.path()});
    INFO(ended.errors);
    CHECK(ended.status == 2);
    CHECK_THAT(ended.errors, contains("unknown node 'bleu'\n  --> ./a.toml:9:16\n"));
    CHECK_THAT(ended.errors, contains("unknown key 'pong' in a test\n  --> ./c.toml:9:1\n"));
    CHECK_THAT(ended.errors, contains("--> ./c.toml:10:"));
    CHECK_THAT(ended.errors, contains("3 mistakes in 2 of 3 scenario files"));
    CHECK_FALSE(folder.has("built"));
    CHECK_FALSE(folder.has("report.xml"));
    Ended good = run_netrig({"run", "b.toml"}, {.directory = folder.path()});
    CHECK(good.status == 0);
    CHECK(folder.has("built")); // so it would have been seen
}

TEST_CASE("check tells the same mistakes as run, and builds nothing of a good file") {
    TemporaryFolder folder;
    folder.write("bad.toml", two_hosts + "ping = \"red -> bleu\"\n");
    folder.write("good.toml", two_hosts + "exec = { on = \"red\", command = \"touch built\" }\n");
    Ended run = run_netrig({"run", "bad.toml"}, {.directory = folder.path()});
    Ended check = run_netrig({"check", "bad.toml"}, {.directory = folder.path()});
    CHECK(check.status == 2);
    CHECK(check.errors == run.errors);
    Ended good = run_netrig({"check", "good.toml"}, {.directory = folder.path()});
    CHECK(good.status == 0);
    CHECK(good.errors == "netrig: no mistakes in 1 scenario\n");
    CHECK_FALSE(folder.has("built"));
}
