#include "runner/interface_messages.h"
#include "runner/link_messages.h"
#include "runner/netlink_attributes.h"
#include "tests/support/catch.h"

#include <cstring>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <map>
#include <sys/socket.h>

using namespace netrig;

namespace {

using Attributes = std::map<std::uint16_t, const nlattr*>;

Attributes attributes_of(NetlinkMessage& message, std::size_t offset) {
    Attributes found;
    for_each_attribute(message.header(), offset,
                       [&](const nlattr* attribute) { found[mnl_attr_get_type(attribute)] = attribute; });
    return found;
}

Attributes nested_in(const nlattr* nest) {
    Attributes found;
    for_each_nested(nest, [&](const nlattr* attribute) { found[mnl_attr_get_type(attribute)] = attribute; });
    return found;
}

template <class T>
const T& extra_of(NetlinkMessage& message) {
    return *static_cast<const T*>(mnl_nlmsg_get_payload(message.header()));
}

IpAddress address(const char* text) {
    return parse_ip(text).value();
}

Prefix prefix(const char* text) {
    return parse_prefix(text).value();
}

IpAddress address_in(const nlattr* attribute, Family family) {
    IpAddress found;
    found.family = family;
    REQUIRE(mnl_attr_get_payload_len(attribute) == found.size());
    std::memcpy(found.bytes.data(), mnl_attr_get_payload(attribute), found.size());
    return found;
}

MacAddress mac_in(const nlattr* attribute) {
    MacAddress found;
    REQUIRE(mnl_attr_get_payload_len(attribute) == found.bytes.size());
    std::memcpy(found.bytes.data(), mnl_attr_get_payload(attribute), found.bytes.size());
    return found;
}

const MacAddress some_mac{{0x02, 0, 0, 0, 0, 0x0b}};

/// A message as the kernel tells of a link, with the flags given.
NetlinkMessage told_link(unsigned flags, unsigned char oper_state) {
    NetlinkMessage message(RTM_NEWLINK, 0);
    auto& info = message.extra<ifinfomsg>();
    info.ifi_index = 7;
    info.ifi_flags = flags;
    mnl_attr_put_strz(message.header(), IFLA_IFNAME, "veth0");
    mnl_attr_put_u32(message.header(), IFLA_MTU, 1400);
    mnl_attr_put_u32(message.header(), IFLA_MASTER, 3);
    mnl_attr_put_u8(message.header(), IFLA_OPERSTATE, oper_state);
    return message;
}

void put_port_state(NetlinkMessage& message, unsigned char state, const char* master = "bridge") {
    nlmsghdr* header = message.header();
    nlattr* link = mnl_attr_nest_start(header, IFLA_LINKINFO);
    mnl_attr_put_strz(header, IFLA_INFO_SLAVE_KIND, master);
    nlattr* data = mnl_attr_nest_start(header, IFLA_INFO_SLAVE_DATA);
    mnl_attr_put_u8(header, IFLA_BRPORT_STATE, state);
    mnl_attr_nest_end(header, data);
    mnl_attr_nest_end(header, link);
}

} // namespace

TEST_CASE("a bridge is asked for with its name, index, MAC, MTU and state") {
    Topology topology;
    topology.nodes.resize(1);
    Interface& bridge = topology.nodes[0].interfaces.emplace_back();
    bridge.kind = Bridge{};
    bridge.name = "br0";
    bridge.index = 5;
    bridge.mtu = 1400;
    NetlinkMessage message = create_interface_message({{0, 0}, some_mac, true}, topology);
    CHECK(message.header()->nlmsg_type == RTM_NEWLINK);
    CHECK((message.header()->nlmsg_flags & (NLM_F_CREATE | NLM_F_EXCL)) == (NLM_F_CREATE | NLM_F_EXCL));
    auto report = read_link(message.header());
    REQUIRE(report);
    CHECK(report->index == 5);
    CHECK(report->name == "br0");
    CHECK(report->mtu == 1400);
    CHECK(report->master == 0);
    CHECK((extra_of<ifinfomsg>(message).ifi_flags & IFF_UP) != 0);
    Attributes found = attributes_of(message, sizeof(ifinfomsg));
    CHECK(mac_in(found.at(IFLA_ADDRESS)) == some_mac);
    CHECK(std::string(mnl_attr_get_str(nested_in(found.at(IFLA_LINKINFO)).at(IFLA_INFO_KIND))) == "bridge");
}

