#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

using namespace netrig;

static const std::string some_test = "[[tests]]\nexec = { on = \"*\", command = \"true\" }\n";

static std::string interfaces(const std::string& text) {
    return interfaces_in(text + some_test);
}
static std::string mistakes(const std::string& text) {
    return mistakes_in(text + some_test);
}

TEST_CASE("a bridge's subnet is given out in port order") {
    CHECK(interfaces(R"(
hosts = ["net0", "net1", "net2"]
[bridges.br0]
ports = ["net2", "net[0-1]"]
subnet = "10.1.1.0/24"
)") == R"(net0:eth0 10.1.1.2/24
net1:eth0 10.1.1.3/24
net2:eth0 10.1.1.1/24
br0:br0
br0:net2
br0:net0
br0:net1
)");
}

TEST_CASE("addresses that stand in the file are skipped, wherever they stand") {
    CHECK(interfaces(R"(
hosts = ["a", "b", "c", "d"]
[bridges.br0]
ports = ["a", "b", "c", "d"]
subnet = "10.1.1.0/24"
addresses = ["10.1.1.1/24"]
[nodes.c.interfaces.eth0]
addresses = ["10.1.1.3/24"]
)") == R"(a:eth0 10.1.1.2/24
b:eth0 10.1.1.4/24
c:eth0 10.1.1.3/24
d:eth0 10.1.1.5/24
br0:br0 10.1.1.1/24
br0:a
br0:b
br0:c
br0:d
)");
}

TEST_CASE("several subnets give each interface an address of each") {
    CHECK(interfaces(R"(
hosts = ["a", "b"]
[[links]]
ends = ["a", "b"]
subnets = ["10.0.0.0/24", "2001:db8::/64"]
)") == "a:eth0 10.0.0.1/24 2001:db8::1/64\nb:eth0 10.0.0.2/24 2001:db8::2/64\n");
}

TEST_CASE("a link's addresses may be a list an end, and a subnet fills what is missing") {
    CHECK(interfaces(R"(
hosts = ["a", "b"]
[[links]]
ends = ["a", "b"]
addresses = [["10.0.0.9/24", "2001:db8::9/64"], []]
subnets = ["10.0.0.0/24", "2001:db8::/64"]
)") == "a:eth0 10.0.0.9/24 2001:db8::9/64\nb:eth0 10.0.0.1/24 2001:db8::1/64\n");
}

TEST_CASE("networks of two addresses give both") {
    CHECK(interfaces(R"(
routers = ["r1", "r2"]
[[links]]
ends = ["r1", "r2"]
subnets = ["10.0.0.0/31", "2001:db8::/127"]
)") == "r1:eth0 10.0.0.0/31 2001:db8::/127\nr2:eth0 10.0.0.1/31 2001:db8::1/127\n");
}

TEST_CASE("the last address of all is given out and no more") {
    CHECK(interfaces(R"(
hosts = ["a", "b"]
[[links]]
ends = ["a", "b"]
subnet = "255.255.255.252/30"
)") == "a:eth0 255.255.255.253/30\nb:eth0 255.255.255.254/30\n");
}

TEST_CASE("a subnet with too few addresses is refused and says how far it went") {
    CHECK(mistakes(R"(
hosts = ["h[1-3]"]
[bridges.br0]
ports = ["h[1-3]"]
subnet = "10.1.1.0/30"
)") == R"(error: the subnet 10.1.1.0/30 is too small for bridge 'br0'
  --> net.toml:4:10
   |
 4 | subnet = "10.1.1.0/30"
   |          ^^^^^^^^^^^^^ 2 of 3 interfaces got an address

)");
    CHECK(mistakes(R"(
hosts = ["a", "b"]
[[links]]
ends = ["a", "b"]
subnets = ["10.0.0.0/32", "2001:db8::/128", "10.0.1.0/31"]
)") == R"(error: the subnet 10.0.0.0/32 is too small for the link's two ends
  --> net.toml:4:12
   |
 4 | subnets = ["10.0.0.0/32", "2001:db8::/128", "10.0.1.0/31"]
   |            ^^^^^^^^^^^^^ 1 of 2 interfaces got an address

error: the subnet 2001:db8::/128 is too small for the link's two ends
  --> net.toml:4:27
   |
 4 | subnets = ["10.0.0.0/32", "2001:db8::/128", "10.0.1.0/31"]
   |                           ^^^^^^^^^^^^^^^^ 1 of 2 interfaces got an address

)");
}

TEST_CASE("254 interfaces fit into a /24, 255 do not") {
    auto file = [](int hosts) {
        return "hosts = [\"h[1-" + std::to_string(hosts) +
               "]\"]\n[bridges.br0]\nports = [\"*\"]\nsubnet = \"10.1.1.0/24\"\n";
    };
    CHECK(mistakes(file(254)) == "");
    CHECK(mistakes(file(255)).find("254 of 255 interfaces got an address") != std::string::npos);
}

TEST_CASE("one address twice on a network is refused with both places") {
    CHECK(mistakes(R"(
hosts = ["a", "b"]
[[links]]
ends = ["a", "b"]
addresses = ["10.0.0.1/24", "10.0.0.1/24"]
)") == R"(error: 10.0.0.1 is given twice on one network
  --> net.toml:4:29
   |
 4 | addresses = ["10.0.0.1/24", "10.0.0.1/24"]
   |                             ^^^^^^^^^^^^^ to b:eth0
  note: a:eth0 has it already
  --> net.toml:4:14
   |
 4 | addresses = ["10.0.0.1/24", "10.0.0.1/24"]
   |              ^^^^^^^^^^^^^

)");
}

TEST_CASE("a network reaches through bridges of bridges") {
    CHECK(mistakes(R"(
hosts = ["a", "b"]
[bridges.br0]
ports = ["br1", "a"]
[bridges.br1]
ports = ["br2"]
[bridges.br2]
ports = ["b", "br0"]
[nodes.a.interfaces.eth0]
addresses = ["10.0.0.1/24", "2001:db8::1/64"]
[nodes.b.interfaces.eth0]
addresses = ["10.0.0.2/24", "2001:db8::1/16"]
)") == R"(error: 2001:db8::1 is given twice on one network
  --> net.toml:11:29
    |
 11 | addresses = ["10.0.0.2/24", "2001:db8::1/16"]
    |                             ^^^^^^^^^^^^^^^^ to b:eth0
  note: a:eth0 has it already
  --> net.toml:9:29
   |
 9 | addresses = ["10.0.0.1/24", "2001:db8::1/64"]
   |                             ^^^^^^^^^^^^^^^^

)");
}

TEST_CASE("joined bridges that give out one subnet share its addresses") {
    CHECK(interfaces(R"(
hosts = ["a", "b"]
[bridges.br0]
ports = ["a", "br1"]
subnet = "10.0.0.0/24"
[bridges.br1]
ports = ["b"]
subnet = "10.0.0.0/24"
)") == R"(a:eth0 10.0.0.1/24
b:eth0 10.0.0.2/24
br0:br0
br0:a
br0:br1
br1:br1
br1:br0
br1:b
)");
}

TEST_CASE("the same addresses on separate networks are fine") {
    CHECK(interfaces(R"(
hosts = ["a", "b", "c"]
[[links]]
ends = ["a", "b"]
subnet = "10.0.0.0/24"
[[links]]
ends = ["b", "c"]
subnet = "10.0.0.0/24"
)") == R"(a:eth0 10.0.0.1/24
b:eth0 10.0.0.2/24
b:eth1 10.0.0.1/24
c:eth0 10.0.0.2/24
)");
    CHECK(mistakes(
              "hosts = [\"n[1-2]\"]\n[nodes.\"n[1-2]\".interfaces.lo]\naddresses = [\"10.255.0.1/32\"]\n") ==
          "");
}

TEST_CASE("addresses that no host may have are refused") {
    auto refusal = [](const std::string& address) {
        return messages_in(
            "hosts = [\"a\", \"b\"]\nlinks = [\"a -- b\"]\nnodes.a.interfaces.eth0.addresses = \"" + address +
            "\"\n" + some_test);
    };
    CHECK(refusal("10.1.1.255/24") ==
          "3:37 10.1.1.255/24 is the broadcast address of its network, so no interface can have it\n");
    CHECK(refusal("10.1.1.0/24") ==
          "3:37 10.1.1.0/24 is the address of its network itself, so no interface can have it\n");
    CHECK(refusal("2001:db8::/64") ==
          "3:37 2001:db8::/64 is the address of its network itself, so no interface can have it\n");
    CHECK(refusal("0.0.0.0/0") == "3:37 0.0.0.0/0 is the unspecified address, so no interface can have it\n");
    CHECK(refusal("::/128") == "3:37 ::/128 is the unspecified address, so no interface can have it\n");
    CHECK(refusal("239.1.2.3/24") ==
          "3:37 239.1.2.3/24 is a multicast address, so no interface can have it\n");
    CHECK(refusal("ff02::1/64") == "3:37 ff02::1/64 is a multicast address, so no interface can have it\n");
    for (const char* fine :
         {"10.1.0.255/23", "10.1.1.0/31", "10.1.1.255/32", "2001:db8::/127", "fe80::1/64", "169.254.1.1/16"})
        CHECK(refusal(fine) == "");
}

TEST_CASE("the IPv6 loopback address belongs to no interface but 'lo'") {
    CHECK(mistakes("hosts = [\"a\", \"b\"]\nlinks = [\"a -- b\"]\nnodes.a.interfaces.eth0.addresses = "
                   "\"::1/128\"\n") != "");
}

TEST_CASE("a subnet of another family does not speak against an address") {
    CHECK(interfaces(R"(
hosts = ["a", "b"]
[[links]]
ends = ["a", "b"]
addresses = ["2001:db8::1/64", "2001:db8::2/64"]
subnet = "10.0.0.0/24"
)") == "a:eth0 2001:db8::1/64 10.0.0.1/24\nb:eth0 2001:db8::2/64 10.0.0.2/24\n");
}
