#include "core/plan.h"
#include "tests/support/catch.h"
#include "tests/support/contains.h"
#include "tests/support/scenario_text.h"

#include <set>

using namespace netrig;

static const std::string some_test = "[[tests]]\nexec = { on = \"*\", command = \"true\" }\n";

TEST_CASE("the plan of two namespaces joined by a veth pair") {
    CHECK(plan_of(R"(
name  = "two namespaces joined by a veth pair"
hosts = ["red", "blue"]

[[links]]
ends      = ["red:veth0", "blue:veth1"]
addresses = ["10.0.0.1/24", "10.0.0.2/24"]
)" + some_test) == R"(    1  make the namespaces of red
    2  set net.ipv6.conf.default.accept_dad = 0 in red
    3  make the namespaces of blue
    4  set net.ipv6.conf.default.accept_dad = 0 in blue
    5  create veth pair red:veth0 -- blue:veth1
    6  set red:lo up
    7  set blue:lo up
    8  set blue:veth1 up
    9  add address 10.0.0.1/24 to red:veth0
   10  add address 10.0.0.2/24 to blue:veth1
   11  wait until frames pass on 2 interfaces
)");
}

TEST_CASE("the plan of three namespaces on a bridge") {
    CHECK(plan_of(R"(
name  = "three namespaces on a bridge"
hosts = ["net0", "net1", "net2"]

[bridges.br0]
ports   = ["net0", "net1", "net2"]
subnet  = "10.1.1.0/24"
)" + some_test) == R"(    1  make the namespaces of net0
    2  set net.ipv6.conf.default.accept_dad = 0 in net0
    3  make the namespaces of net1
    4  set net.ipv6.conf.default.accept_dad = 0 in net1
    5  make the namespaces of net2
    6  set net.ipv6.conf.default.accept_dad = 0 in net2
    7  make the namespaces of br0
    8  set net.ipv6.conf.default.accept_dad = 0 in br0
    9  create bridge br0:br0
   10  create veth pair br0:net0 -- net0:eth0
   11  create veth pair br0:net1 -- net1:eth0
   12  create veth pair br0:net2 -- net2:eth0
   13  set net0:lo up
   14  set net1:lo up
   15  set net2:lo up
   16  set br0:lo up
   17  set net0:eth0 up
   18  set net1:eth0 up
   19  set net2:eth0 up
   20  add address 10.1.1.1/24 to net0:eth0
   21  add address 10.1.1.2/24 to net1:eth0
   22  add address 10.1.1.3/24 to net2:eth0
   23  wait until frames pass on 7 interfaces
)");
}

TEST_CASE("the plan of a network with everything that this version builds") {
    CHECK(plan_of(R"(
hosts = ["a"]
routers = ["r"]
links = [{ ends = ["a", "r"], subnets = ["10.0.0.0/24", "2001:db8::/64"], mtu = 9000 }]
[bridges.br0]
ports = ["a", "r"]
mtu = 1400
addresses = ["10.0.1.1/24"]
[nodes.a]
lo = "down"
routes = ["default via r metric 7", "unreachable 10.9.0.0/16"]
sysctls = { "net.ipv4.conf.eth1.rp_filter" = 0 }
)" + some_test) == R"(    1  make the namespaces of a
    2  set net.ipv6.conf.default.accept_dad = 0 in a
    3  make the namespaces of r
    4  set net.ipv6.conf.default.accept_dad = 0 in r
    5  set net.ipv4.ip_forward = 1 in r
    6  set net.ipv6.conf.all.forwarding = 1 in r
    7  make the namespaces of br0
    8  set net.ipv6.conf.default.accept_dad = 0 in br0
    9  create bridge br0:br0 (mtu 1400)
   10  create veth pair a:eth0 -- r:eth0 (mtu 9000)
   11  create veth pair br0:a -- a:eth1 (mtu 1400)
   12  create veth pair br0:r -- r:eth1 (mtu 1400)
   13  set r:lo up
   14  set br0:lo up
   15  set net.ipv4.conf.eth1.rp_filter = 0 in a
   16  set r:eth0 up
   17  set a:eth1 up
   18  set r:eth1 up
   19  add address 10.0.0.1/24 to a:eth0
   20  add address 2001:db8::1/64 to a:eth0
   21  add address 10.0.0.2/24 to r:eth0
   22  add address 2001:db8::2/64 to r:eth0
   23  add address 10.0.1.1/24 to br0:br0
   24  add route default (IPv4) via 10.0.0.2 metric 7 in a
   25  add route default (IPv6) via 2001:db8::2 metric 7 in a
   26  add route unreachable 10.9.0.0/16 in a
   27  wait until frames pass on 7 interfaces
)");
}

TEST_CASE("routes with an IPv6 source wait until the address is ready, and rules come last") {
    std::string plan = plan_of(R"(
hosts = ["a", "b"]
links = [{ ends = ["a", "b"], subnets = ["10.0.0.0/24", "2001:db8::/64"] }]
[nodes.a]
routes = ["default via b src 10.0.0.1", "2001:db8:1::/48 via b src 2001:db8::1", "::/0 via b table 7"]
rules  = ["from 2001:db8:1::/48 table 7"]
)" + some_test);
    CHECK(plan.substr(plan.find("   13  ")) ==
          R"(   13  add route default (IPv4) via 10.0.0.2 src 10.0.0.1 in a
   14  add route default (IPv6) via 2001:db8::2 table 7 in a
   15  wait until frames pass on 2 interfaces
   16  add route 2001:db8:1::/48 via 2001:db8::2 src 2001:db8::1 in a
   17  add rule inet6 from 2001:db8:1::/48 table 7 priority 32765 in a
)");
}

TEST_CASE("a bridge keeps its own VLANs where it is a port of a VRF") {
    CHECK_THAT(plan_of(R"(
hosts = ["a", "b"]
links = ["a -- b"]
[nodes.a.interfaces.sw]
kind = "bridge"
vlan-filtering = true
vlan = [10]
ports = ["eth0"]
[nodes.a.interfaces.red]
kind = "vrf"
table = 10
ports = ["sw"]
)" + some_test),
               contains("a:sw vlan 10"));
}

TEST_CASE("static neighbours stand in the plan, for each interface those of its segment and families") {
    std::string plan = plan_of(R"(
neighbours = "static"
hosts = ["a", "b", "c"]
links = [{ ends = ["b", "c"], subnet = "10.1.0.0/24" }]
[bridges.br0]
ports = ["a", "b"]
subnets = ["10.0.0.0/24", "2001:db8::/64"]
[nodes.a.interfaces.eth0]
mac = "02:00:00:00:00:0a"
)" + some_test);
    std::string pins;
    for (std::size_t at = plan.find("pin the"); at != std::string::npos; at = plan.find("pin the", at + 1))
        pins += plan.substr(at, plan.find('\n', at) + 1 - at);
    CHECK(pins ==
          R"(pin the neighbours of a:eth0: 10.0.0.2 at 02:4e:52:00:00:07, 2001:db8::2 at 02:4e:52:00:00:07
pin the neighbours of b:eth0: 10.1.0.2 at 02:4e:52:00:00:03
pin the neighbours of b:eth1: 10.0.0.1 at 02:00:00:00:00:0a, 2001:db8::1 at 02:00:00:00:00:0a
pin the neighbours of c:eth0: 10.1.0.1 at 02:4e:52:00:00:02
)");
    for (const char* policy : {"auto", "learn"})
        CHECK(plan_of(std::string("neighbours = '") + policy +
                      "'\nhosts = ['a', 'b']\nlinks = [{ ends = ['a', 'b'], subnet = '10.0.0.0/24' }]\n" +
                      some_test)
                  .find("pin the") == std::string::npos);
}

TEST_CASE("duplicate address detection is left on where the file wants it") {
    std::string text =
        "hosts = ['a', 'b']\nlinks = [{ ends = ['a', 'b'], subnet = '2001:db8::/64' }]\n" + some_test;
    CHECK(plan_of("dad = true\n" + text).find("accept_dad") == std::string::npos);
    CHECK(plan_of("dad = false\n" + text).find("accept_dad = 0") != std::string::npos);
}

TEST_CASE("a link that is down is neither set up nor waited for") {
    CHECK(plan_of(R"(
hosts = ["a", "b"]
links = [{ ends = ["a", "b"], up = false }, { ends = ["a", "b"], name = "kernel" }]
[nodes."[1]"]
lo = "down"
)" + some_test) == R"(    1  make the namespaces of a
    2  set net.ipv6.conf.default.accept_dad = 0 in a
    3  make the namespaces of b
    4  set net.ipv6.conf.default.accept_dad = 0 in b
    5  make the namespaces of 1
    6  set net.ipv6.conf.default.accept_dad = 0 in 1
    7  create veth pair a:eth0 -- b:eth0
    8  create veth pair a:(kernel's choice) -- b:(kernel's choice)
    9  set a:lo up
   10  set b:lo up
   11  set b:(kernel's choice) up
   12  wait until frames pass on 2 interfaces
)");
}

TEST_CASE("a link with one end down is not waited for") {
    std::string plan = plan_of(R"(
hosts = ["a", "b"]
links = ["a -- b"]
[nodes.b.interfaces.eth0]
up = false
)" + some_test);
    CHECK(plan.find("set b:eth0 up") == std::string::npos);
    CHECK(plan.find("wait until") == std::string::npos);
}

/// The interfaces that the plan waits for, each kind as a list of names.
static std::pair<std::string, std::string> waited_for(const Scenario& scenario) {
    std::pair<std::string, std::string> names;
    for (const PlannedOp& planned : make_plan(scenario.topology)) {
        const auto* ready = std::get_if<AwaitReady>(&planned.op);
        if (ready == nullptr)
            continue;
        for (InterfaceRef ref : ready->interfaces)
            names.first += scenario.topology.show(ref) + " ";
        for (InterfaceRef ref : ready->ipv6)
            names.second += scenario.topology.show(ref) + " ";
    }
    return names;
}

TEST_CASE("a bridge is waited for with its ports, and IPv6 where the file has an address of it") {
    Scenario scenario = scenario_of(R"(
hosts = ["a", "b"]
[bridges.br0]
ports = ["a", "b"]
addresses = ["2001:db8::3/64"]
[nodes.a.interfaces.eth0]
addresses = ["2001:db8::1/64"]
[nodes.b]
sysctls = { "net.ipv6.conf.all.disable_ipv6" = 1 }
interfaces.eth0.addresses = ["2001:db8::2/64"]
)" + some_test);
    auto [frames, ipv6] = waited_for(scenario);
    CHECK(frames == "a:eth0 br0:br0 br0:a b:eth0 br0:b ");
    CHECK(ipv6 == "a:eth0 br0:br0 ");
}

TEST_CASE("interface indexes are 1 for every lo and differ for all others") {
    Scenario scenario = scenario_of("hosts = [\"h[1-3]\"]\n[bridges.br0]\nports = [\"*\"]\n" + some_test);
    std::set<Ifindex> indexes;
    for (const Node& node : scenario.topology.nodes) {
        CHECK(node.interfaces[0].index == 1);
        for (std::size_t i = 1; i < node.interfaces.size(); ++i)
            CHECK(indexes.insert(node.interfaces[i].index).second);
    }
    CHECK(indexes.size() == 7);
    CHECK_FALSE(indexes.contains(1));
}

TEST_CASE("interface indexes leave room for the tunnels that a kernel makes by itself") {
    Scenario scenario = scenario_of("hosts = [\"a\", \"b\"]\nlinks = [\"a -- b\"]\n" + some_test);
    CHECK(scenario.topology.nodes[0].interfaces[1].index >= 100);
    CHECK(scenario.topology.nodes[1].interfaces[1].index >= 100);
}

TEST_CASE("each operation knows the line that it comes from") {
    Scenario scenario =
        scenario_of("hosts = [\"a\", \"b\"]\nlinks = [\n  \"a -- b\",\n]\n[nodes.a]\nroutes = \"default dev "
                    "eth0\"\n" +
                    some_test);
    std::vector<std::uint32_t> lines;
    for (const PlannedOp& planned : make_plan(scenario.topology))
        lines.push_back(planned.span.begin.line);
    CHECK(lines == std::vector<std::uint32_t>{1, 1, 1, 1, 3, 1, 1, 3, 6, 3});
}

TEST_CASE("ends of veth pairs carry everything that one message sets: master, MAC address, MTU and up") {
    Scenario scenario = scenario_of(R"(
hosts = ["a"]
[bridges.br0]
ports = ["a"]
mtu = 1400
[nodes.a.interfaces.eth0]
mac = "02:00:00:00:00:07"
)" + some_test);
    for (const PlannedOp& planned : make_plan(scenario.topology)) {
        const auto* veth = std::get_if<CreateVeth>(&planned.op);
        if (veth == nullptr)
            continue;
        CHECK(veth->ends[0].name == "a");
        CHECK(veth->ends[0].master == scenario.topology.nodes[1].interfaces[1].index);
        CHECK(veth->ends[0].mtu == 1400U);
        CHECK(show(veth->ends[0].mac) == "02:4e:52:00:00:02");
        CHECK(veth->ends[1].name == "eth0");
        CHECK(veth->ends[1].master == 0);
        CHECK(show(veth->ends[1].mac) == "02:00:00:00:00:07");
    }
}

TEST_CASE("MAC addresses are the same on every run and differ from each other") {
    Scenario scenario = scenario_of("hosts = [\"h[1-300]\"]\n[bridges.br0]\nports = [\"*\"]\n" + some_test);
    auto macs = [&] {
        std::vector<MacAddress> found;
        for (const PlannedOp& planned : make_plan(scenario.topology))
            if (const auto* veth = std::get_if<CreateVeth>(&planned.op))
                for (const VethEnd& end : veth->ends)
                    found.push_back(end.mac);
        return found;
    };
    std::vector<MacAddress> first = macs();
    CHECK(first.size() == 600);
    CHECK(std::set<MacAddress>(first.begin(), first.end()).size() == 600);
    CHECK(macs() == first);
}

TEST_CASE("interfaces that the kernel names are made after those with names") {
    std::string plan = plan_of(R"(
hosts = ["a", "b"]
links = [{ ends = ["a", "b"], name = "kernel" }, { ends = ["a:veth0", "b:veth0"] }]
)" + some_test);
    CHECK(plan.find("create veth pair a:veth0 -- b:veth0") <
          plan.find("create veth pair a:(kernel's choice)"));
}
