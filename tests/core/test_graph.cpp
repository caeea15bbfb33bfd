#include "core/graph.h"

#include "core/names.h"
#include "tests/support/contains.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace netrig;

namespace {

Graph graph_of(const std::string& text) {
    return make_graph(scenario_of(text + "\n[[tests]]\nexec = { on = \"*\", command = \"true\" }\n"));
}

std::string end_of(const Graph& graph, const GraphEnd& end) {
    const GraphNode& node = graph.nodes[end.node];
    return end.interface ? node.name + ":" + node.interfaces[*end.interface].name : node.name;
}

/// A line each: "a:eth0 -- b:eth0 10.0.0.0/24; mtu 1400", with "- -" for tunnels.
std::string lines_of(const Graph& graph) {
    std::string text;
    for (const GraphLine& line : graph.lines) {
        std::vector<std::string> words;
        for (const Prefix& subnet : line.subnets)
            words.push_back(show(subnet));
        words.insert(words.end(), line.notes.begin(), line.notes.end());
        text += fmt::format("{} {} {} {}\n", end_of(graph, line.ends[0]), line.tunnel ? "- -" : "--",
                            end_of(graph, line.ends[1]), fmt::join(words, "; "));
    }
    return text;
}

/// A line for each node and each of its interfaces.
std::string nodes_of(const Graph& graph) {
    std::string text;
    for (const GraphNode& node : graph.nodes) {
        text += fmt::format("{} {}", word(node.shape), node.name);
        for (const Prefix& subnet : node.subnets)
            text += " " + show(subnet);
        text += fmt::format(" {}\n", fmt::join(node.notes, "; "));
        for (const GraphInterface& interface : node.interfaces) {
            text += fmt::format("  {} '{}'", interface.name, interface.what);
            for (const GraphAddress& address : interface.addresses)
                text += " " + show(address);
            text += fmt::format(" {}\n", fmt::join(interface.notes, "; "));
        }
    }
    return text;
}

} // namespace

TEST_CASE("a drawing has a link's subnets at the link, once, and addresses at its ends") {
    Graph graph = graph_of(R"(
hosts   = ["h"]
routers = ["r"]
[[links]]
ends    = ["h", "r:lan"]
subnets = ["10.0.0.0/24", "2001:db8::/64"]
mtu     = 1400
delay   = "10ms"
)");
    CHECK(nodes_of(graph) == "host h \n  eth0 '' 10.0.0.1/24 2001:db8::1/64 \n"
                             "router r \n  lan '' 10.0.0.2/24 2001:db8::2/64 \n");
    CHECK(lines_of(graph) == "h:eth0 -- r:lan 10.0.0.0/24; 2001:db8::/64; mtu 1400; delay 10ms\n");
}

TEST_CASE("what only one end of a link has stands at that end") {
    Graph graph = graph_of(R"(
hosts = ["a", "b"]
links = ["a -- b"]
[nodes.a.interfaces]
eth0 = { mtu = 1280, loss = "1%" }
[nodes.b.interfaces]
eth0 = { up = false }
lo   = { addresses = ["192.0.2.1/32"] }
)");
    CHECK(nodes_of(graph) == "host a \n  eth0 '' mtu 1280; sends loss 1%\n"
                             "host b \n  lo '' 192.0.2.1/32 \n  eth0 '' down\n");
    CHECK(lines_of(graph) == "a:eth0 -- b:eth0 \n");
}

TEST_CASE("a bridge has the subnets of its hosts, and what its ports are told stands at their lines") {
    Graph graph = graph_of(R"(
hosts = ["a", "b", "c"]
[bridges.sw]
vlan-filtering = true
stp    = true
ports  = [{ port = "a", pvid = 10 }, { port = "b", pvid = 0, vlan = [1, 2, 3, 10] }, { port = "c", isolated = true }]
subnet = "10.0.0.0/24"
)");
    CHECK_THAT(nodes_of(graph), contains("bridge sw 10.0.0.0/24 stp; vlan-filtering\n"));
    CHECK_THAT(lines_of(graph), contains("sw pvid 10\n") && contains("sw pvid none; vlan 1-3,10\n") &&
                                    contains("sw isolated\n"));
}

