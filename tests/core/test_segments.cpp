#include "core/segments.h"

#include "tests/support/contains.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace netrig;

namespace {

const std::string some_test = "\n[[tests]]\nexec = { on = \"a\", command = \"true\" }\n";

/// The interfaces that share a segment with others and have addresses, a segment a line: "a:eth0 b:eth0".
std::string heard_in(const std::string& text) {
    Scenario scenario = scenario_of(text + some_test);
    const Topology& topology = scenario.topology;
    std::map<std::size_t, std::vector<std::string>> segments;
    std::vector<std::size_t> order;
    for (NodeIndex node = 0; node < topology.nodes.size(); ++node)
        for (std::size_t i = 1; i < topology.nodes[node].interfaces.size(); ++i) {
            const Interface& interface = topology.nodes[node].interfaces[i];
            if (interface.addresses.empty())
                continue;
            if (!segments.contains(interface.segment))
                order.push_back(interface.segment);
            segments[interface.segment].push_back(topology.show({node, i}));
        }
    std::string lines;
    for (std::size_t segment : order)
        if (segments[segment].size() > 1)
            lines += fmt::format("{}\n", fmt::join(segments[segment], " "));
    return lines;
}

/// VLAN interfaces on a's and b's eth0, with addresses that would be duplicates on one segment.
std::string on_both(const std::string& links, const std::string& of_a, const std::string& of_b) {
    return "hosts = [\"a\", \"b\"]\n" + links + "\n[nodes.a.interfaces]\n" + of_a +
           "\n[nodes.b.interfaces]\n" + of_b;
}

} // namespace

