#include "reports/graph_dot.h"

#include "tests/support/contains.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>

using namespace netrig;

namespace {

Graph graph_of(const std::string& text) {
    return make_graph(
        scenario_of("name = \"net\"\n" + text + "\n[[tests]]\nexec = { on = \"*\", command = \"true\" }\n"));
}

std::string ring_of(int routers) {
    std::string text = fmt::format("routers = [\"r[1-{0}]\"]\nhosts = [\"h[1-{0}]\"]\n"
                                   "pool = [\"10.0.0.0/16\", \"2001:db8::/48\"]\nlinks = [\n",
                                   routers);
    for (int i = 1; i <= routers; ++i)
        text += fmt::format("\"r{0} -- r{1}\", \"h{0} -- r{0}\",\n", i, i % routers + 1);
    return text + "]\n";
}

} // namespace

TEST_CASE("hosts, routers and bridges have shapes of their own and a legend") {
    std::string dot = graph_dot(graph_of(R"(
hosts   = ["h"]
routers = ["r"]
links   = ["h -- r"]
[bridges.sw]
ports   = ["r"]
)"));
    CHECK_THAT(dot, contains("\"h\" [shape=box, style=filled,") && contains("style=\"filled,rounded\"") &&
                        contains("\"sw\" [shape=ellipse") && contains("cluster_legend") &&
                        contains("\"legend bridge\""));
    CHECK(graph_dot(graph_of("hosts = [\"a\", \"b\"]\nlinks = [\"a -- b\"]\n")).find("legend") ==
          std::string::npos);
}

TEST_CASE("a line ends at the cells of its interfaces, and tunnels are dashed") {
    std::string dot = graph_dot(graph_of(R"(
hosts = ["a", "b", "c"]
links = ["a -- b", "b -- c"]
pool  = ["10.0.0.0/16"]
[nodes.a.interfaces]
t0 = { kind = "gre", remote = "b" }
[nodes.b.interfaces]
t0 = { kind = "gre", remote = "a" }
)"));
    CHECK_THAT(dot, contains("\"a\":i0:e -- \"b\":i0:w [label=<") && contains("10.0.0.0/24") &&
                        contains("\"a\":i1:e -- \"b\":i2:w [style=dashed"));
}

TEST_CASE("levels go rightwards for a fabric and downwards for a ring") {
    std::string fabric = "hosts = [\"h[1-12]\"]\nrouters = [\"s[1-2]\", \"l[1-4]\"]\npool = "
                         "[\"10.0.0.0/16\"]\nlinks = [\n";
    for (int leaf = 1; leaf <= 4; ++leaf)
        fabric += fmt::format(
            "\"l{0} -- s1\", \"l{0} -- s2\", \"h{1} -- l{0}\", \"h{2} -- l{0}\", \"h{3} -- l{0}\",\n", leaf,
            leaf * 3 - 2, leaf * 3 - 1, leaf * 3);
    CHECK_THAT(graph_dot(graph_of(fabric + "]\n")), contains("rankdir=LR"));
    CHECK_THAT(graph_dot(graph_of(ring_of(12))), contains("rankdir=TB"));
}

TEST_CASE("where many lines cross they are straight and have no words on them") {
    std::string text =
        "routers = [\"s[1-4]\", \"l[1-4]\"]\nhosts = [\"h[1-4]\"]\npool = [\"10.0.0.0/16\"]\nlinks = [\n";
    for (int leaf = 1; leaf <= 4; ++leaf)
        text += fmt::format(
            "\"l{0} -- s1\", \"l{0} -- s2\", \"l{0} -- s3\", \"l{0} -- s4\", \"h{0} -- l{0}\",\n", leaf);
    std::string dot = graph_dot(graph_of(text + "]\n"));
    CHECK_THAT(dot, contains("splines=line") && contains("\"s1\":i0:e -- \"l1\":i0:w []") &&
                        contains("10.0.1.0/24"));
}

TEST_CASE("text in a drawing for Graphviz is never taken for its language") {
    Graph graph = graph_of("hosts = [\"a\", \"b\"]\nlinks = [\"a -- b\"]\n");
    graph.title = "<b>\"x\" & \\y</b>\n\x01\xff";
    graph.nodes[0].interfaces[0].name = "<&\">";
    graph.lines[0].notes.emplace_back("match '<script>'");
    std::string dot = graph_dot(graph);
    CHECK_THAT(dot, contains("&lt;b&gt;&quot;x&quot; &amp; \\y&lt;/b&gt;\\x0a\\x01\\xff") &&
                        contains("&lt;&amp;&quot;&gt;") && contains("match '&lt;script&gt;'"));
}
