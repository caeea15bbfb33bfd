#include "core/address.h"
#include "tests/support/catch.h"

using namespace netrig;
using namespace std::string_view_literals;

static IpAddress ip(std::string_view text) {
    INFO(text);
    auto address = parse_ip(text);
    REQUIRE(address);
    return *address;
}

static Prefix prefix(std::string_view text) {
    INFO(text);
    auto parsed = parse_prefix(text);
    REQUIRE(parsed);
    return *parsed;
}

TEST_CASE("addresses are shown in the form of RFC 5952") {
    CHECK(show(ip("10.0.0.1")) == "10.0.0.1");
    CHECK(show(ip("2001:0DB8:0000:0000:0000:0000:0000:0001")) == "2001:db8::1");
    CHECK(show(ip("::")) == "::");
    CHECK(show(ip("::ffff:10.0.0.1")) == "::ffff:10.0.0.1");
    CHECK(show(prefix("2001:DB8::1/64")) == "2001:db8::1/64");
    CHECK(show(prefix("10.0.0.1/8")) == "10.0.0.1/8");
    CHECK(ip("10.0.0.1").family == Family::ipv4);
    CHECK(ip("::ffff:10.0.0.1").family == Family::ipv6);
    CHECK(show(Family::ipv4) == "IPv4");
    CHECK(show(Family::ipv6) == "IPv6");
}

TEST_CASE("what is no address is refused") {
    for (auto text :
         {"", "10.0.0", "10.0.0.0.1", "10.0.0.256", "10.0.0.01", "0x0a.0.0.1", " 10.0.0.1", "10.0.0.1 ",
          "10.0.0.1/24", "::1::2", "2001:db8::g", "1:2:3:4:5:6:7:8:9", "fe80::1%eth0", "[::1]", "red"}) {
        INFO(text);
        CHECK(parse_ip(text) == std::nullopt);
    }
}

TEST_CASE("an address with a zero byte in it is refused") {
    CHECK(parse_ip("10.0.0.1\0junk"sv) == std::nullopt);
    CHECK(parse_prefix("10.0.0.1\0junk/24"sv) == std::nullopt);
}

TEST_CASE("what is no prefix is refused") {
    for (auto text : {"10.0.0.1", "10.0.0.1/", "/24", "10.0.0.1/33", "::1/129", "10.0.0.1/-1", "10.0.0.1/+8",
                      "10.0.0.1/24x", "10.0.0.1/ 24", "10.0.0.1/24/24", "10.0.0.1/255.255.255.0",
                      "10.0.0.1/4294967320"}) {
        INFO(text);
        CHECK(parse_prefix(text) == std::nullopt);
    }
}

TEST_CASE("a prefix has a network, a last address, and contains what lies between") {
    Prefix home = prefix("192.168.37.200/20");
    CHECK(show(home.network()) == "192.168.32.0/20");
    CHECK(show(home.last()) == "192.168.47.255");
    CHECK(home.contains(ip("192.168.32.0")));
    CHECK(home.contains(ip("192.168.47.255")));
    CHECK_FALSE(home.contains(ip("192.168.48.0")));
    CHECK_FALSE(home.contains(ip("192.168.31.255")));
    CHECK_FALSE(home.contains(ip("::c0a8:2001")));
    CHECK(show(prefix("2001:db8:1:2:3::9/52").network()) == "2001:db8:1::/52");
    CHECK(show(prefix("2001:db8::/126").last()) == "2001:db8::3");
    CHECK(prefix("0.0.0.0/0").contains(ip("255.255.255.255")));
    CHECK(show(prefix("10.0.0.1/32").network()) == "10.0.0.1/32");
}

TEST_CASE("a host has neither the address of its network nor the broadcast address") {
    CHECK(prefix("10.1.1.1/24").is_host_address());
    CHECK(prefix("10.1.1.254/24").is_host_address());
    CHECK_FALSE(prefix("10.1.1.0/24").is_host_address());
    CHECK_FALSE(prefix("10.1.1.255/24").is_host_address());
    CHECK_FALSE(prefix("10.1.1.3/30").is_host_address());
    CHECK(prefix("10.1.1.255/23").is_host_address() == false);
    CHECK(prefix("10.1.0.255/23").is_host_address());
}

TEST_CASE("networks of one or two addresses give both to hosts") {
    CHECK(prefix("10.0.0.0/31").is_host_address());
    CHECK(prefix("10.0.0.1/31").is_host_address());
    CHECK(prefix("10.0.0.0/32").is_host_address());
    CHECK(prefix("2001:db8::/127").is_host_address());
    CHECK(prefix("2001:db8::1/127").is_host_address());
    CHECK(prefix("2001:db8::/128").is_host_address());
}

TEST_CASE("IPv6 keeps only the network's own address, for its routers, and has no broadcast") {
    CHECK_FALSE(prefix("2001:db8::/64").is_host_address());
    CHECK(prefix("2001:db8::ffff:ffff:ffff:ffff/64").is_host_address());
}

TEST_CASE("link-local and multicast addresses are known") {
    CHECK(ip("169.254.3.4").is_link_local());
    CHECK_FALSE(ip("169.253.3.4").is_link_local());
    CHECK(ip("fe80::1").is_link_local());
    CHECK(ip("febf::1").is_link_local());
    CHECK_FALSE(ip("fec0::1").is_link_local());
    CHECK(ip("224.0.0.1").is_multicast());
    CHECK(ip("239.255.255.255").is_multicast());
    CHECK_FALSE(ip("240.0.0.1").is_multicast());
    CHECK(ip("ff02::1").is_multicast());
    CHECK_FALSE(ip("fe80::1").is_multicast());
}

TEST_CASE("counting on from an address carries over its bytes") {
    CHECK(ip("10.0.0.255") + 1 == ip("10.0.1.0"));
    CHECK(ip("10.255.255.255") + 1 == ip("11.0.0.0"));
    CHECK(ip("10.0.0.0") + 65'537 == ip("10.1.0.1"));
    CHECK(ip("2001:db8::ffff:ffff:ffff:ffff") + 1 == ip("2001:db8:0:1::"));
    CHECK(ip("255.255.255.255") + 1 == ip("0.0.0.0"));
    CHECK(loopback(Family::ipv4) == ip("127.0.0.1"));
    CHECK(loopback(Family::ipv6) == ip("::1"));
}

TEST_CASE("a MAC address is six pairs of hexadecimal digits") {
    auto mac = parse_mac("02:4E:52:00:0a:Ff");
    REQUIRE(mac);
    CHECK(show(*mac) == "02:4e:52:00:0a:ff");
    for (auto text : {"", "02:4e:52:00:0a", "02:4e:52:00:0a:ff:00", "02-4e-52-00-0a-ff", "2:4e:52:00:0a:fff",
                      "0x:4e:52:00:0a:ff", "-2:4e:52:00:0a:ff", "02:4e:52:00:0a:fg", "02:4e:52:00:0a: f"}) {
        INFO(text);
        CHECK(parse_mac(text) == std::nullopt);
    }
}
