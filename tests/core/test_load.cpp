#include "core/load.h"
#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

using namespace netrig;

static const std::string two_nodes = R"(
hosts = ["red", "blue"]
[[links]]
ends = ["red:veth0", "blue:veth1"]
addresses = ["10.0.0.1/24", "10.0.0.2/24"]
)";

TEST_CASE("two namespaces joined by a veth pair load without a mistake") {
    Scenario scenario = scenario_of(R"(
name  = "two namespaces joined by a veth pair"
hosts = ["red", "blue"]

[[links]]
ends      = ["red:veth0", "blue:veth1"]
addresses = ["10.0.0.1/24", "10.0.0.2/24"]

[[tests]]
name = "red reaches blue"
ping = "red -> blue"

[[tests]]
name = "blue answers on TCP"
tcp-echo = { between = "red -> blue", port = 7 }
)");
    CHECK(scenario.name == "two namespaces joined by a veth pair");
    CHECK(scenario.timeout == std::chrono::seconds(60));
    REQUIRE(scenario.tests.size() == 2);
    CHECK(scenario.tests[0].name == "red reaches blue");
    CHECK(scenario.tests[0].span.begin == Position{8, 1});
    REQUIRE(scenario.tests[0].steps.size() == 1);
    CHECK(scenario.tests[0].steps[0].span.begin == Position{10, 1});
    CHECK(std::get<Ping>(scenario.tests[0].steps[0].verb).describe() == "ping red -> blue");
    CHECK(std::get<TcpEcho>(scenario.tests[1].steps[0].verb).describe() == "tcp-echo red -> blue port 7");
}

TEST_CASE("three namespaces on a bridge load without a mistake") {
    Scenario scenario = scenario_of(R"(
name  = "three namespaces on a bridge"
hosts = ["net0", "net1", "net2"]

[bridges.br0]
ports   = ["net0", "net1", "net2"]          # one veth pair each: net0:eth0 <-> br0:net0
subnet  = "10.1.1.0/24"                     # addresses given out in port order: .1 .2 .3

[[tests]]
name = "everyone reaches everyone"
ping = "* <-> *"
)");
    CHECK(scenario.topology.nodes.size() == 4);
    CHECK(scenario.topology.links.size() == 3);
    CHECK(scenario.tests[0].steps.size() == 1);
}

TEST_CASE("texts, tags and the timeout are read, and the file's name stands in for a missing name") {
    Scenario scenario =
        scenario_of("description = \"what it shows\"\ntags = [\"quick\", \"l2\"]\ntimeout = \"3s\"\n" +
                    two_nodes + "[[tests]]\nping = \"red -> blue\"\n");
    CHECK(scenario.name == "net");
    CHECK(scenario.description == "what it shows");
    CHECK(scenario.tags == std::vector<std::string>{"quick", "l2"});
    CHECK(scenario.timeout == std::chrono::seconds(3));
    CHECK(load_scenario({"some/folder.d/a.b.toml", "# nothing"}).scenarios.at(0).name == "a.b");
}

TEST_CASE("files that can't be scenarios get one message") {
    CHECK(mistakes_in("") == R"(error: the file is empty
  --> net.toml
  help: a scenario needs at least 'hosts' and a [[tests]]

)");
    CHECK(mistakes_in(" \t\r\n\n") == mistakes_in(""));
    CHECK(mistakes_in(std::string("\x7f"
                                  "ELF\0\0\n",
                                  7)) == R"(error: this is a binary file, not a scenario in TOML
  --> net.toml

)");
    CHECK(mistakes_in(std::string(10'000'000, '#')) ==
          R"(error: the file has more than 4 MiB, the most that a scenario may have
  --> net.toml

)");
}

TEST_CASE("a file of just the largest size is read") {
    std::string text = two_nodes + "[[tests]]\nping = \"red -> blue\"\n";
    text += "#" + std::string(largest_file - text.size(), 'x'); // the first new line is left out
    CHECK(source_of(text).text.size() == largest_file);
    CHECK(mistakes_in(text) == "");
    CHECK(mistakes_in(text + "x") != "");
}

TEST_CASE("a file without tests is refused, because nothing would be checked") {
    CHECK(mistakes_in("# only a comment") == R"(error: there are no [[tests]], so nothing would be checked
  --> net.toml
  help: a file that others include needs none where it is run together with one of them

)");
    CHECK(mistakes_in("hosts = [\"red\"]\ntests = []\n") ==
          R"(error: 'tests' is empty, so nothing would be checked
  --> net.toml:2:9
   |
 2 | tests = []
   |         ^^

)");
}

