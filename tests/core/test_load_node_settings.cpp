#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>

using namespace netrig;

static const std::string some_test = "[[tests]]\nexec = { on = \"*\", command = \"true\" }\n";

TEST_CASE("a table for many nodes speaks of each") {
    Scenario scenario = scenario_of(R"(
hosts = ["h[1-2]"]
links = ["h1 -- h2"]
[nodes."h[1-2]"]
lo = "down"
sysctls = { "net.ipv4.conf.all.rp_filter" = 0, net.ipv6.conf.eth0.mtu = "1280" }
interfaces.eth0 = { mtu = 9000, up = false }
)" + some_test);
    for (const Node& node : scenario.topology.nodes) {
        CHECK_FALSE(node.interfaces[0].up);
        REQUIRE(node.sysctls.size() == 2);
        CHECK(node.sysctls[0].name == "net.ipv4.conf.all.rp_filter");
        CHECK(node.sysctls[0].value == "0");
        CHECK(node.sysctls[1].name == "net.ipv6.conf.eth0.mtu");
        CHECK(node.sysctls[1].value == "1280");
        CHECK(node.interfaces[1].mtu == 9000U);
        CHECK_FALSE(node.interfaces[1].up);
    }
}

TEST_CASE("settings of a node are checked") {
    CHECK(mistakes_in(R"(
hosts = ["red"]
[nodes.red]
lo = "upp"
forwarding = 1
forwardign = true
sysctls = { "kernel.x" = 1, "net.ipv4.ip_forward" = true, "net../x" = 1 }
)" + some_test) == R"(error: 'lo' can't be 'upp'
  --> net.toml:3:6
   |
 3 | lo = "upp"
   |      ^^^^^
  help: did you mean 'up'?

error: 'forwarding' takes true or false, not an integer
  --> net.toml:4:14
   |
 4 | forwarding = 1
   |              ^

error: unknown key 'forwardign' in node 'red'
  --> net.toml:5:1
   |
 5 | forwardign = true
   | ^^^^^^^^^^
  help: did you mean 'forwarding'?

error: 'kernel.x' is no sysctl of a network namespace
  --> net.toml:6:13
   |
 6 | sysctls = { "kernel.x" = 1, "net.ipv4.ip_forward" = true, "net../x" = 1 }
   |             ^^^^^^^^^^
  help: only net.* belongs to a node; the rest is the machine's

error: a sysctl takes an integer or a string, not a boolean
  --> net.toml:6:53
   |
 6 | sysctls = { "kernel.x" = 1, "net.ipv4.ip_forward" = true, "net../x" = 1 }
   |                                                     ^^^^

error: 'net../x' is no sysctl of a network namespace
  --> net.toml:6:59
   |
 6 | sysctls = { "kernel.x" = 1, "net.ipv4.ip_forward" = true, "net../x" = 1 }
   |                                                           ^^^^^^^^^
  help: only net.* belongs to a node; the rest is the machine's

)");
}

TEST_CASE("settings of an interface are checked, and that there is such an interface") {
    CHECK(mistakes_in(R"(
hosts = ["red", "blue"]
links = ["red:veth0 -- blue"]
nodes.red.interfaces.veht0 = { mtu = 1500 }
nodes.blue.interfaces.eth0 = 3
[nodes.red.interfaces.veth0]
mtu = 67
mac = "01:00:00:00:00:01"
upp = true
)" + some_test) == R"(error: no link or bridge gives node 'red' an interface 'veht0'
  --> net.toml:3:22
   |
 3 | nodes.red.interfaces.veht0 = { mtu = 1500 }
   |                      ^^^^^
  help: did you mean 'veth0'?

error: an interface is a table, not an integer
  --> net.toml:4:30
   |
 4 | nodes.blue.interfaces.eth0 = 3
   |                              ^

error: 'mtu' takes an integer from 68 to 65535
  --> net.toml:6:7
   |
 6 | mtu = 67
   |       ^^

error: '01:00:00:00:00:01' is no MAC address that an interface can have
  --> net.toml:7:7
   |
 7 | mac = "01:00:00:00:00:01"
   |       ^^^^^^^^^^^^^^^^^^^
  help: "02:00:00:00:00:01": six pairs of hexadecimal digits, the first even

error: unknown key 'upp' in interface 'veth0'
  --> net.toml:8:1
   |
 8 | upp = true
   | ^^^
  help: did you mean 'up'?

)");
}

TEST_CASE("an address without the length of its prefix is refused with what to add") {
    CHECK(mistakes_in(R"(
hosts = ["a", "b"]
links = ["a -- b"]
nodes.a.interfaces.eth0.addresses = ["10.0.0.1", "2001:db8::1", "ten"]
)" + some_test) == R"(error: '10.0.0.1' is no address with a prefix length
  --> net.toml:3:38
   |
 3 | nodes.a.interfaces.eth0.addresses = ["10.0.0.1", "2001:db8::1", "ten"]
   |                                      ^^^^^^^^^^
  help: add the length of its network's prefix: "10.0.0.1/24"

error: '2001:db8::1' is no address with a prefix length
  --> net.toml:3:50
   |
 3 | nodes.a.interfaces.eth0.addresses = ["10.0.0.1", "2001:db8::1", "ten"]
   |                                                  ^^^^^^^^^^^^^
  help: add the length of its network's prefix: "2001:db8::1/64"

error: 'ten' is no address with a prefix length
  --> net.toml:3:65
   |
 3 | nodes.a.interfaces.eth0.addresses = ["10.0.0.1", "2001:db8::1", "ten"]
   |                                                                 ^^^^^
  help: "10.0.0.1/24" or "2001:db8::1/64"

)");
}

TEST_CASE("a MAC address that an interface can't have is refused") {
    auto messages_for = [](const std::string& mac) {
        return messages_in("hosts = [\"a\", \"b\"]\nlinks = [\"a -- b\"]\nnodes.a.interfaces.eth0.mac = \"" +
                           mac + "\"\n" + some_test);
    };
    CHECK(messages_for("02:00:00:00:00:01") == "");
    for (const char* mac : {"", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "2:0:0:0:0:1", "02-00-00-00-00-01"})
        CHECK(messages_for(mac) ==
              fmt::format("3:31 '{}' is no MAC address that an interface can have\n", mac));
}

TEST_CASE("a mistake in a table for many nodes is reported once") {
    CHECK(messages_in(R"(
hosts = ["h[1-3]"]
[nodes."h[1-3]"]
forwarding = "yes"
sysctls = { "kernel.x" = 1 }
routes = ["default via bogus"]
)" + some_test) == R"(3:14 'forwarding' takes true or false, not a string
4:13 'kernel.x' is no sysctl of a network namespace
5:24 'bogus' is neither an address nor a node
)");
}

TEST_CASE("an IPv6 address on an interface with an MTU below 1280 is refused") {
    CHECK(messages_in(R"(
hosts = ["red", "blue"]
[[links]]
ends = ["red", "blue"]
subnet = "2001:db8::/64"
mtu = 1279
)" + some_test) != "");
}
