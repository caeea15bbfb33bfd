#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

using namespace netrig;

static const std::string two_nodes = R"(
hosts = ["red", "blue"]
links = [{ ends = ["red:veth0", "blue:veth1"], addresses = ["10.0.0.1/24", "10.0.0.2/24"] }]
[[tests]]
)";

static std::string mistakes(const std::string& step) {
    return mistakes_in(two_nodes + step + "\n");
}
static std::string messages(const std::string& step) {
    return messages_in(two_nodes + step + "\n");
}
/// What stands for the step where it has no label.
static std::string described(const std::string& step) {
    return scenario_of(two_nodes + step + "\n").tests.at(0).name;
}

TEST_CASE("checks of state are told in the words that they were written with") {
    CHECK(described("address = { on = 'red:veth0', is = '10.0.0.5/24', state = 'preferred' }") ==
          "10.0.0.5/24 preferred on red:veth0");
    CHECK(described("address = { on = 'red', in = '2001:db8::/64', present = false }") ==
          "no address in 2001:db8::/64 on red");
    CHECK(described("route = { on = 'red', to = 'blue', from = '10.0.0.1', dev = 'veth0', mark = 7 }") ==
          "route to blue dev veth0 from 10.0.0.1 mark 0x7 on red");
    CHECK(described("route = { on = '*', to = 'default', via = ['blue', '10.0.0.9'], protocol = 188 }") ==
          "route to default via blue via 10.0.0.9 proto ospf on *");
    CHECK(described("neighbour = { on = 'red', address = 'blue', mac = 'blue:veth1', state = ['stale', "
                    "'failed'] }") == "neighbour blue mac of blue:veth1 stale or failed on red");
    CHECK(described(
              "fdb = { on = 'red', mac = '02:00:00:00:00:01', port = 'vx0', remote = 'blue', vlan = 7 }") ==
          "fdb: an entry 02:00:00:00:00:01 dev vx0 remote blue vlan 7 on red");
    CHECK(described("rule = { on = 'red', mark = '0x1/0xff', table = 'main', priority = 5 }") ==
          "a rule fwmark 0x1/0xff table main priority 5 on red");
    CHECK(described("sysctl = { on = 'red', name = 'net.ipv4.ip_forward', is = 0 }") ==
          "net.ipv4.ip_forward = 0 on red");
    CHECK(described("listening = { on = 'red', tcp = 80, address = '10.0.0.1', present = false }") ==
          "red: not listening on tcp 80 at 10.0.0.1");
    CHECK(described("counter = { on = 'red', nft = 'inet guard no echo', of = 'bytes', min = 1, max = 9 }") ==
          "bytes of 'inet guard no echo': at least 1 and at most 9 on red");
    CHECK(described("add-address = { on = 'red:veth0', address = ['10.0.0.5/24', '2001:db8::5/64'] }") ==
          "add-address 10.0.0.5/24, 2001:db8::5/64 on red:veth0");
    CHECK(described("delete-route = { on = 'red', route = 'default via blue' }") ==
          "delete-route 'default via blue' on red");
    CHECK(described("flush-neighbours = ['red', 'blue:veth1']") == "flush-neighbours red, blue:veth1");
}

TEST_CASE("a check of state that checks nothing is refused") {
    CHECK(mistakes("address = { on = 'red:veth0' }") == R"(error: this 'address' checks nothing
  --> net.toml:4:11
   |
 4 | address = { on = 'red:veth0' }
   |           ^^^^^^^^^^^^^^^^^^^^
  help: add one of: is, in, state, family, present

)");
    CHECK(messages("neighbour = { on = 'red' }") == "4:13 this 'neighbour' checks nothing\n");
    CHECK(messages("fdb = { on = 'red', present = false }") == "4:7 this 'fdb' checks nothing\n");
    CHECK(messages("rule = { on = 'red', present = true }") ==
          "4:8 this 'rule' checks nothing, for every node has rules\n");
    CHECK(messages("sysctl = { on = 'red', name = 'net.core.somaxconn' }") ==
          "4:10 this 'sysctl' checks nothing\n");
    CHECK(messages("counter = { on = 'red:veth0', statistic = 'rx_bytes' }") ==
          "4:11 this 'counter' checks nothing\n");
    CHECK(messages("counter = { on = 'red:veth0', statistic = 'rx_bytes', min = 0 }") ==
          "4:61 every counter is at least 0, so nothing would be checked\n");
    CHECK(messages("add-address = { on = 'red:veth0', address = [] }") ==
          "4:45 'address' is empty, so nothing would be done\n");
    CHECK(messages("add-route = { on = [], route = [] }") ==
          "4:20 'on' names no node, so nothing would be checked\n");
    CHECK(messages("flush-neighbours = []") == "4:20 'flush-neighbours' names no node\n");
}

