#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace netrig;

static const std::string some_test = "[[tests]]\nexec = { on = \"*\", command = \"true\" }\n";

/// The nodes in order: "red host", "r1 router forwarding", "br0 bridge".
static std::string nodes_in(const std::string& text) {
    static constexpr const char* kinds[] = {"host", "router", "bridge"};
    Scenario scenario = scenario_of(text + some_test);
    std::vector<std::string> lines;
    for (const Node& node : scenario.topology.nodes)
        lines.push_back(fmt::format("{} {}{}", node.name, kinds[static_cast<int>(node.kind)],
                                    node.forwarding ? " forwarding" : ""));
    return fmt::format("{}", fmt::join(lines, ", "));
}

TEST_CASE("hosts, routers, bridges and tables of nodes declare nodes, in this order") {
    CHECK(nodes_in(R"(
hosts = ["h[1-2]"]
routers = "r1"
[nodes.h2]
[nodes."x[1-2]"]
forwarding = true
[bridges.br0]
)") == "h1 host, h2 host, r1 router forwarding, br0 bridge, x1 host forwarding, x2 host forwarding");
}

TEST_CASE("a router can be told not to forward") {
    CHECK(nodes_in("routers = [\"r1\"]\nnodes = { r1 = { forwarding = false } }\n") == "r1 router");
}

TEST_CASE("a name that two nodes have is refused with both places") {
    CHECK(mistakes_in(R"(
hosts = ["red", "h[1-3]"]
routers = ["h2"]
[bridges.red]
)" + some_test) == R"(error: 'h2' is the name of two nodes
  --> net.toml:2:12
   |
 2 | routers = ["h2"]
   |            ^^^^
  note: it is first named here
  --> net.toml:1:17
   |
 1 | hosts = ["red", "h[1-3]"]
   |                 ^^^^^^^^

error: 'red' is the name of two nodes
  --> net.toml:3:10
   |
 3 | [bridges.red]
   |          ^^^
  note: it is first named here
  --> net.toml:1:10
   |
 1 | hosts = ["red", "h[1-3]"]
   |          ^^^^^

)");
}

TEST_CASE("names that can't be host names, and patterns that stand for nothing, are refused") {
    CHECK(messages_in(R"(
hosts = ["-x", "", "a b", "h[3-1]", "h[1-2"]
[bridges."br:0"]
[bridges.br-with-a-name-x]
[nodes."n[x]"]
)" + some_test) ==
          R"(1:10 '-x' can't name a node: a node's name begins with a letter, a digit or '_'
1:16 '' can't name a node: a node's name can't be empty
1:20 'a b' can't name a node: ' ' can't be in a node's name (letters, digits, '-', '_' and '.' can)
1:27 'h[3-1]' is not a pattern of names: '[3-1]' is no list of numbers and ranges such as [1-3,7]
1:37 'h[1-2' is not a pattern of names: '[' without its ']'
2:10 'br:0' can't name a bridge: an interface's name can't have white space, '/', ':' or '%'
3:10 'br-with-a-name-x' can't name a bridge: an interface's name has at most 15 bytes, this one has 16
4:8 'n[x]' is not a pattern of names: '[x]' is no list of numbers and ranges such as [1-3,7]
)");
}

TEST_CASE("a bad name is one mistake: what speaks of the node is not another") {
    CHECK(messages_in(R"(
hosts = ["-x", "red"]
links = ["red -- -x"]
[[tests]]
ping = "red -> -x"
)") == "1:10 '-x' can't name a node: a node's name begins with a letter, a digit or '_'\n");
}

TEST_CASE("a bridge can't be called 'lo'") {
    std::string messages = messages_in("hosts = [\"red\"]\n[bridges.lo]\nports = [\"red\"]\n" + some_test);
    CHECK(messages.starts_with("2:10 'lo' can't name a bridge: "));
}

TEST_CASE("a table that is none is one mistake") {
    CHECK(messages_in("hosts = [\"red\"]\nbridges = 3\n" + some_test) ==
          "2:11 'bridges' takes a table, not an integer\n");
    CHECK(messages_in("hosts = [\"red\"]\nnodes = 3\n" + some_test) ==
          "2:9 'nodes' takes a table, not an integer\n");
    CHECK(messages_in("hosts = [\"red\"]\nbridges = { br0 = 3 }\n" + some_test) ==
          "2:19 a bridge is a table, not an integer\n");
    CHECK(messages_in("hosts = [\"red\"]\nnodes = { red = 3 }\n" + some_test) ==
          "2:17 a node is a table, not an integer\n");
}

TEST_CASE("nodes that are missing because of a mistake in 'hosts' are no further mistakes") {
    std::string uses = "links = [\"red -- h1\"]\n[[tests]]\nping = \"red -> h1\"\n";
    CHECK(messages_in("hots = [\"red\", \"h1\"]\n" + uses) == "1:1 unknown key 'hots' in a scenario\n");
    CHECK(messages_in("hosts = 3\n" + uses) ==
          "1:9 'hosts' takes a string or an array of strings, not an integer\n");
    CHECK(messages_in("hosts = [\"red\", \"h[1-3\"]\n" + uses) ==
          "1:17 'h[1-3' is not a pattern of names: '[' without its ']'\n");
}
