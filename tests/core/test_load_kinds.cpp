// Mistakes in interfaces of every kind, each told where it was written.

#include "tests/support/catch.h"
#include "tests/support/contains.h"
#include "tests/support/scenario_text.h"

using namespace netrig;

/// Of interfaces of node a, the first on line 4.
static std::string in_interfaces(const std::string& lines) {
    return R"(
hosts = ["a", "b"]
links = [{ ends = ["a", "b"], subnets = ["10.0.0.0/24", "2001:db8::/64"] }]
[nodes.a.interfaces]
)" + lines +
           "[[tests]]\nexec = { on = \"*\", command = \"true\" }\n";
}

static std::string mistakes_of(const std::string& lines) {
    return messages_in(in_interfaces(lines));
}

TEST_CASE("a VLAN names its number, what it stands on and a protocol that there is") {
    CHECK(mistakes_of(R"(none    = { kind = "vlan", parent = "eth0" }
large   = { kind = "vlan", parent = "eth0", id = 4095 }
nobody  = { kind = "vlan", id = 7 }
odd     = { kind = "vlan", parent = "eth0", id = 7, protocol = "802.1x" }
self    = { kind = "vlan", parent = "self", id = 8 }
on-none = { kind = "vlan", parent = "eth7", id = 9 }
)") == R"(4:1 vlan 'none' lacks 'id'
5:50 'id' takes an integer from 1 to 4094
6:1 vlan 'nobody' lacks 'parent'
7:64 'protocol' can't be '802.1x'
8:37 'self' would stand on itself
9:37 node 'a' has no interface 'eth7'
)");
}

TEST_CASE("a VXLAN has one way to its other ends, of one family, and a group of multicast on an interface") {
    CHECK(mistakes_of(R"(none   = { kind = "vxlan", remote = "b" }
large  = { kind = "vxlan", id = 16777216, remote = "b" }
both   = { kind = "vxlan", id = 1, remote = "b", flood = ["b"] }
uni    = { kind = "vxlan", id = 2, group = "10.0.0.2", parent = "eth0" }
lost   = { kind = "vxlan", id = 3, group = "239.1.1.1" }
nobody = { kind = "vxlan", id = 4, remote = "c" }
mixed  = { kind = "vxlan", id = 5, remote = "10.0.0.2", local = "2001:db8::1" }
flood  = { kind = "vxlan", id = 6, flood = ["10.0.0.2", "2001:db8::2"] }
port   = { kind = "vxlan", id = 7, remote = "b", port = 70000 }
)") == R"(4:1 vxlan 'none' lacks 'id'
5:33 'id' takes an integer from 0 to 16777215
6:58 'remote', 'group' and 'flood' are three ways to reach the other ends; this is a second one
7:44 '10.0.0.2' is no multicast address
8:44 a multicast group is joined on an interface, and no 'parent' says which
9:45 'c' is no address, and no node is called so
10:65 '2001:db8::1' is an IPv6 address, and '10.0.0.2' an IPv4 one
11:57 '2001:db8::2' is an IPv6 address, and '10.0.0.2' an IPv4 one
12:57 'port' takes an integer from 1 to 65535
)");
}

TEST_CASE("a tunnel has another end, of the family that its kind is over") {
    CHECK(mistakes_of(R"(gre   = { kind = "gre", local = "10.0.0.1" }
ipip  = { kind = "ipip", remote = "2001:db8::2" }
sit   = { kind = "sit", remote = "b", ttl = 0 }
six   = { kind = "ip6gre", remote = "10.0.0.2" }
keyed = { kind = "ipip", remote = "b", key = 7 }
mac   = { kind = "gre", remote = "b", mac = "02:00:00:00:00:01" }
gen   = { kind = "geneve", id = 1 }
far   = { kind = "gre", remote = "" }
)") == R"(4:1 gre 'gre' lacks 'remote'
5:35 2001:db8::2 is no IPv4 address, which this kind needs
6:45 'ttl' takes an integer from 1 to 255
7:37 10.0.0.2 is no IPv6 address, which this kind needs
8:40 unknown key 'key' in ipip 'keyed'
9:45 an interface of kind "gre" has no MAC address
10:1 geneve 'gen' lacks 'remote'
11:34 'remote' is empty
)");
}

TEST_CASE("a bond's settings belong to its mode, and its ports to it alone") {
    CHECK(mistakes_of(R"(b1 = { kind = "bond", mode = "lacp", ports = ["eth0"] }
b2 = { kind = "bond", mode = "active-backup", lacp-rate = "fast" }
b3 = { kind = "bond", mode = "802.3ad", primary = "eth0" }
b4 = { kind = "bond", primary = "eth9" }
b5 = { kind = "bond", ports = ["lo"] }
b6 = { kind = "bond", ports = ["eth0"] }
b7 = { kind = "bond", ports = [{ port = "eth0", vlan = 7 }] }
)") == R"(4:30 'mode' can't be 'lacp'
5:59 'lacp-rate' belongs to a bond of mode "802.3ad"
6:51 'primary' belongs to a bond of mode "active-backup"
7:33 node 'a' has no interface 'eth9'
8:32 'lo' can be no port here
9:32 'eth0' is a port of 'b1' already
10:32 a port is a string, not a table
)");
}

TEST_CASE("a VRF names a table of its own") {
    CHECK(mistakes_of(R"(red  = { kind = "vrf", ports = ["eth0"] }
main = { kind = "vrf", table = 254 }
zero = { kind = "vrf", table = 0 }
self = { kind = "vrf", table = 10, ports = ["self"] }
)") == R"(4:1 vrf 'red' lacks 'table'
5:32 254 is the number of the table 'main'
6:32 'table' takes an integer from 1 to 4294967295
7:45 'self' can be no port here
)");
}

TEST_CASE("a bridge in a node has a spanning tree's times and VLANs only where it has those") {
    CHECK(mistakes_of(R"(sw1 = { kind = "bridge", forward-delay = "4s" }
sw2 = { kind = "bridge", stp = true, forward-delay = "1s", hello-time = "20s" }
sw3 = { kind = "bridge", vlan = [10] }
sw4 = { kind = "bridge", vlan-filtering = true, vlan = ["20-10", 5000] }
sw5 = { kind = "bridge", ports = [{ port = "eth0", delay = "1ms" }] }
sw6 = { kind = "bridge", ports = [{ port = "eth9", pvid = 5000, cost = 0 }] }
)") == R"(4:42 'forward-delay' belongs to a spanning tree
5:54 'forward-delay' is from 2 s to 30 s
5:73 'hello-time' is from 1 s to 10 s
6:33 'vlan' belongs to a bridge that filters
7:57 this is no VLAN
7:66 this is no VLAN
8:52 unknown key 'delay' in a port
9:44 node 'a' has no interface 'eth9'
9:59 'pvid' takes an integer from 0 to 4094
9:72 'cost' takes an integer from 1 to 65535
)");
}

TEST_CASE("a WireGuard peer is another interface of that kind") {
    CHECK(mistakes_of(R"(wg0 = { kind = "wireguard", peers = [{ node = "b" }] }
wg1 = { kind = "wireguard", peers = [{ peer = "c", allowed-ips = ["10.0.0.0/33"] }] }
wg2 = { kind = "wireguard", peers = ["b"] }
wg3 = { kind = "wireguard", peers = ["a:wg3"] }
)") == R"(4:38 a peer lacks 'peer'
4:40 unknown key 'node' in a peer
5:48 there is no node 'c'
6:38 'b' has no such interface of kind "wireguard"
7:38 an interface is no peer of itself
)");
}

TEST_CASE("an interface has a kind that there is, a name and a MAC address that it can have") {
    CHECK(mistakes_of(R"(d1   = { kind = "dummy", parent = "eth0" }
d2   = { kind = "dumy" }
eth0 = { kind = "dummy" }
eth1 = { mtu = 1400 }
mv   = { kind = "macvlan" }
iv   = { kind = "ipvlan", parent = "eth0", mode = "l4" }
tun  = { kind = "tun", mac = "02:00:00:00:00:01" }
name-that-is-too-long = { kind = "dummy" }
mac  = { kind = "dummy", mac = "01:00:00:00:00:01" }
down = { kind = "dummy", up = false }
on   = { kind = "vlan", parent = "down", id = 3 }
)") == R"(4:26 unknown key 'parent' in dummy 'd1'
5:17 'dumy' is no kind of interface
6:17 'eth0' is there already, as an end of a link
7:1 no link or bridge gives node 'a' an interface 'eth1'
8:1 macvlan 'mv' lacks 'parent'
9:51 'mode' can't be 'l4'
10:30 an interface of kind "tun" has no MAC address
11:1 'name-that-is-too-long' can't name an interface: an interface's name has at most 15 bytes, this one has 21
12:32 '01:00:00:00:00:01' is no MAC address that an interface can have
14:34 'on' can't be up on 'down', which is down
)");
}

TEST_CASE("interfaces that the kernel takes for the same are a mistake, and near ones are none") {
    CHECK(mistakes_in(in_interfaces(R"(v1 = { kind = "vlan", parent = "eth0", id = 7 }
v2 = { kind = "vlan", parent = "eth0", id = 7 }
v3 = { kind = "vlan", parent = "eth0", id = 7, protocol = "802.1ad" }
)")) == R"(error: the kernel can't tell 'v2' from 'v1': both are vlan protocol 802.1Q id 7
  --> net.toml:5:1
   |
 5 | v2 = { kind = "vlan", parent = "eth0", id = 7 }
   | ^^
  note: 'v1' is here
  --> net.toml:4:1
   |
 4 | v1 = { kind = "vlan", parent = "eth0", id = 7 }
   | ^^

)");
    CHECK(mistakes_of(R"(x1 = { kind = "vxlan", id = 7, remote = "10.0.0.2" }
x2 = { kind = "vxlan", id = 7, remote = "10.0.0.3" }
x3 = { kind = "vxlan", id = 7, remote = "10.0.0.3", port = 8472 }
x4 = { kind = "vxlan", id = 7, remote = "2001:db8::2" }
g1 = { kind = "gre", remote = "b" }
g2 = { kind = "gre", remote = "10.0.0.2" }
g3 = { kind = "gre", remote = "b", key = 1 }
g4 = { kind = "gretap", remote = "b" }
n1 = { kind = "geneve", id = 7, remote = "10.0.0.2" }
n2 = { kind = "geneve", id = 7, remote = "b" }
n3 = { kind = "geneve", id = 7, remote = "10.0.0.3" }
)") == R"(5:1 the kernel can't tell 'x2' from 'x1': both are vxlan id 7 port 4789 over IPv4
9:1 the kernel can't tell 'g2' from 'g1': both are gre remote 10.0.0.2
13:1 the kernel can't tell 'n2' from 'n1': both are geneve id 7 remote 10.0.0.2 dstport 6081
)");
}