TEST_CASE("a veth pair is asked for in one message with both ends in their namespaces") {
    CreateVeth pair;
    pair.ends[0] = {.index = 10, .name = "veth0", .mac = some_mac, .mtu = 1500, .master = 2, .up = true};
    pair.ends[1] = {.index = 11, .name = "veth1", .mac = some_mac, .mtu = {}, .master = 0, .up = true};
    NetlinkMessage message = create_veth_message(pair, {.first = 20, .second = 21});
    auto report = read_link(message.header());
    REQUIRE(report);
    CHECK(report->index == 10);
    CHECK(report->name == "veth0");
    CHECK(report->master == 2);
    CHECK(report->mtu == 1500);
    Attributes first = attributes_of(message, sizeof(ifinfomsg));
    CHECK(mnl_attr_get_u32(first.at(IFLA_NET_NS_FD)) == 20);
    Attributes info = nested_in(first.at(IFLA_LINKINFO));
    CHECK(std::string(mnl_attr_get_str(info.at(IFLA_INFO_KIND))) == "veth");
    const nlattr* peer = nested_in(info.at(IFLA_INFO_DATA)).at(VETH_INFO_PEER);
    // The peer's own header stands before its attributes (linux/veth.h).
    const auto* header = static_cast<const ifinfomsg*>(mnl_attr_get_payload(peer));
    CHECK(header->ifi_index == 11);
    CHECK(header->ifi_flags == 0); // set up afterwards
    Attributes second;
    const char* begin = reinterpret_cast<const char*>(header) + sizeof(ifinfomsg);
    std::size_t length = mnl_attr_get_payload_len(peer) - sizeof(ifinfomsg);
    mnl_attr_parse_payload(
        begin, length,
        [](const nlattr* attribute, void* data) {
            (*static_cast<Attributes*>(data))[mnl_attr_get_type(attribute)] = attribute;
            return MNL_CB_OK;
        },
        &second);
    CHECK(std::string(mnl_attr_get_str(second.at(IFLA_IFNAME))) == "veth1");
    CHECK(mnl_attr_get_u32(second.at(IFLA_NET_NS_FD)) == 21);
    CHECK_FALSE(second.contains(IFLA_MTU));
    CHECK_FALSE(second.contains(IFLA_MASTER));
}

TEST_CASE("a veth end without a name is left to the kernel to name") {
    CreateVeth pair;
    pair.ends[0] = {.index = 10, .mac = some_mac};
    pair.ends[1] = {.index = 11, .mac = some_mac};
    NetlinkMessage message = create_veth_message(pair, {.first = 20, .second = 21});
    CHECK_FALSE(attributes_of(message, sizeof(ifinfomsg)).contains(IFLA_IFNAME));
}

TEST_CASE("an IPv4 address is given with its broadcast address, a /31, a /32 and an IPv6 one without") {
    NetlinkMessage message = add_address_message(7, prefix("10.0.0.1/24"));
    CHECK(message.header()->nlmsg_type == RTM_NEWADDR);
    CHECK(extra_of<ifaddrmsg>(message).ifa_family == AF_INET);
    CHECK(extra_of<ifaddrmsg>(message).ifa_prefixlen == 24);
    CHECK(extra_of<ifaddrmsg>(message).ifa_index == 7);
    Attributes found = attributes_of(message, sizeof(ifaddrmsg));
    CHECK(address_in(found.at(IFA_LOCAL), Family::ipv4) == address("10.0.0.1"));
    CHECK(address_in(found.at(IFA_BROADCAST), Family::ipv4) == address("10.0.0.255"));
    for (const char* text : {"10.0.0.0/31", "10.0.0.1/32", "2001:db8::1/64"}) {
        NetlinkMessage other = add_address_message(7, prefix(text));
        CHECK_FALSE(attributes_of(other, sizeof(ifaddrmsg)).contains(IFA_BROADCAST));
    }
    NetlinkMessage six = add_address_message(7, prefix("2001:db8::1/64"));
    CHECK(extra_of<ifaddrmsg>(six).ifa_family == AF_INET6);
    Attributes of_six = attributes_of(six, sizeof(ifaddrmsg));
    CHECK(address_in(of_six.at(IFA_LOCAL), Family::ipv6) == address("2001:db8::1"));
}

