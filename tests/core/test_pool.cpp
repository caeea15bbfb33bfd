#include "tests/support/catch.h"
#include "tests/support/contains.h"
#include "tests/support/scenario_text.h"

using namespace netrig;

static const std::string some_test = "[[tests]]\nexec = { on = \"*\", command = \"true\" }\n";

/// Interfaces of nodes, less the ports of bridges.
static std::string interfaces(const std::string& text) {
    return interfaces_in(text + some_test);
}
static std::string mistakes(const std::string& text) {
    return mistakes_in(text + some_test);
}

TEST_CASE("sketched links get subnets of each pool in file order, two routers the smallest there are") {
    CHECK(interfaces(R"(
hosts   = ["h1", "h2"]
routers = ["r[1-3]"]
links   = ["h1 -- r1", "r1 -- r2", "r2 -- r3", "r3 -- h2"]
pool    = ["10.0.0.0/16", "2001:db8::/48"]
)") == R"(h1:eth0 10.0.0.1/24 2001:db8::1/64
h2:eth0 10.0.2.2/24 2001:db8:0:2::2/64
r1:eth0 10.0.0.2/24 2001:db8::2/64
r1:eth1 10.0.1.0/31 2001:db8:0:1::2/127
r2:eth0 10.0.1.1/31 2001:db8:0:1::3/127
r2:eth1 10.0.1.2/31 2001:db8:0:1::4/127
r3:eth0 10.0.1.3/31 2001:db8:0:1::5/127
r3:eth1 10.0.2.1/24 2001:db8:0:2::1/64
)");
}

TEST_CASE("a subnet that is free is used though a larger one behind it is not") {
    CHECK(interfaces(R"(
routers = ["r[1-3]"]
hosts   = ["h"]
links   = ["r1 -- r2", "h -- r1", "r2 -- r3"]
pool    = "10.0.0.0/16"
)") == R"(h:eth0 10.0.1.1/24
r1:eth0 10.0.0.0/31
r1:eth1 10.0.1.2/24
r2:eth0 10.0.0.1/31
r2:eth1 10.0.0.2/31
r3:eth0 10.0.0.3/31
)");
}

TEST_CASE("a bridge and bridges joined to it are one segment with one subnet") {
    CHECK(interfaces(R"(
hosts   = ["a", "b", "c"]
routers = ["r1", "r2"]
pool    = ["10.0.0.0/16", "2001:db8::/48"]
links   = ["c -- br1"]
[bridges.br0]
ports = ["a", "br1", "r1"]
[bridges.br1]
ports = ["b", "r2"]
)") == R"(a:eth0 10.0.0.2/24 2001:db8::2/64
b:eth0 10.0.0.4/24 2001:db8::4/64
c:eth0 10.0.0.1/24 2001:db8::1/64
r1:eth0 10.0.0.3/24 2001:db8::3/64
r2:eth0 10.0.0.5/24 2001:db8::5/64
br0:br0
br0:a
br0:br1
br0:r1
br1:br1
br1:c
br1:br0
br1:b
br1:r2
)");
}

TEST_CASE("two routers on a bridge are given a whole subnet, for a bridge may have more") {
    CHECK_THAT(
        interfaces("routers = [\"r[1-2]\"]\npool = \"10.0.0.0/16\"\nbridges.br0.ports = [\"r[1-2]\"]\n"),
        contains("r1:eth0 10.0.0.1/24\nr2:eth0 10.0.0.2/24\n"));
}

TEST_CASE("a node that forwards is a router, a router that does not is none") {
    CHECK(interfaces(R"(
hosts   = ["h[1-2]"]
routers = ["r1", "r2"]
links   = ["h1 -- h2", "r1 -- r2"]
pool    = "10.0.0.0/16"
nodes."h[1-2]".forwarding = true
nodes.r1.forwarding = false
)") == R"(h1:eth0 10.0.0.0/31
h2:eth0 10.0.0.1/31
r1:eth0 10.0.1.1/24
r2:eth0 10.0.1.2/24
)");
}

TEST_CASE("what has addresses or a subnet in the file gets none, and none of that is given out again") {
    CHECK(interfaces(R"(
hosts = ["a", "b"]
pool  = ["10.0.0.0/16", "2001:db8::/48"]
links = [
  "a -- b",
  { ends = ["a", "b"], subnet = "10.0.1.0/24" },
  { ends = ["a", "b"], addresses = ["10.0.2.1/24", "10.0.2.2/24"] },
  { ends = ["a", "b"], subnets = [] },
  "a -- b",
  "a -- b",
  "a -- b",
]
nodes.a.interfaces.eth4.addresses = ["10.0.3.77/25"]
nodes.a.interfaces.lo.addresses   = ["10.0.4.1/32", "2001:db8:0:1::1/128"]
nodes.a.interfaces.eth5.addresses = ["fe80::77/64"]
)") == R"(a:eth0 10.0.0.1/24 2001:db8::1/64
a:eth1 10.0.1.1/24
a:eth2 10.0.2.1/24
a:eth3
a:eth4 10.0.3.77/25
a:eth5 fe80::77/64 10.0.5.1/24 2001:db8:0:2::1/64
a:eth6 10.0.6.1/24 2001:db8:0:3::1/64
b:eth0 10.0.0.2/24 2001:db8::2/64
b:eth1 10.0.1.2/24
b:eth2 10.0.2.2/24
b:eth3
b:eth4
b:eth5 10.0.5.2/24 2001:db8:0:2::2/64
b:eth6 10.0.6.2/24 2001:db8:0:3::2/64
)");
}

TEST_CASE("a link with link-local addresses of its own gets none") {
    CHECK(interfaces(R"(
hosts = ["a", "b"]
pool  = "2001:db8::/48"
[[links]]
ends      = ["a", "b"]
addresses = ["fe80::1/64", "fe80::2/64"]
)") == "a:eth0 fe80::1/64\nb:eth0 fe80::2/64\n");
}

TEST_CASE("a bridge with more hosts than a /24 has addresses gets a wider subnet") {
    Scenario scenario = scenario_of("hosts = [\"a\", \"b\", \"h[1-255]\"]\nlinks = [\"a -- b\"]\npool = "
                                    "\"10.0.0.0/16\"\nbridges.br0.ports = [\"h[1-255]\"]\n" +
                                    some_test);
    CHECK(show(scenario.topology.nodes[0].interfaces[1].addresses.at(0).prefix) == "10.0.0.1/24");
    CHECK(show(scenario.topology.nodes[2].interfaces[1].addresses.at(0).prefix) == "10.0.2.1/23");
    CHECK(show(scenario.topology.nodes[256].interfaces[1].addresses.at(0).prefix) == "10.0.2.255/23");
}

TEST_CASE("links whose interfaces the kernel names get addresses too") {
    CHECK_THAT(
        interfaces("hosts = [\"a\", \"b\"]\npool = \"10.0.0.0/16\"\nlinks = [{ ends = [\"a\", \"b\"], name "
                   "= \"kernel\" }]\n"),
        contains(" 10.0.0.1/24\n") && contains(" 10.0.0.2/24\n"));
}

TEST_CASE("the last subnet of all is given out and no more") {
    CHECK(interfaces(R"(
hosts = ["a", "b"]
links = ["a -- b", "a -- b"]
pool  = ["223.255.254.0/23", "2001:db8:0:fffe::/63"]
)") == R"(a:eth0 223.255.254.1/24 2001:db8:0:fffe::1/64
a:eth1 223.255.255.1/24 2001:db8:0:ffff::1/64
b:eth0 223.255.254.2/24 2001:db8:0:fffe::2/64
b:eth1 223.255.255.2/24 2001:db8:0:ffff::2/64
)");
}

TEST_CASE("a pool that runs out is shown once, with the link that got nothing") {
    CHECK(mistakes(R"(
hosts = ["a", "b"]
links = [
  "a -- b",
  "a -- b",
  "a -- b",
  "a -- b",
]
pool  = ["10.0.0.0/23", "2001:db8::/48"]
)") == R"(error: the pool 10.0.0.0/23 has no /24 left for a:eth2 -- b:eth2
  --> net.toml:8:10
   |
 8 | pool  = ["10.0.0.0/23", "2001:db8::/48"]
   |          ^^^^^^^^^^^^^ 2 subnets were given out of it
  note: this is what wants it
  --> net.toml:5:3
   |
 5 |   "a -- b",
   |   ^^^^^^^^
  help: a larger pool, or a 'subnet' of its own

)");
}

TEST_CASE("a pool smaller than what is wanted, or taken as a whole, is shown as that") {
    CHECK(mistakes(R"(
hosts = ["a", "b", "c"]
pool  = ["10.0.0.0/28", "10.1.0.0/16", "2001:db8::/65"]
nodes.c.interfaces.lo.addresses = "10.1.0.1/8"
bridges.br0.ports = ["a", "b"]
)") == R"(error: the pool 10.0.0.0/28 has no /24 left for bridge 'br0'
  --> net.toml:2:10
   |
 2 | pool  = ["10.0.0.0/28", "10.1.0.0/16", "2001:db8::/65"]
   |          ^^^^^^^^^^^^^ it is smaller than that
  note: this is what wants it
  --> net.toml:4:22
   |
 4 | bridges.br0.ports = ["a", "b"]
   |                      ^^^
  note: 10.0.0.0/8 takes all of it
  --> net.toml:3:35
   |
 3 | nodes.c.interfaces.lo.addresses = "10.1.0.1/8"
   |                                   ^^^^^^^^^^^^
  help: a larger pool, or a 'subnet' of its own

error: the pool 10.1.0.0/16 has no /24 left for bridge 'br0'
  --> net.toml:2:25
   |
 2 | pool  = ["10.0.0.0/28", "10.1.0.0/16", "2001:db8::/65"]
   |                         ^^^^^^^^^^^^^ nothing was given out of it
  note: this is what wants it
  --> net.toml:4:22
   |
 4 | bridges.br0.ports = ["a", "b"]
   |                      ^^^
  note: 10.0.0.0/8 takes all of it
  --> net.toml:3:35
   |
 3 | nodes.c.interfaces.lo.addresses = "10.1.0.1/8"
   |                                   ^^^^^^^^^^^^
  help: a larger pool, or a 'subnet' of its own

error: the pool 2001:db8::/65 has no /64 left for bridge 'br0'
  --> net.toml:2:40
   |
 2 | pool  = ["10.0.0.0/28", "10.1.0.0/16", "2001:db8::/65"]
   |                                        ^^^^^^^^^^^^^^^ it is smaller than that
  note: this is what wants it
  --> net.toml:4:22
   |
 4 | bridges.br0.ports = ["a", "b"]
   |                      ^^^
  help: a larger pool, or a 'subnet' of its own

)");
}

TEST_CASE("pools that overlap or that are none are refused at their place") {
    CHECK(messages_in("hosts = [\"a\"]\npool = [\"10.0.0.0/8\", \"2001:db8::/48\", \"10.1.0.0/16\"]\n" +
                      some_test) == "2:40 the pools 10.0.0.0/8 and 10.1.0.0/16 overlap\n");
    auto refusal = [](const std::string& pool) {
        return messages_in("hosts = [\"a\"]\npool = " + pool + "\n" + some_test);
    };
    CHECK(refusal("\"10.0.0.1/16\"") == "2:8 '10.0.0.1/16' has bits set beyond its prefix length\n");
    CHECK(refusal("\"10.0.0.0\"") == "2:8 '10.0.0.0' is no subnet\n");
    CHECK(refusal("7") == "2:8 'pool' takes a string or an array of strings, not an integer\n");
    CHECK(refusal("\"224.0.0.0/8\"") == "2:8 224.0.0.0/8 can't be a pool: it has multicast addresses only\n");
    CHECK(refusal("\"127.0.0.0/8\"") == "2:8 127.0.0.0/8 can't be a pool: it has loopback addresses only\n");
    CHECK(refusal("\"fe80::/64\"") == "2:8 fe80::/64 can't be a pool: it has link-local addresses only\n");
    CHECK(refusal("[]") == "");
}

TEST_CASE("a thousand links take their subnets from one pool, none twice") {
    Scenario scenario =
        scenario_of("hosts = [\"h[1-1000]\"]\nrouters = [\"r\"]\nlinks = [\"h[1-1000] -- r\"]\n"
                    "pool = [\"10.0.0.0/8\", \"2001:db8::/48\"]\n" +
                    some_test);
    const Interface& last = scenario.topology.nodes[999].interfaces[1];
    CHECK(show(last.addresses.at(0).prefix) == "10.3.231.1/24");
    CHECK(show(last.addresses.at(1).prefix) == "2001:db8:0:3e7::1/64");
}