TEST_CASE("two bridges on one segment say its subnet once") {
    Graph graph = graph_of(R"(
hosts = ["a", "b"]
[bridges.sw1]
ports  = ["a", "sw2"]
[bridges.sw2]
ports  = ["b"]
[nodes.a.interfaces.eth0]
addresses = ["10.0.0.1/24", "fe80::1/64"]
[nodes.b.interfaces.eth0]
addresses = ["10.0.0.2/24"]
)");
    std::string nodes = nodes_of(graph);
    CHECK_THAT(nodes, contains("bridge sw1 10.0.0.0/24 \n") && contains("bridge sw2 \n"));
}

TEST_CASE("other interfaces say what they are and what they stand on") {
    std::string nodes = nodes_of(graph_of(R"(
hosts = ["a", "b"]
links = ["a -- b", "a -- b"]
[nodes.a.interfaces]
v10   = { kind = "vlan", parent = "bond0", id = 10, addresses = ["10.0.10.1/24"] }
s7    = { kind = "vlan", parent = "bond0", id = 7, protocol = "802.1ad" }
bond0 = { kind = "bond", ports = ["eth0", "eth1"], mode = "802.3ad" }
red   = { kind = "vrf", table = 5, ports = ["v10"] }
d0    = { kind = "dummy", addresses = ["192.0.2.1/32"], mtu = 1280 }
far   = { kind = "gre", remote = "203.0.113.9" }
)"));
    CHECK_THAT(nodes,
               contains("v10 'vlan 10 on bond0' 10.0.10.1/24") &&
                   contains("s7 'vlan 7 (802.1ad) on bond0'") &&
                   contains("bond0 'bond 802.3ad of eth0, eth1'") && contains("red 'vrf table 5 of v10'") &&
                   contains("d0 'dummy' 192.0.2.1/32 mtu 1280") && contains("far 'gre to 203.0.113.9'"));
}

TEST_CASE("a tunnel between two nodes is a line, and a mesh of tunnels a node of its own") {
    std::string text = R"(
hosts = ["a", "b", "c"]
[bridges.sw]
ports  = ["a", "b", "c"]
subnet = "10.0.0.0/24"
[nodes.a.interfaces]
t0 = { kind = "gre", remote = "b", key = 7 }
vx = { kind = "vxlan", id = 9, flood = ["b", "c"] }
[nodes.b.interfaces]
t0 = { kind = "gre", remote = "a", key = 7 }
vx = { kind = "vxlan", id = 9, flood = ["a", "c"] }
[nodes.c.interfaces]
vx = { kind = "vxlan", id = 9, flood = ["a", "b"] }
)";
    Graph graph = graph_of(text);
    CHECK_THAT(lines_of(graph), contains("a:t0 - - b:t0 gre key 7\n") && contains("a:vx - - vxlan 9 \n") &&
                                    contains("b:vx - - vxlan 9 \n") && contains("c:vx - - vxlan 9 \n"));
    CHECK(graph.nodes.back().shape == GraphShape::overlay);
}

TEST_CASE("equal hosts of a bridge are one node where they are many") {
    std::string text = R"(
hosts = ["h[1-{}]", "other"]
[bridges.br0]
ports   = ["h[1-{}]", "other"]
subnets = ["10.1.0.0/16", "2001:db8::/64"]
[nodes.other.interfaces.eth0]
mtu = 1400
)";
    Graph many = graph_of(fmt::format(fmt::runtime(text), 100, 100));
    REQUIRE(many.nodes.size() == 3);
    CHECK_THAT(nodes_of(many),
               contains("host h[1-100] \n  eth0 '' 10.1.0.1-10.1.0.100/16 2001:db8::1-2001:db8::64/64"));
    CHECK(many.lines.size() == 2);
    std::size_t all = 0;
    for (const GraphNode& node : many.nodes)
        all += node.count;
    CHECK(all == 102);
    CHECK(graph_of(fmt::format(fmt::runtime(text), 8, 8)).nodes.size() == 10);
}

