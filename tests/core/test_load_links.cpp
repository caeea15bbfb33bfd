#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

using namespace netrig;

static const std::string some_test = "[[tests]]\nexec = { on = \"*\", command = \"true\" }\n";

static std::string interfaces(const std::string& text) {
    return interfaces_in(text + some_test);
}
static std::string messages(const std::string& text) {
    return messages_in(text + some_test);
}

TEST_CASE("ends without a name become the node's next free ethN in the order of the file") {
    CHECK(interfaces(R"(
hosts = ["a", "b", "c"]
links = ["a -- b", "b -- c", "a -- c"]
)") == R"(a:eth0
a:eth1
b:eth0
b:eth1
c:eth0
c:eth1
)");
}

TEST_CASE("bridges and links share one order, that of the file") {
    CHECK(interfaces(R"(
hosts = ["a", "b"]
[bridges.br0]
ports = ["a", "b"]
subnet = "10.0.0.0/24"
[[links]]
ends = ["a", "b"]
subnet = "10.0.1.0/24"
)") == R"(a:eth0 10.0.0.1/24
a:eth1 10.0.1.1/24
b:eth0 10.0.0.2/24
b:eth1 10.0.1.2/24
br0:br0
br0:a
br0:b
)");
}

TEST_CASE("names that stand in the file are never given to another interface, even if they come later") {
    CHECK(interfaces(R"(
hosts = ["a", "b"]
links = ["a -- b", "a -- b", "a:eth0 -- b:eth1"]
)") == R"(a:eth1
a:eth2
a:eth0
b:eth0
b:eth2
b:eth1
)");
}

TEST_CASE("a link to many is a link to each, two patterns are paired in order") {
    CHECK(interfaces(R"(
hosts = ["h[1-2]", "r"]
links = ["h[1-2] -- r", "h[1-2]:up -- h[2,1]:down"]
)") == R"(h1:eth0
h1:up
h1:down
h2:eth0
h2:down
h2:up
r:eth0
r:eth1
)");
}

TEST_CASE("two interfaces of one node can be linked when they have names") {
    CHECK(interfaces("hosts = [\"a\"]\nlinks = [\"a:x -- a:y\"]\n") == "a:x\na:y\n");
    CHECK(messages("hosts = [\"a\"]\nlinks = [\"a:x -- a:x\", \"a:x -- a\", \"a -- a\"]\n") ==
          "2:18 this link joins 'a' to itself\n2:32 this link joins 'a' to itself\n"
          "2:42 this link joins 'a' to itself\n");
}

TEST_CASE("the kernel names the interfaces of a link that leaves it to it") {
    CHECK(interfaces(R"(
hosts = ["a", "b"]
[[links]]
ends = ["a", "b"]
name = "kernel"
addresses = ["10.0.0.1/24", ["10.0.0.2/24", "2001:db8::2/64"]]
)") == "a:(kernel's choice) 10.0.0.1/24\nb:(kernel's choice) 10.0.0.2/24 2001:db8::2/64\n");
    CHECK(messages(R"(
hosts = ["a", "b"]
[[links]]
ends = ["a:x", "b"]
name = "kernel"
[[links]]
ends = ["a", "b"]
name = "veth"
)") == "3:9 the kernel names this link's interfaces, so none can be named here\n"
       "7:8 'name' of a link can only be \"kernel\"\n");
}

TEST_CASE("mtu and up are of both ends") {
    Scenario scenario = scenario_of(
        "hosts = [\"a\", \"b\"]\n[[links]]\nends = [\"a\", \"b\"]\nmtu = 68\nup = false\n" + some_test);
    for (const Node& node : scenario.topology.nodes) {
        CHECK(node.interfaces[1].mtu == 68U);
        CHECK_FALSE(node.interfaces[1].up);
    }
}

TEST_CASE("a link that joins a node to itself is refused at the second end") {
    CHECK(mistakes_in("hosts = [\"red\"]\nlinks = [\"red -- red\"]\n" + some_test) ==
          R"(error: this link joins 'red' to itself
  --> net.toml:2:18
   |
 2 | links = ["red -- red"]
   |                  ^^^

)");
}

TEST_CASE("an interface name of 16 bytes is refused and one of 15 loads") {
    CHECK(
        mistakes_in(R"(
hosts = ["red", "blue"]
[[links]]
ends = ["red:veth-0123456789x", "blue:veth-0123456789"]
)" + some_test) ==
        R"(error: 'veth-0123456789x' can't name an interface: an interface's name has at most 15 bytes, this one has 16
  --> net.toml:3:14
   |
 3 | ends = ["red:veth-0123456789x", "blue:veth-0123456789"]
   |              ^^^^^^^^^^^^^^^^

)");
}

TEST_CASE("sketches of links that can't be understood are refused") {
    CHECK(messages(R"(
hosts = ["red", "blue", "h[1-3]"]
links = ["red", "red --", "red -- blue -- h1", "red - blue", 3, "h[1-3] -- red, blue", "red:a/b -- blue"]
)") == R"(2:10 'red' is no link
2:17 'red --' is no link
2:27 'red -- blue -- h1' is no link
2:48 'red - blue' is no link
2:62 a link is a table or "a -- b", not an integer
2:65 3 ends on the left can't be paired with 2 on the right
2:93 'a/b' can't name an interface: an interface's name can't have white space, '/', ':' or '%'
)");
    CHECK(mistakes_in("hosts = [\"red\"]\nlinks = [\"red -> blue\"]\n" + some_test) ==
          R"(error: 'red -> blue' is no link
  --> net.toml:2:10
   |
 2 | links = ["red -> blue"]
   |          ^^^^^^^^^^^^^
  help: "h1 -- r1", "h1:eth0 -- r1:eth2"

)");
}

TEST_CASE("tables of links are checked") {
    CHECK(messages(R"(
hosts = ["red", "blue"]
[[links]]
subnet = "10.0.0.0/24"
[[links]]
ends = ["red"]
[[links]]
ends = ["red", "bleu"]
mtu = 65536
up = "yes"
[[links]]
ends = ["red", "blue"]
addresses = ["10.0.0.1/24"]
[[links]]
ends = ["red", "blue"]
addresses = [["10.0.1.1/24", 3], "10.0.1.2/99"]
)") == R"(2:1 a link lacks 'ends'
5:8 'ends' has 1 entries; a link has two
7:17 unknown node 'bleu'
8:7 'mtu' takes an integer from 68 to 65535
9:6 'up' takes true or false, not a string
12:13 'addresses' has 1 entries; a link has two ends
15:30 an address is a string, not an integer
15:34 '10.0.1.2/99' is no address with a prefix length
)");
}

TEST_CASE("subnets of links and bridges are checked") {
    CHECK(messages(R"(
hosts = ["red", "blue"]
[[links]]
ends = ["red", "blue"]
subnets = ["10.0.0.1/24", "10.0.0.0", "x"]
[[links]]
ends = ["red", "blue"]
subnet = "10.0.2.0/24"
addresses = ["10.0.2.7/24", "10.0.3.7/24"]
[bridges.br0]
ports = ["red"]
subnet = "10.0.4.0/24"
addresses = ["10.0.5.1/24", "2001:db8::1/64"]
)") == R"(4:12 '10.0.0.1/24' has bits set beyond its prefix length
4:27 '10.0.0.0' is no subnet
4:39 'x' is no subnet
8:29 10.0.3.7/24 is not on the subnet that is given beside it
12:14 10.0.5.1/24 is not on the subnet that is given beside it
)");
}

TEST_CASE("addresses can't be given to many links at once") {
    CHECK(messages(R"(
hosts = ["h[1-2]", "r"]
[[links]]
ends = ["h[1-2]", "r"]
subnet = "10.0.0.0/24"
)") == "2:1 addresses can't be given to many links at once\n");
}

TEST_CASE("two interfaces of a node with one name are refused") {
    CHECK(messages(R"(
hosts = ["red", "blue"]
links = ["red:x -- blue", "blue -- red:x", "red:lo -- blue"]
)") == "2:36 node 'red' has two interfaces called 'x'\n2:45 node 'red' has two interfaces called 'lo'\n");
}

TEST_CASE("a colon without an interface after it is refused") {
    CHECK(messages("hosts = [\"red\", \"blue\"]\nlinks = [\"red: -- blue\"]\n") != "");
}