TEST_CASE("a neighbour entry that is written is read back, and one that is not usable is not") {
    for (const char* text : {"10.0.0.2", "2001:db8::2"}) {
        NetlinkMessage message = permanent_neighbour_message(4, address(text), some_mac);
        CHECK(read_neighbour(message.header()) == some_mac);
        CHECK(extra_of<ndmsg>(message).ndm_ifindex == 4);
        const_cast<ndmsg&>(extra_of<ndmsg>(message)).ndm_state = NUD_FAILED;
        CHECK_FALSE(read_neighbour(message.header()));
        const_cast<ndmsg&>(extra_of<ndmsg>(message)).ndm_state = NUD_INCOMPLETE;
        CHECK_FALSE(read_neighbour(message.header()));
    }
    NetlinkMessage other = set_link_message(4, true);
    CHECK_FALSE(read_neighbour(other.header()));
}

TEST_CASE("a link's state follows from the kernel's flags") {
    auto state = [](unsigned flags) {
        NetlinkMessage message = told_link(flags, IF_OPER_UP);
        return read_link(message.header())->state;
    };
    CHECK(state(0) == LinkState::down);
    CHECK(state(IFF_LOWER_UP) == LinkState::down);
    CHECK(state(IFF_UP) == LinkState::lower_layer_down);
    CHECK(state(IFF_UP | IFF_LOWER_UP | IFF_RUNNING) == LinkState::up);
    CHECK(state(IFF_UP | IFF_LOWER_UP) == LinkState::other);
    NetlinkMessage message = told_link(IFF_UP, IF_OPER_LOWERLAYERDOWN);
    auto report = read_link(message.header());
    CHECK(report->name == "veth0");
    CHECK(report->index == 7);
    CHECK(report->mtu == 1400);
    CHECK(report->master == 3);
    CHECK_FALSE(report->operational);
}

TEST_CASE("a bridge's port forwards in that state alone, and what is no port always does") {
    NetlinkMessage plain = told_link(IFF_UP, IF_OPER_UP);
    CHECK(read_link(plain.header())->settled);
    for (int state :
         {BR_STATE_DISABLED, BR_STATE_LISTENING, BR_STATE_LEARNING, BR_STATE_FORWARDING, BR_STATE_BLOCKING}) {
        NetlinkMessage port = told_link(IFF_UP, IF_OPER_UP);
        put_port_state(port, static_cast<unsigned char>(state));
        CHECK(read_link(port.header())->settled ==
              (state == BR_STATE_FORWARDING || state == BR_STATE_BLOCKING));
    }
}

TEST_CASE("a change to a link touches its state or its master alone") {
    NetlinkMessage up = set_link_message(4, true);
    CHECK(extra_of<ifinfomsg>(up).ifi_index == 4);
    CHECK(extra_of<ifinfomsg>(up).ifi_change == IFF_UP);
    CHECK(extra_of<ifinfomsg>(up).ifi_flags == IFF_UP);
    NetlinkMessage down = set_link_message(4, false);
    CHECK(extra_of<ifinfomsg>(down).ifi_change == IFF_UP);
    CHECK(extra_of<ifinfomsg>(down).ifi_flags == 0);
    NetlinkMessage master = set_master_message(4, 9);
    CHECK(extra_of<ifinfomsg>(master).ifi_change == 0);
    CHECK(read_link(master.header())->master == 9);
    NetlinkMessage gone = delete_link_message(4);
    CHECK(gone.header()->nlmsg_type == RTM_DELLINK);
    CHECK(extra_of<ifinfomsg>(gone).ifi_index == 4);
    CHECK_FALSE(read_link(gone.header()));
}

TEST_CASE("a port of a bond or of a VRF has nothing to settle") {
    for (const char* master : {"bond", "vrf"}) {
        NetlinkMessage port = told_link(IFF_UP, IF_OPER_UP);
        put_port_state(port, BR_STATE_LISTENING, master); // IFLA_BOND_SLAVE_STATE, IFLA_VRF_PORT_TABLE
        CHECK(read_link(port.header())->settled);
    }
}
