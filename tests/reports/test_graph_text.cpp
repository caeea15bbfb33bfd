#include "reports/graph_text.h"

#include "tests/support/contains.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>
#include <sstream>

using namespace netrig;

namespace {

std::string drawn(const std::string& text, const GraphTextOptions& options = {}) {
    return "\n" +
           graph_text(make_graph(scenario_of("name = \"net\"\n" + text +
                                             "\n[[tests]]\nexec = { on = \"*\", command = \"true\" }\n")),
                      options);
}

std::size_t widest_line(const std::string& text) {
    std::istringstream lines(text);
    std::size_t widest = 0;
    for (std::string line; std::getline(lines, line);)
        widest = std::max(widest, static_cast<std::size_t>(std::count_if(
                                      line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; })));
    return widest;
}

constexpr const char* chain = R"(
hosts   = ["a", "b"]
routers = ["r"]
links   = ["a -- r", "r -- b"]
pool    = ["10.0.0.0/16", "2001:db8::/48"]
)";

const std::string fabric = [] {
    std::string text = "hosts = [\"h[1-20]\"]\nrouters = [\"s[1-4]\", \"l[1-6]\"]\n"
                       "pool = [\"10.0.0.0/16\", \"2001:db8::/48\"]\nlinks = [\n";
    for (int leaf = 1; leaf <= 6; ++leaf)
        for (int spine = 1; spine <= 4; ++spine)
            text += fmt::format("\"l{} -- s{}\",\n", leaf, spine);
    for (int host = 1; host <= 20; ++host)
        text += fmt::format("\"h{} -- l{}\",\n", host, host % 6 + 1);
    return text + "]\n";
}();

} // namespace

TEST_CASE("two hosts and a wire are drawn side by side") {
    CHECK(drawn(R"(
hosts = ["red", "blue"]
[[links]]
ends      = ["red", "blue"]
addresses = ["10.0.0.1/24", "10.0.0.2/24"]
)") == R"(
net

┌─────┐ eth0                 eth0 ┌──────┐
│ red ├───────────────────────────┤ blue │
└─────┘ 10.0.0.1/24   10.0.0.2/24 └──────┘
               10.0.0.0/24
)");
}

TEST_CASE("without UTF-8 a drawing is ASCII") {
    std::string text = drawn(R"(
hosts = ["red", "blue"]
[[links]]
ends = ["red:ö", "blue"]
)",
                             {.ascii = true});
    CHECK(text == R"(
net

+-----+ \u{f6}   eth0 +------+
| red +---------------+ blue |
+-----+               +------+
)");
}

TEST_CASE("a chain too wide for the screen is drawn downwards") {
    CHECK(drawn(chain, {.width = 60}) == R"(
net

┌───┐
│ a │
└─┬─┘
  │ eth0  10.0.0.1/24  2001:db8::1/64
  │       10.0.0.0/24  2001:db8::/64
  │ eth0  10.0.0.2/24  2001:db8::2/64
┌─┴──────┐
│ r      │
│ router │
└─┬──────┘
  │ eth1  10.0.1.1/24  2001:db8:0:1::1/64
  │       10.0.1.0/24  2001:db8:0:1::/64
  │ eth0  10.0.1.2/24  2001:db8:0:1::2/64
┌─┴─┐
│ b │
└───┘
)");
    CHECK_THAT(drawn(chain, {.width = 120}), contains("┤ r      ├"));
}

