#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

using namespace netrig;

static const std::string some_test = "[[tests]]\nexec = { on = \"*\", command = \"true\" }\n";

static std::string interfaces(const std::string& text) {
    return interfaces_in(text + some_test);
}

TEST_CASE("a port is a veth pair, called after the node at its other end") {
    CHECK(interfaces(R"(
hosts = ["net[0-1]"]
[bridges.br0]
ports = ["net[0-1]"]
)") == R"(net0:eth0
net1:eth0
br0:br0
br0:net0
br0:net1
)");
}

TEST_CASE("a node may have several ports, and name its side of one") {
    CHECK(interfaces(R"(
hosts = ["a", "b"]
[bridges.br0]
ports = ["a", "a", "a:up", "b"]
)") == R"(a:eth0
a:eth1
a:up
b:eth0
br0:br0
br0:a
br0:a-2
br0:a-3
br0:b
)");
}

TEST_CASE("a port's name is cut to what the kernel takes, and made different from the others") {
    CHECK(interfaces(R"(
hosts = ["a-node-with-a-long-name-1", "a-node-with-a-long-name-2", "lo"]
[bridges.a-node-with-a-l]
ports = ["a-node-with-a-long-name-1", "a-node-with-a-long-name-2", "lo"]
)") == R"(a-node-with-a-long-name-1:eth0
a-node-with-a-long-name-2:eth0
lo:eth0
a-node-with-a-l:a-node-with-a-l
a-node-with-a-l:a-node-with-a-2
a-node-with-a-l:a-node-with-a-3
a-node-with-a-l:lo-2
)");
}

TEST_CASE("a port's name keeps out of the way of names in the file") {
    CHECK(interfaces(R"(
hosts = ["a", "b"]
links = ["b -- br0:a"]
[bridges.br0]
ports = ["a"]
)") == R"(a:eth0
b:eth0
br0:br0
br0:a
br0:a-2
)");
}

TEST_CASE("a port's name is none that the kernel refuses") {
    auto source = source_of("hosts = [\"default\"]\n[bridges.br0]\nports = [\"default\"]\n" + some_test);
    Loaded loaded = load_scenario(source);
    CHECK(loaded.scenarios.at(0).topology.find_interface(1, "default") == std::nullopt);
}

TEST_CASE("a bridge among the ports of another is a port at both ends") {
    Scenario scenario = scenario_of(R"(
hosts = ["a"]
[bridges.br0]
ports = ["br1", "a"]
[bridges.br1]
ports = ["br0"]
)" + some_test);
    CHECK(interfaces_in(R"(
hosts = ["a"]
[bridges.br0]
ports = ["br1", "a"]
[bridges.br1]
ports = ["br0"]
)" + some_test) == R"(a:eth0
br0:br0
br0:br1
br0:a
br0:br1-2
br1:br1
br1:br0
br1:br0-2
)");
    for (NodeIndex bridge : {1U, 2U})
        for (std::size_t i = 2; i < scenario.topology.nodes[bridge].interfaces.size(); ++i)
            CHECK(scenario.topology.nodes[bridge].interfaces[i].master == 1U);
    CHECK(scenario.topology.nodes[0].interfaces[1].master == std::nullopt);
}

TEST_CASE("a bridge's MTU is that of its ports too") {
    Scenario scenario =
        scenario_of("hosts = [\"a\"]\n[bridges.br0]\nports = [\"a\"]\nmtu = 9000\n" + some_test);
    CHECK(scenario.topology.nodes[0].interfaces[1].mtu == 9000U);
    CHECK(scenario.topology.nodes[1].interfaces[1].mtu == 9000U);
    CHECK(scenario.topology.nodes[1].interfaces[2].mtu == 9000U);
}

TEST_CASE("a bridge that is a port of itself is refused") {
    CHECK(mistakes_in(
              "[bridges.br0]\nports = [\"br0\"]\n[[tests]]\nlink = { on = \"br0:br0\", is = \"up\" }\n") ==
          R"(error: this link joins 'br0' to itself
  --> net.toml:2:10
   |
 2 | ports = ["br0"]
   |          ^^^^^

)");
}

TEST_CASE("an unknown node among the ports is refused with a suggestion") {
    CHECK(mistakes_in(R"(
hosts = ["net0", "net1"]
[bridges.br0]
ports = ["net0", "net", "net1:abcdefghijklmnop", 3]
)" + some_test) == R"(error: unknown node 'net'
  --> net.toml:3:19
   |
 3 | ports = ["net0", "net", "net1:abcdefghijklmnop", 3]
   |                   ^^^
  help: did you mean 'net0'?

error: 'abcdefghijklmnop' can't name an interface: an interface's name has at most 15 bytes, this one has 16
  --> net.toml:3:31
   |
 3 | ports = ["net0", "net", "net1:abcdefghijklmnop", 3]
   |                               ^^^^^^^^^^^^^^^^

error: a port is a string or a table with settings, not an integer
  --> net.toml:3:50
   |
 3 | ports = ["net0", "net", "net1:abcdefghijklmnop", 3]
   |                                                  ^

)");
}

TEST_CASE("the kernel takes 1023 ports a bridge, so 1024 are refused") {
    auto file = [](int ports) {
        return "hosts = [\"h[1-" + std::to_string(ports) + "]\"]\n[bridges.br0]\nports = [\"*\"]\n" +
               some_test;
    };
    CHECK(mistakes_in(file(1023)) == "");
    CHECK(mistakes_in(file(1024)) == R"(error: bridge 'br0' has 1024 ports; the kernel takes 1023 a bridge
  --> net.toml:2:10
   |
 2 | [bridges.br0]
   |          ^^^
  help: join two bridges: a bridge may stand among the ports of another

)");
}

TEST_CASE("a link to a bridge is plugged into it, like a port") {
    std::string file =
        "hosts = [\"h[1-1023]\", \"x\"]\nlinks = [\"x -- br0\"]\n[bridges.br0]\nports = [\"h[1-1023]\"]\n";
    CHECK(messages_in(file + some_test) ==
          "3:10 bridge 'br0' has 1024 ports; the kernel takes 1023 a bridge\n");
    Scenario scenario =
        scenario_of("hosts = [\"x\"]\nlinks = [\"x -- br0\"]\n[bridges.br0]\n[[tests]]\nexec = { on = "
                    "\"x\", command = \"true\" }\n");
    const Interface& port = scenario.topology.nodes.at(1).interfaces.at(2);
    CHECK(port.name == "x");
    CHECK(port.master == 1U);
}
