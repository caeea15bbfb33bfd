#include "core/plan_text.h"
#include "tests/support/catch.h"
#include "tests/support/contains.h"
#include "tests/support/scenario_text.h"

using namespace netrig;

static const std::string some_test = "[[tests]]\nexec = { on = \"*\", command = \"true\" }\n";

static std::string explained(const std::string& text) {
    Scenario scenario = scenario_of(text);
    return explain(make_plan(scenario.topology), scenario);
}

TEST_CASE("each operation of a plan is shown with line and key of the file, and why it is done so") {
    CHECK(explained(R"(
hosts   = ["a"]
routers = ["r"]
routing = "static"
pool    = ["10.0.0.0/16"]

[[links]]
ends = ["a", "r"]

[nodes.r]
interfaces.lo.addresses = ["10.9.9.9/32"]
sysctls."net.ipv4.ip_default_ttl" = 9
)" + some_test) == R"(    1  make the namespaces of a                          # net.toml:1 hosts
    2  set net.ipv6.conf.default.accept_dad = 0 in a     # net.toml:1 hosts: no waiting for duplicates of an address, as 'dad' is not asked for
    3  make the namespaces of r                          # net.toml:2 routers
    4  set net.ipv6.conf.default.accept_dad = 0 in r     # net.toml:2 routers: no waiting for duplicates of an address, as 'dad' is not asked for
    5  set net.ipv4.ip_forward = 1 in r                  # net.toml:2 routers: it forwards, as a router
    6  set net.ipv6.conf.all.forwarding = 1 in r         # net.toml:2 routers: it forwards, as a router
    7  create veth pair a:eth0 -- r:eth0                 # net.toml:6 links: made in their namespaces with their final names
    8  set a:lo up                                       # net.toml:1 hosts: as it does not say lo = "down"
    9  set r:lo up                                       # net.toml:2 routers: as it does not say lo = "down"
   10  set net.ipv4.ip_default_ttl = 9 in r              # net.toml:11 nodes.r.sysctls."net.ipv4.ip_default_ttl": when the interfaces are there that it may be about
   11  set r:eth0 up                                     # net.toml:6 links: the second end, which cannot be set up as it is made
   12  add address 10.0.0.1/24 to a:eth0                 # net.toml:4 pool
   13  add address 10.9.9.9/32 to r:lo                   # net.toml:10 nodes.r.interfaces.lo.addresses
   14  add address 10.0.0.2/24 to r:eth0                 # net.toml:4 pool
   15  add route 10.9.9.9/32 via 10.0.0.2 dev eth0 in a  # net.toml:3 routing
   16  wait until frames pass on 2 interfaces            # net.toml:6 links: what is sent before is lost
)");
}

TEST_CASE("a plan says why a route or an interface comes late, and why neighbours are pinned") {
    std::string plan = explained(R"(
neighbours = "static"
hosts = ["a", "b"]
links = [{ ends = ["a", "b"], subnets = ["10.0.0.0/24", "2001:db8::/64"] }]

[nodes.a]
routes = ["2001:db8:1::/48 via b src 2001:db8::1", "10.8.0.0/16 dev vx0"]

[nodes.a.interfaces.vx0]
kind   = "vxlan"
id     = 7
remote = "b"
)" + some_test);
    CHECK_THAT(plan,
               contains("# net.toml:6 nodes.a.routes: late: the kernel takes no IPv6 address as a source") &&
                   contains("# net.toml:6 nodes.a.routes: late: over an interface that is set up late") &&
                   contains("# net.toml:8 nodes.a.interfaces.vx0: late: what it sends by itself") &&
                   contains("# net.toml:3 links.ends: neighbours = \"static\": nobody has to ask"));
}

TEST_CASE("what a name holds cannot act on the terminal that shows a plan") {
    std::string plan = explained("hosts = [\"a\"]\n[nodes.a]\nsetup = [\"echo \\u001B[31m\"]\n" + some_test);
    CHECK(plan.find('\x1B') == std::string::npos);
}

TEST_CASE("the key that a place belongs to is the innermost one that is written there or around it") {
    SourceFile source{"net.toml", "a = 1\n[b]\nc.d = [\n  2,\n  { e = 3 },\n]\n[[f]]\n[[f]]\ng = 4\n"};
    KeyPaths keys(source);
    auto at = [&](std::uint32_t line, std::uint32_t column) {
        return keys.at({{line, column}, {line, column + 1}});
    };
    CHECK(at(1, 5) == "a");
    CHECK(at(2, 1) == "b");
    CHECK(at(4, 3) == "b.c.d");
    CHECK(at(5, 3) == "b.c.d");
    CHECK(at(5, 5) == "b.c.d.e");
    CHECK(at(7, 1) == "f");
    CHECK(at(8, 1) == "f");
    CHECK(at(9, 5) == "f.g");
    CHECK(keys.at({}).empty());
}