TEST_CASE("where a check of state looks is a node, or an interface where it has a part of it") {
    CHECK(mistakes("route = { on = 'red:veth0', to = 'blue' }") ==
          R"(error: 'red:veth0' is an interface, and this is asked of a node
  --> net.toml:4:17
   |
 4 | route = { on = 'red:veth0', to = 'blue' }
   |                 ^^^^^^^^^
  help: write it as "red"

)");
    CHECK(messages("counter = { on = 'red', statistic = 'rx_bytes', is = 0 }") ==
          "4:19 'red' names no interface\n");
    CHECK(messages("counter = { on = 'red:veth0', nft = 'ip a b', is = 0 }") ==
          "4:19 'red:veth0' is an interface, and this is asked of a node\n");
    CHECK(messages("address = { on = 'rde', is = '10.0.0.1' }") == "4:19 unknown node 'rde'\n");
    CHECK(messages("address = { on = 'red:vteh0', is = '10.0.0.1', present = false }") ==
          "4:23 node 'red' has no interface 'vteh0' in this file\n");
    CHECK(messages("fdb = { on = 'red', port = 'vx0', present = false }") ==
          "4:28 node 'red' has no interface 'vx0' in this file\n");
    CHECK(messages("delete-address = { on = 'red:vteh0', address = '10.0.0.1/24' }") ==
          "4:30 node 'red' has no interface 'vteh0' in this file\n");
    CHECK(messages("address = 'red'") == "4:11 'address' takes a table, not a string\n");
    CHECK(messages("route = { on = 'red' }") == "4:9 route lacks 'to'\n");
}

TEST_CASE("addresses and families of checks must go together") {
    CHECK(messages("address = { on = 'red', is = '10.0.0.1/24', in = '10.0.0.0/24' }") ==
          "4:50 'is' names one address and 'in' a network; one of them will do\n");
    CHECK(messages("address = { on = 'red', is = '10.0.0', family = 'ipv5' }") ==
          "4:30 '10.0.0' is no address\n4:49 'family' can't be 'ipv5'\n");
    CHECK(messages("address = { on = 'red', in = '10.0.0.1/24', state = 'new' }") ==
          "4:30 '10.0.0.1/24' has bits set beyond its prefix length\n4:53 'state' can't be 'new'\n");
    CHECK(messages("address = { on = 'red', is = '10.0.0.1', family = 'ipv6' }") ==
          "4:30 this is no IPv6 address\n");
    CHECK(messages("neighbour = { on = 'red', address = '10.0.0.2', family = 'ipv6' }") ==
          "4:37 this is no IPv6 address\n");
    CHECK(messages("rule = { on = 'red', from = '10.0.0.0/8', family = 'ipv6' }") ==
          "4:29 this is no IPv6 prefix\n");
    CHECK(messages("add-address = { on = 'red:veth0', address = '10.0.0.5' }") ==
          "4:45 '10.0.0.5' is no address with the length of its network\n");
}