TEST_CASE("hosts whose addresses have gaps say how many there are and where") {
    std::string text = "hosts = [\"h[1-9]\"]\n[bridges.br0]\nports = [\"h[1-9]\"]\n";
    for (int i = 1; i < 10; ++i)
        text += fmt::format("[nodes.h{}.interfaces.eth0]\naddresses = [\"10.0.0.{}/24\"]\n", i, i * 2);
    CHECK_THAT(nodes_of(graph_of(text)), contains("9 addresses of 10.0.0.0/24"));
}

TEST_CASE("names become the pattern that stands for them") {
    using Names = std::vector<std::string>;
    CHECK(name_pattern({"h7"}) == "h7");
    CHECK(name_pattern({"h10", "h9", "h1", "h2", "h3"}) == "h[1-3,9-10]");
    for (const char* pattern : {"h[1-100]", "leaf[01-16]", "r[1-3,7]", "a[098-101]"}) {
        Names names = *expand_names(pattern);
        INFO(pattern);
        CHECK(expand_names(name_pattern(names)) == names);
    }
}

TEST_CASE("spines are at the top and hosts at the bottom, a chain begins at its end, a ring goes round") {
    auto levels_in = [](const std::string& text) {
        Graph graph = graph_of(text);
        std::map<std::string, std::size_t> levels;
        for (std::size_t i = 0; i < graph.nodes.size(); ++i)
            levels[graph.nodes[i].name] = levels_of(graph)[i];
        return levels;
    };
    auto fabric = levels_in(
        "hosts = [\"h1\", \"h2\"]\nrouters = [\"l1\", \"l2\", \"s1\", \"s2\"]\nlinks = [\"h1 -- l1\", "
        "\"h2 -- l2\", \"l1 -- s1\", \"l1 -- s2\", \"l2 -- s1\", \"l2 -- s2\"]\n");
    CHECK(fabric == std::map<std::string, std::size_t>{
                        {"s1", 0}, {"s2", 0}, {"l1", 1}, {"l2", 1}, {"h1", 2}, {"h2", 2}});
    auto chain = levels_in("hosts = [\"a\", \"b\"]\nrouters = [\"r\"]\nlinks = [\"a -- r\", \"r -- b\"]\n");
    CHECK(chain.at("r") == 1);
    auto ring = levels_in(
        "routers = [\"r[1-4]\"]\nlinks = [\"r1 -- r2\", \"r2 -- r3\", \"r3 -- r4\", \"r4 -- r1\"]\n");
    CHECK(ring == std::map<std::string, std::size_t>{{"r1", 0}, {"r2", 1}, {"r3", 2}, {"r4", 1}});
}

TEST_CASE("a long chain goes to and fro, and a router between bridges is at the top") {
    std::string text = "routers = [\"r[1-30]\"]\nlinks = [\n";
    for (int i = 1; i < 30; ++i)
        text += fmt::format("\"r{} -- r{}\",\n", i, i + 1);
    std::vector<std::size_t> levels = levels_of(graph_of(text + "]\n"));
    CHECK(levels == std::vector<std::size_t>{0, 1, 2, 3, 4, 4, 3, 2, 1, 0, 0, 1, 2, 3, 4,
                                             4, 3, 2, 1, 0, 0, 1, 2, 3, 4, 4, 3, 2, 1, 0});
    Graph office = graph_of(R"(
hosts   = ["pc[1-2]", "server", "isp"]
routers = ["gate"]
links   = ["gate -- isp"]
[bridges.lan]
ports   = ["gate", "pc[1-2]"]
[bridges.dmz]
ports   = ["gate", "server"]
)");
    std::vector<std::size_t> of_office = levels_of(office);
    for (std::size_t i = 0; i < office.nodes.size(); ++i)
        CHECK((of_office[i] == 0) == (office.nodes[i].name == "gate"));
}