TEST_CASE("a syntax error is shown where the parser stopped") {
    std::string shown = mistakes_in("hosts = [\"red\"\n[[tests]]\nping = \"red -> red\"\n");
    CHECK(shown.starts_with("error: not valid TOML: "));
    CHECK(shown.find("  --> net.toml:2:") != std::string::npos);
    CHECK(shown.find("the parser stopped here\n") != std::string::npos);
    std::string latin1 = mistakes_in("hosts = [\"r\xE9"
                                     "d\"]\n");
    CHECK(latin1.starts_with("error: not valid TOML: "));
    CHECK(latin1.find("  --> net.toml:1:") != std::string::npos);
}

TEST_CASE("all mistakes of a file are reported at once, in the order of their places") {
    CHECK(mistakes_in(R"(
timeout = 3
[[tests]]
ping = { between = "red -> blue", count = 0 }
[[links]]
ends = ["red", "red"]
mtv = 1500
[bridges.a-bridge-so-long]
ports = ["red"]
[nodes.red]
lo = "on"
)") == R"(error: 'timeout' takes a duration such as "50ms" with its unit, as a string
  --> net.toml:1:11
   |
 1 | timeout = 3
   |           ^
  help: units: ns, us, ms, s, min, h

error: unknown node 'blue'
  --> net.toml:3:28
   |
 3 | ping = { between = "red -> blue", count = 0 }
   |                            ^^^^
  help: known here: a-bridge-so-long, red

error: 'count' takes an integer from 1 to 100000
  --> net.toml:3:43
   |
 3 | ping = { between = "red -> blue", count = 0 }
   |                                           ^

error: this link joins 'red' to itself
  --> net.toml:5:16
   |
 5 | ends = ["red", "red"]
   |                ^^^^^

error: unknown key 'mtv' in a link
  --> net.toml:6:1
   |
 6 | mtv = 1500
   | ^^^
  help: did you mean 'mtu'?

error: 'a-bridge-so-long' can't name a bridge: an interface's name has at most 15 bytes, this one has 16
  --> net.toml:7:10
   |
 7 | [bridges.a-bridge-so-long]
   |          ^^^^^^^^^^^^^^^^

error: 'lo' can't be 'on'
  --> net.toml:10:6
    |
 10 | lo = "on"
    |      ^^^^
  help: known here: up, down

)");
}

TEST_CASE("keys of the format that this version has not are refused as such, wherever they stand") {
    CHECK(messages_in(R"(
grading = {}

[[links]]
ends = ["red", "blue"]
[bridges.br0]
ports = ["red"]
[nodes.red]
services = {}
[nodes.blue]
[[tests]]
points = 3
dns = {}
[[tests]]
tcp-echo = "red -> red"
)") == R"(1:1 'grading' is not supported yet by this version of netrig
8:1 'services' is not supported yet by this version of netrig
11:1 'points' is not supported yet by this version of netrig
12:1 'dns' is not supported yet by this version of netrig
)");
    CHECK(mistakes_in("grading = []\n" + two_nodes + "[[tests]]\nping = \"red -> blue\"\n") ==
          R"(error: 'grading' is not supported yet by this version of netrig
  --> net.toml:1:1
   |
 1 | grading = []
   | ^^^^^^^ points and categories

)");
}

TEST_CASE("a scenario's name is one line of text") {
    std::string rest = two_nodes + "[[tests]]\nping = \"red -> blue\"\n";
    CHECK(messages_in("name = \"\"\n" + rest) == "1:8 a scenario's name is one line of text\n");
    CHECK(messages_in("name = \"a\\nb\"\n" + rest) == "1:8 a scenario's name is one line of text\n");
    CHECK(messages_in("name = 3\n" + rest) == "1:8 'name' takes a string, not an integer\n");
}

TEST_CASE("columns are right beside letters beyond ASCII, tabs and CRLF, and after a byte order mark") {
    CHECK(mistakes_in("\xEF\xBB\xBF"
                      "tags = [\"gr\u00fcn\", 3] # "
                      "\u20ac\r\n\thosts\t=\t[\t\"red\",\t4\t]\r\n[[tests]]\r\nping = \"red -> red\"\r\n") ==
          "error: 'tags' takes strings, not an integer\n"
          "  --> net.toml:1:17\n"
          "   |\n"
          " 1 | \xEF\xBB\xBF"
          "tags = [\"gr\u00fcn\", 3] # \u20ac\n"
          "   |                 ^\n\n"
          "error: 'hosts' takes strings, not an integer\n"
          "  --> net.toml:2:19\n"
          "   |\n"
          " 2 | \thosts\t=\t[\t\"red\",\t4\t]\n"
          "   | \t     \t \t \t      \t^\n\n");
}
