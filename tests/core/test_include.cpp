#include "tests/support/contains.h"
#include "tests/support/scenario_text.h"

using namespace netrig;

namespace {

const std::string a_test = "[[tests]]\nexec = { on = \"*\", command = \"true\" }\n";

Scenario scenario_with(const std::string& text, const Files& files) {
    Loaded loaded = load_with(text + a_test, files);
    INFO(render(loaded.diagnostics, *loaded.source));
    REQUIRE(loaded.diagnostics.empty());
    return loaded.scenarios.at(0);
}

std::string nodes_of(const Scenario& scenario) {
    std::string names;
    for (const Node& node : scenario.topology.nodes)
        names += (names.empty() ? "" : " ") + node.name + (node.forwarding ? "!" : "");
    return names;
}

} // namespace

TEST_CASE("nodes, bridges and links of an included file come first, then the scenario's own") {
    Scenario scenario = scenario_with(R"(
include = ["common/net.toml"]
hosts = ["green"]
links = ["green -- r1"]
)",
                                      {{"common/net.toml", R"(
hosts = ["red", "blue"]
routers = ["r1"]
links = ["red -- r1"]
pool = ["10.0.0.0/16"]
[bridges.br0]
ports = ["r1", "blue"]
)"}});
    CHECK(nodes_of(scenario) == "red blue green r1! br0");
    const Topology& topology = scenario.topology;
    REQUIRE(topology.links.size() == 4);
    CHECK(topology.show(topology.links[0].ends[1]) == "r1:eth0"); // as without the scenario's own link
    CHECK(topology.show(topology.links[1].ends[0]) == "r1:eth1");
    CHECK(topology.show(topology.links[3].ends[0]) == "green:eth0");
    CHECK(topology.show(topology.links[3].ends[1]) == "r1:eth2");
}

TEST_CASE("a file that two others include is merged once") {
    Scenario scenario =
        scenario_with("include = [\"a.toml\", \"b.toml\"]\n",
                      {{"a.toml", "include = [\"base.toml\"]\nlinks = [\"red -- blue\"]\n"},
                       {"b.toml", "include = [\"./base.toml\"]\nhosts = [\"green\"]\n"},
                       {"base.toml", "hosts = [\"red\", \"blue\"]\nlinks = [\"red -- blue\"]\n"}});
    CHECK(nodes_of(scenario) == "red blue green");
    CHECK(scenario.topology.links.size() == 2);
    CHECK(scenario.source->included.size() == 3);
}

TEST_CASE("a path in include is relative to the file that it stands in") {
    Scenario scenario =
        scenario_with("include = [\"../lab/a.toml\"]\n", {{"../lab/a.toml", "include = [\"parts/b.toml\"]\n"},
                                                          {"../lab/parts/b.toml", "hosts = [\"red\"]\n"}});
    CHECK(nodes_of(scenario) == "red");
}

TEST_CASE("a table of a node is merged key by key, and a host that two files name is one") {
    Scenario scenario = scenario_with(R"(
include = ["net.d/a.toml"]
hosts = ["red"]
[nodes.red.sysctls]
"net.ipv4.ip_forward" = 1
[nodes.red]
forwarding = false
)",
                                      {{"net.d/a.toml", R"(
hosts = ["red"]
[nodes.red]
forwarding = false
routes = ["unreachable 10.0.0.0/8"]
)"}});
    CHECK(nodes_of(scenario) == "red");
    CHECK(scenario.topology.nodes[0].routes.size() == 1);
    CHECK(scenario.topology.nodes[0].sysctls.size() == 1);
}

TEST_CASE(
    "what makes a file a scenario of its own stays with it, and of single values the including file's hold") {
    Files files{{"a.toml", R"(
name = "another"
description = "something else"
tags = ["slow"]
timeout = "2s"
requires = ["command:sh"]
hosts = ["red"]
[[tests]]
ping = "red -> nobody"
)"}};
    Scenario scenario = scenario_with("include = [\"a.toml\"]\ntimeout = \"7s\"\n", files);
    CHECK(scenario.name == "net");
    CHECK(scenario.description.empty());
    CHECK(scenario.tags.empty());
    CHECK(scenario.timeout == std::chrono::seconds(7));
    CHECK(scenario.requirements.size() == 1);
    CHECK(scenario.tests.size() == 1);
    CHECK(scenario_with("include = [\"a.toml\"]\n", files).timeout == std::chrono::seconds(2));
}

TEST_CASE("two values for one thing are a mistake that shows both places") {
    CHECK(mistakes_with(R"(
include = ["a.toml"]
[nodes.red]
forwarding = true
)" + a_test,
                        {{"a.toml", "[nodes.red]\nforwarding = false\n"}}) ==
          R"(error: 'nodes.red.forwarding' is given a second value
  --> net.toml:3:14
   |
 3 | forwarding = true
   |              ^^^^
  note: the other is here
  --> a.toml:2:14
   |
 2 | forwarding = false
   |              ^^^^^
  help: a file can add to what it includes; what is to differ is a variable there

)");
    Files siblings{{"a.toml", "timeout = \"1s\"\nhosts = [\"red\"]\n"}, {"b.toml", "timeout = \"2s\"\n"}};
    CHECK_THAT(mistakes_with("include = [\"a.toml\", \"b.toml\"]\n" + a_test, siblings),
               contains("'timeout' is given a second value\n  --> b.toml:1:11\n") &&
                   contains("note: the other is here\n  --> a.toml:1:11\n") &&
                   contains("say which holds in the file that includes both"));
    CHECK(mistakes_with("include = [\"a.toml\", \"b.toml\"]\ntimeout = \"3s\"\n" + a_test, siblings).empty());
}

TEST_CASE("a mistake in an included file is shown there, before those of the scenario") {
    CHECK(mistakes_with(R"(
include = ["a.toml"]
[[tests]]
ping = "red -> bleu"
)",
                        {{"a.toml", "\n\nhosts = [\"red\", \"blue\"]\n[nodes.red]\nroute = []\n"}}) ==
          R"(error: unknown key 'route' in node 'red'
  --> a.toml:4:1
   |
 4 | route = []
   | ^^^^^
  help: did you mean 'routes'?

error: unknown node 'bleu'
  --> net.toml:3:16
   |
 3 | ping = "red -> bleu"
   |                ^^^^
  help: did you mean 'blue'?

)");
}

TEST_CASE("a note can point into another file") {
    CHECK_THAT(mistakes_with("include = [\"a.toml\"]\nrouters = [\"red\"]\n" + a_test,
                             {{"a.toml", "hosts = [\"red\"]\n"}}),
               contains("'red' is the name of two nodes\n  --> net.toml:2:12\n") &&
                   contains("note: it is first named here\n  --> a.toml:1:10\n"));
}

TEST_CASE("files that can't be included are mistakes at the place that names them, all at once") {
    std::string text =
        mistakes_with("include = [\"no.toml\", \"bad.toml\", \"empty.toml\", \"${x}.toml\", 7]\n" + a_test,
                      {{"bad.toml", "hosts = [\n"}, {"empty.toml", "\n\n"}});
    CHECK_THAT(text,
               contains("cannot open no.toml: No such file or directory (ENOENT)\n  --> net.toml:1:12\n") &&
                   contains("not valid TOML: ") && contains("  --> bad.toml:") &&
                   contains("the file is empty\n  --> empty.toml\n") &&
                   contains("the path of an included file is written out; it can't have variables\n  --> "
                            "net.toml:1:49\n") &&
                   contains("'include' takes strings, not an integer\n  --> net.toml:1:62\n"));
    CHECK_THAT(text, !contains("unknown") && !contains("tests"));
}

TEST_CASE("files that include one another in a circle are a mistake that says which") {
    CHECK_THAT(mistakes_with("include = [\"a.toml\"]\n" + a_test,
                             {{"a.toml", "include = [\"b.toml\"]\n"},
                              {"b.toml", "hosts = []\ninclude = [\"a.toml\"]\n"}}),
               contains("'a.toml' is included in a circle: a.toml -> b.toml -> a.toml\n  --> b.toml:2:12\n"));
    CHECK_THAT(mistakes_with("include = [\"net.toml\"]\n" + a_test, {}),
               contains("'net.toml' is included in a circle: net.toml -> net.toml\n  --> net.toml:1:12\n"));
}

TEST_CASE("an included file that others include without limit ends somewhere") {
    auto read = [](const std::string& path) -> Result<std::string> {
        return "include = [\"" + path.substr(0, path.size() - 5) + "x.toml\"]\n";
    };
    Loaded loaded = load_scenario(source_of("include = [\"a.toml\"]\n"), {read});
    REQUIRE(loaded.diagnostics.size() == 1);
    CHECK_THAT(loaded.diagnostics[0].message, contains("1000 files are the most"));
}