TEST_CASE("the hosts of a bridge are drawn over it, with what their ports are told") {
    CHECK(drawn(R"(
hosts = ["a", "b"]
[bridges.sw]
ports  = ["a", { port = "b", isolated = true }]
subnet = "10.0.0.0/24"
)") == R"(
net

┌─────────────┐  ┌──────────────────┐
│ a           │  │ b                │
│ 10.0.0.1/24 │  │ 10.0.0.2/24      │
└──────┬──────┘  └─────────┬────────┘
       │ eth0              │ eth0
       │                   │ isolated
═══════╧═══════════════════╧═════════
sw  bridge  10.0.0.0/24
)");
}

TEST_CASE("larger networks are listed, their links in columns") {
    CHECK(drawn(R"(
hosts   = ["a", "b"]
routers = ["r[1-3]"]
links   = ["r1 -- r2", "r2 -- r3", "r3 -- r1", "a -- r1"]
pool    = ["10.0.0.0/16"]
[bridges.sw]
ports = ["r3", "b"]
)") == R"(
net

routers  r[1-3]
bridges  sw
hosts    a  b

sw  bridge  10.0.2.0/24
  r3:eth2  10.0.2.1/24
  b:eth0   10.0.2.2/24

links
  r1:eth0  10.0.0.0/31  r2:eth0  10.0.0.1/31  10.0.0.0/31
  r2:eth1  10.0.0.2/31  r3:eth0  10.0.0.3/31  10.0.0.2/31
  r3:eth1  10.0.0.4/31  r1:eth1  10.0.0.5/31  10.0.0.4/31
  a:eth0   10.0.1.1/24  r1:eth2  10.0.1.2/24  10.0.1.0/24
)");
}

TEST_CASE("tunnels and other interfaces are listed below the drawing") {
    std::string text = drawn(R"(
hosts = ["a", "b"]
[[links]]
ends   = ["a", "b"]
subnet = "10.0.0.0/24"
[nodes.a.interfaces]
t0  = { kind = "gre", remote = "b", addresses = ["10.9.0.1/30"] }
[nodes.b.interfaces]
t0  = { kind = "gre", remote = "a", addresses = ["10.9.0.2/30"] }
v10 = { kind = "vlan", parent = "eth0", id = 10 }
)");
    CHECK_THAT(text, contains("other interfaces\n  a:t0   gre  10.9.0.1/30\n") &&
                         contains("  b:v10  vlan 10 on eth0\n") &&
                         contains("tunnels\n  a:t0 - - b:t0  gre\n"));
}

TEST_CASE("whatever the width, no line is wider and nothing is left out") {
    std::string long_names = "hosts = [\"" + std::string(63, 'a') + "\", \"" + std::string(63, 'b') +
                             "\", \"c\"]\nlinks = [\"" + std::string(63, 'a') + ":interface-of-15 -- " +
                             std::string(63, 'b') + ":interface-of-15\", \"c -- " + std::string(63, 'a') +
                             "\"]\npool = [\"10.0.0.0/16\", \"2001:db8:1234::/48\"]\n";
    for (const std::string& text : {std::string(chain), fabric, long_names})
        for (std::size_t width : {40, 60, 80, 100, 120, 200}) {
            Scenario scenario =
                scenario_of(text + "\n[[tests]]\nexec = { on = \"*\", command = \"true\" }\n");
            std::string shown = graph_text(make_graph(scenario), {.width = width});
            INFO(width << "\n" << shown);
            CHECK(widest_line(shown) <= width);
            if (width < 60)
                continue; // words are broken
            for (const Node& node : scenario.topology.nodes)
                for (const Interface& interface : node.interfaces)
                    for (const InterfaceAddress& given : interface.addresses)
                        CHECK(shown.find(show(given.prefix)) != std::string::npos);
        }
}

TEST_CASE("names with control characters do nothing to a terminal") {
    Graph graph = make_graph(scenario_of("hosts = [\"a\", \"b\"]\nlinks = [\"a -- b\"]\n[[tests]]\n"
                                         "exec = { on = \"a\", command = \"true\" }\n"));
    graph.title = "red \x1b[31m\nalert\xff";
    graph.nodes[0].interfaces[0].name = "x\x1b]0;\a";
    std::string text = graph_text(graph);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\a') == std::string::npos);
    CHECK_THAT(text, contains("red \\x1b[31m\\x0aalert\\xff") && contains("x\\x1b]0;\\x07"));
}