TEST_CASE("a route's look-up and its entry are asked in words of their own") {
    CHECK(mistakes("route = { on = 'red', to = '10.0.0.0/24', from = '10.0.0.1' }") ==
          R"(error: 'from' belongs to a look-up, and a prefix asks for an entry
  --> net.toml:4:50
   |
 4 | route = { on = 'red', to = '10.0.0.0/24', from = '10.0.0.1' }
   |                                                  ^^^^^^^^^^
  help: name an address or a node in 'to'

)");
    CHECK(messages("route = { on = 'red', to = 'bleu' }") ==
          "4:28 'bleu' is neither an address nor a node\n");
    CHECK(messages("route = { on = 'red', to = 'blue', family = 'ipv6' }") ==
          "4:28 node 'blue' has no IPv6 address to look up\n");
    CHECK(messages("route = { on = 'red', to = '10.0.0.9', iif = 'veth0' }") ==
          "4:46 a packet that comes in has a source: add 'from'\n");
    CHECK(messages("route = { on = 'red', to = '10.0.0.9', iif = 'vteh0', from = '::1' }") ==
          "4:46 node 'red' has no interface 'vteh0' in this file\n4:62 ::1 can't send to 10.0.0.9\n");
    CHECK(messages("route = { on = 'red', to = '10.9.0.1', type = 'blackhole', via = 'blue' }") ==
          "4:47 a route that refuses packets has no gateway and no interface\n");
    CHECK(messages("route = { on = 'red', to = '10.9.0.1', type = 'blackhole', table = 7 }") ==
          "4:68 the kernel does not say the 'table' of an entry that refuses\n");
    CHECK(messages("route = { on = 'red', to = 'default', protocol = 'osfp', table = 'mian' }") ==
          "4:50 'osfp' is no protocol of routes\n4:66 'mian' is no routing table\n");
}

TEST_CASE("what is looked for in tables must be something") {
    CHECK(messages("neighbour = { on = 'red', address = 'blue', state = 'reachabel' }") ==
          "4:53 'state' can't be 'reachabel'\n");
    CHECK(messages("neighbour = { on = 'red', mac = '*' }") ==
          "4:33 '*' names several nodes, of which each has addresses of its own\n");
    CHECK(messages("neighbour = { on = 'red', mac = 'blue:veth7' }") ==
          "4:39 node 'blue' has no interface 'veth7' in this file\n");
    CHECK(messages("sysctl = { on = 'red', name = 'kernel.hostname', is = 'red' }") ==
          "4:31 'kernel.hostname' is no sysctl of a network namespace\n");
    CHECK(messages("listening = { on = 'red', tcp = 80, udp = 80 }") ==
          "4:13 'listening' takes one of 'tcp' and 'udp', each with a port\n");
    CHECK(messages("listening = { on = 'red', tcp = 0 }") == "4:33 'tcp' takes an integer from 1 to 65535\n");
    CHECK(messages("counter = { on = 'red', nft = 'guard dropped', is = 0 }") ==
          "4:31 'guard dropped' names no counter\n");
    CHECK(mistakes("counter = { on = 'red', nft = 'ient guard dropped', is = 0 }") ==
          R"(error: 'ient' is no family of nftables
  --> net.toml:4:32
   |
 4 | counter = { on = 'red', nft = 'ient guard dropped', is = 0 }
   |                                ^^^^
  help: did you mean 'inet'?

)");
    CHECK(messages("counter = { on = 'red:veth0', statistic = 'rx_droped', max = 0, of = 'bytes' }") ==
          "4:43 'statistic' can't be 'rx_droped'\n4:70 'of' belongs to 'nft'; a statistic's name says what "
          "it counts\n");
    CHECK(messages("counter = { on = 'red:veth0', statistic = 'rx_bytes', min = 9, max = 1 }") ==
          "4:70 'max' is less than 'min'\n");
}

TEST_CASE("routes of actions are read as a node's own, and may speak of what is added by then") {
    CHECK(messages("add-route = { on = 'red', route = 'default' }") == "4:35 this route leads nowhere\n");
    CHECK(messages("add-route = { on = 'red', route = 'default via bleu' }") ==
          "4:48 'bleu' is neither an address nor a node\n");
    CHECK(messages("add-route = { on = 'red', route = '10.9.0.0/16 via 10.5.0.1 src 10.5.0.9' }") == "");
    CHECK(messages("add-route = { on = '*', route = 'default via red' }") ==
          "4:46 'red' can't be its own gateway\n");
}