TEST_CASE("VLAN interfaces hear each other by number and protocol") {
    CHECK(heard_in(on_both("links = [\"a -- b\"]", R"(
v1 = { kind = "vlan", parent = "eth0", id = 1, addresses = ["10.1.0.1/24"] }
v2 = { kind = "vlan", parent = "eth0", id = 2, addresses = ["10.2.0.1/24"] }
s3 = { kind = "vlan", parent = "eth0", id = 3, protocol = "802.1ad", addresses = ["10.3.0.1/24"] }
)",
                           R"(
v1 = { kind = "vlan", parent = "eth0", id = 1, addresses = ["10.1.0.2/24"] }
v3 = { kind = "vlan", parent = "eth0", id = 3, addresses = ["10.3.0.1/24"] }
)")) == "a:v1 b:v1\n");
}

TEST_CASE("stacked VLANs hear each other where all their tags are the same") {
    CHECK(heard_in(on_both("links = [\"a -- b\"]", R"(
s7   = { kind = "vlan", parent = "eth0", id = 7, protocol = "802.1ad" }
s8   = { kind = "vlan", parent = "eth0", id = 8, protocol = "802.1ad" }
c7-1 = { kind = "vlan", parent = "s7", id = 1, addresses = ["10.7.1.1/24"] }
c7-2 = { kind = "vlan", parent = "s7", id = 2, addresses = ["10.7.2.1/24"] }
c8-1 = { kind = "vlan", parent = "s8", id = 1, addresses = ["10.8.1.1/24"] }
)",
                           R"(
s7   = { kind = "vlan", parent = "eth0", id = 7, protocol = "802.1ad" }
c7-1 = { kind = "vlan", parent = "s7", id = 1, addresses = ["10.7.1.2/24"] }
v1   = { kind = "vlan", parent = "eth0", id = 1, addresses = ["10.7.1.1/24"] }
)")) == "a:c7-1 b:c7-1\n");
}

TEST_CASE("a stacked VLAN crosses providers that put on its outer tag and take it off") {
    CHECK(heard_in(R"(
hosts   = ["a", "b"]
routers = ["p1", "p2"]
links   = ["a -- p1", "p1 -- p2", "p2 -- b"]

[nodes.p1.interfaces]
up7 = { kind = "vlan", parent = "eth1", id = 7, protocol = "802.1ad" }
br0 = { kind = "bridge", ports = ["eth0", "up7"] }

[nodes.p2.interfaces]
up7 = { kind = "vlan", parent = "eth0", id = 7, protocol = "802.1ad" }
br0 = { kind = "bridge", ports = ["eth1", "up7"], addresses = ["10.0.0.3/24"] }

[nodes.a.interfaces]
eth0 = { addresses = ["10.0.0.1/24"] }
v5   = { kind = "vlan", parent = "eth0", id = 5, addresses = ["10.5.0.1/24"] }

[nodes.b.interfaces]
eth0 = { addresses = ["10.0.0.2/24"] }
v5   = { kind = "vlan", parent = "eth0", id = 5, addresses = ["10.5.0.2/24"] }
v6   = { kind = "vlan", parent = "eth0", id = 6, addresses = ["10.6.0.2/24"] }
)") == "a:eth0 b:eth0 p2:br0\na:v5 b:v5\n");
}

TEST_CASE("a bridge that filters keeps VLANs apart, and hands on tags of a kind that it knows nothing of") {
    CHECK(heard_in(R"(
hosts = ["a", "b", "c", "d"]

[bridges.br0]
vlan-filtering = true
ports = [{ port = "a", pvid = 10 }, { port = "b", pvid = 10 }, { port = "c", pvid = 20 },
         { port = "d", vlan = [10, 20], pvid = 0 }]

[nodes.a.interfaces]
eth0 = { addresses = ["10.0.0.1/24"] }
s5   = { kind = "vlan", parent = "eth0", id = 5, protocol = "802.1ad", addresses = ["10.5.0.1/24"] }
v10  = { kind = "vlan", parent = "eth0", id = 10, addresses = ["10.0.0.9/24"] }

[nodes.b.interfaces]
eth0 = { addresses = ["10.0.0.2/24"] }
s5   = { kind = "vlan", parent = "eth0", id = 5, protocol = "802.1ad", addresses = ["10.5.0.2/24"] }

[nodes.c.interfaces]
eth0 = { addresses = ["10.0.0.1/24"] }
s5   = { kind = "vlan", parent = "eth0", id = 5, protocol = "802.1ad", addresses = ["10.5.0.1/24"] }

[nodes.d.interfaces]
v10 = { kind = "vlan", parent = "eth0", id = 10, addresses = ["10.0.0.3/24"] }
v20 = { kind = "vlan", parent = "eth0", id = 20, addresses = ["10.0.0.3/24"] }
s5  = { kind = "vlan", parent = "v10", id = 5, protocol = "802.1ad", addresses = ["10.5.0.3/24"] }
)") == "a:eth0 b:eth0 d:v10\na:s5 b:s5 d:s5\nc:eth0 d:v20\n");
}

TEST_CASE("a loop that puts on one tag after the other ends") {
    CHECK(heard_in(R"(
hosts = ["a", "b"]
links = ["a:eth0 -- b:eth0", "a:eth1 -- b:eth1"]

[nodes.a.interfaces]
v7  = { kind = "vlan", parent = "eth1", id = 7 }
br0 = { kind = "bridge", ports = ["eth0", "v7"], addresses = ["10.0.0.1/24"] }

[nodes.b.interfaces]
br0 = { kind = "bridge", ports = ["eth0", "eth1"], addresses = ["10.0.0.2/24"] }
)") == "a:br0 b:br0\n");
}

TEST_CASE("what is behind two ends of a VXLAN hears each other, and its number tells networks apart") {
    CHECK(heard_in(R"(
hosts   = ["a", "b", "c"]
routers = ["l1", "l2"]
links   = ["a -- l1:a", "b -- l2:b", "c -- l2:c", "l1:up -- l2:up"]

[nodes.l1.interfaces]
up  = { addresses = ["192.0.2.1/24"] }
vx5 = { kind = "vxlan", id = 5, remote = "l2" }
br5 = { kind = "bridge", ports = ["a", "vx5"] }

[nodes.l2.interfaces]
up  = { addresses = ["192.0.2.2/24"] }
vx5 = { kind = "vxlan", id = 5, remote = "l1" }
vx6 = { kind = "vxlan", id = 6, remote = "l1" }
br5 = { kind = "bridge", ports = ["b", "vx5"] }
br6 = { kind = "bridge", ports = ["c", "vx6"] }

[nodes.a.interfaces]
eth0 = { addresses = ["10.0.0.1/24"] }
v3   = { kind = "vlan", parent = "eth0", id = 3, addresses = ["10.3.0.1/24"] }
[nodes.b.interfaces]
eth0 = { addresses = ["10.0.0.2/24"] }
v3   = { kind = "vlan", parent = "eth0", id = 3, addresses = ["10.3.0.2/24"] }
[nodes.c.interfaces.eth0]
addresses = ["10.0.0.1/24"]
)") == "a:eth0 b:eth0\na:v3 b:v3\nl1:up l2:up\n");
}

TEST_CASE("a multicast group joins its VXLANs, and ends that are told by a daemon share a subnet") {
    std::string text = R"(
hosts = ["a", "b", "c"]

[bridges.br0]
ports  = ["a", "b", "c"]
subnet = "192.0.2.0/24"
)";
    for (const char* node : {"a", "b", "c"})
        text += fmt::format(R"(
[nodes.{0}.interfaces]
vx1 = {{ kind = "vxlan", id = 1, group = "239.0.0.{1}", parent = "eth0", addresses = ["10.1.0.{2}/24"] }}
vx2 = {{ kind = "vxlan", id = 2, port = 4790, addresses = ["10.2.0.{2}/2{1}"] }}
)",
                            node, node[0] == 'c' ? 5 : 4, node[0] - 'a' + 1);
    CHECK(heard_in(text) == "a:eth0 b:eth0 c:eth0\na:vx1 b:vx1\na:vx2 b:vx2\n");
}

TEST_CASE("tunnels between different nodes may have the same addresses") {
    CHECK(heard_in(R"(
hosts = ["a", "b", "c", "d"]
[[links]]
ends   = ["a", "b"]
subnet = "192.0.2.0/24"
[[links]]
ends   = ["c", "d"]
subnet = "198.51.100.0/24"

[nodes.a.interfaces]
t0  = { kind = "gre", remote = "b", addresses = ["10.0.0.1/30"] }
wg0 = { kind = "wireguard", peers = ["b"], addresses = ["10.9.0.1/30"] }
[nodes.b.interfaces]
t0  = { kind = "gre", remote = "a", addresses = ["10.0.0.2/30"] }
wg0 = { kind = "wireguard", peers = ["a"], addresses = ["10.9.0.2/30"] }
[nodes.c.interfaces]
t0  = { kind = "gre", remote = "d", addresses = ["10.0.0.1/30"] }
wg0 = { kind = "wireguard", peers = ["d"], addresses = ["10.9.0.1/30"] }
[nodes.d.interfaces]
t0  = { kind = "gre", remote = "c", addresses = ["10.0.0.2/30"] }
wg0 = { kind = "wireguard", peers = ["c"], addresses = ["10.9.0.2/30"] }
)") == "a:eth0 b:eth0\na:t0 b:t0\na:wg0 b:wg0\nc:eth0 d:eth0\nc:t0 d:t0\nc:wg0 d:wg0\n");
}

TEST_CASE("the same address at both ends of a tunnel or in one stacked VLAN is a mistake") {
    CHECK_THAT(messages_in(R"(
hosts = ["a", "b"]
[[links]]
ends   = ["a", "b"]
subnet = "192.0.2.0/24"
[nodes.a.interfaces]
t0 = { kind = "sit", remote = "b", addresses = ["2001:db8::1/64"] }
s7 = { kind = "vlan", parent = "eth0", id = 7, protocol = "802.1ad" }
c8 = { kind = "vlan", parent = "s7", id = 8, addresses = ["10.0.8.1/24"] }
[nodes.b.interfaces]
t0 = { kind = "sit", remote = "a", addresses = ["2001:db8::1/64"] }
s7 = { kind = "vlan", parent = "eth0", id = 7, protocol = "802.1ad" }
c8 = { kind = "vlan", parent = "s7", id = 8, addresses = ["10.0.8.1/24"] }
)" + some_test),
               contains("2001:db8::1") && contains("10.0.8.1"));
}

TEST_CASE("a node as a gateway is found through a stacked VLAN") {
    CHECK(messages_in(R"(
hosts = ["a", "b"]
links = ["a -- b"]
[nodes.a]
routes = ["default via b"]
[nodes.a.interfaces]
s7 = { kind = "vlan", parent = "eth0", id = 7, protocol = "802.1ad" }
c8 = { kind = "vlan", parent = "s7", id = 8, addresses = ["10.0.8.1/24"] }
[nodes.b.interfaces]
s7 = { kind = "vlan", parent = "eth0", id = 7, protocol = "802.1ad" }
c8 = { kind = "vlan", parent = "s7", id = 8, addresses = ["10.0.8.2/24"] }
)" + some_test)
              .empty());
}

TEST_CASE("a bond's primary is one of its own ports, and its ports can't be left down") {
    std::string links = "hosts = [\"a\", \"b\"]\nlinks = [\"a -- b\", \"a -- b\", \"a -- b\"]\n"
                        "[nodes.a.interfaces]\n";
    CHECK(messages_in(links +
                      "bond0 = { kind = \"bond\", ports = [\"eth0\", \"eth1\"], primary = \"eth2\" }\n" +
                      some_test) == "4:62 'eth2' is no port of 'bond0'\n");
    CHECK(messages_in(links + "eth1 = { up = false }\n" +
                      "bond0 = { kind = \"bond\", ports = [\"eth0\", \"eth1\"], primary = \"eth0\" }\n" +
                      some_test)
              .find("'eth1' can't be left down: the bond 'bond0' sets its ports up") != std::string::npos);
    CHECK(messages_in(links +
                      "bond0 = { kind = \"bond\", ports = [\"eth0\", \"eth1\"], primary = \"eth1\" }\n" +
                      some_test)
              .empty());
}

TEST_CASE("an interface can't stand on itself, whether by parents or by ports") {
    std::string link = "hosts = [\"a\", \"b\"]\nlinks = [\"a -- b\"]\n[nodes.a.interfaces]\n";
    CHECK_THAT(messages_in(link +
                           "v1 = { kind = \"vlan\", parent = \"v2\", id = 1 }\n"
                           "v2 = { kind = \"vlan\", parent = \"v1\", id = 2 }\n" +
                           some_test),
               contains("'v2' would stand on itself") && !contains("'v1' would stand on itself"));
    CHECK_THAT(messages_in(link +
                           "br0 = { kind = \"bridge\", ports = [\"eth0\", \"v5\"] }\n"
                           "v5 = { kind = \"vlan\", parent = \"br0\", id = 5 }\n" +
                           some_test),
               contains("would stand on itself"));
    CHECK_THAT(messages_in(link + "v5 = { kind = \"vlan\", parent = \"v5\", id = 5 }\n" + some_test),
               contains("'v5' would stand on itself"));
}
