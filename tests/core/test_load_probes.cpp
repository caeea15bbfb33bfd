#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

using namespace netrig;
using namespace std::chrono_literals;

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

template <class V>
static V loaded(const std::string& step) {
    return std::get<V>(scenario_of(two_nodes + step + "\n").tests.at(0).steps.at(0).verb);
}

TEST_CASE("ping takes a pair, or a table with everything there is to say") {
    Ping plain = loaded<Ping>(R"(ping = "red -> blue")");
    CHECK(plain.expect == EchoOutcome::reply);
    CHECK(plain.request.count == 1);
    CHECK(plain.request.timeout == 2s);
    Ping full = loaded<Ping>(R"(
[tests.ping]
between = "red -> blue"
family = "ipv4"
expect = "reply"
count = 10
interval = "20ms"
size = "1KiB"
dont-fragment = true
ttl = 3
source = "10.0.0.1"
max-loss = "10%"
max-rtt = "5ms"
min-rtt = "1ms"
timeout = "1s"
)");
    CHECK(full.describe() == "ping red -> blue");
    CHECK(full.family == FamilyChoice::ipv4);
    CHECK(full.request.count == 10);
    CHECK(full.request.interval == 20ms);
    CHECK(full.request.size == 1024);
    CHECK(full.request.dont_fragment);
    CHECK(full.request.hop_limit == 3U);
    CHECK(full.request.source == parse_ip("10.0.0.1"));
    CHECK(full.max_loss == 0.1);
    CHECK(full.max_rtt == 5ms);
    CHECK(full.min_rtt == 1ms);
    CHECK(full.request.timeout == 1s);
    CHECK(loaded<Ping>(R"(ping = { between = "red -> blue", expect = "ttl-exceeded" })").expect ==
          EchoOutcome::ttl_exceeded);
}

TEST_CASE("mistakes in a ping are reported together") {
    CHECK(mistakes(R"(
[tests.ping]
between = "red -> blue"
family = "ip6"
expect = "no-replies"
count = 0
interval = 3
max-loss = "200%"
bogus = 1
)") == R"(error: 'family' can't be 'ip6'
  --> net.toml:7:10
   |
 7 | family = "ip6"
   |          ^^^^^
  help: did you mean 'ipv6'?

error: 'expect' can't be 'no-replies'
  --> net.toml:8:10
   |
 8 | expect = "no-replies"
   |          ^^^^^^^^^^^^
  help: did you mean 'no-reply'?

error: 'count' takes an integer from 1 to 100000
  --> net.toml:9:9
   |
 9 | count = 0
   |         ^

error: 'interval' takes a duration such as "50ms" with its unit, as a string
  --> net.toml:10:12
    |
 10 | interval = 3
    |            ^
  help: units: ns, us, ms, s, min, h

error: 'max-loss' takes a share such as "1%" with its unit, as a string
  --> net.toml:11:12
    |
 11 | max-loss = "200%"
    |            ^^^^^^
  help: units: %

error: unknown key 'bogus' in ping
  --> net.toml:12:1
    |
 12 | bogus = 1
    | ^^^^^

)");
}

TEST_CASE("a ping that can't be sent or judged is refused") {
    CHECK(messages(R"(ping = { between = "red -> blue", size = "65508B", ttl = 256, source = "x" })") ==
          "4:42 'size' is at most 65507B in one packet\n4:58 'ttl' takes an integer from 1 to 255\n"
          "4:72 'x' is no address\n");
    CHECK(messages("ping = 3") == "4:8 'ping' takes a pair or a table, not an integer\n");
    CHECK(messages("ping = {}") == "4:8 ping lacks 'between'\n");
    CHECK(messages("ping = { between = 3 }") == "4:20 'between' takes a string, not an integer\n");
    CHECK(messages(R"(ping = { between = "red -> blue", expect = "no-reply", max-rtt = "5ms" })") ==
          "4:66 'max-rtt' says something of replies, and 'expect' wants none\n");
}

TEST_CASE("a source of another family than the asked address is refused") {
    CHECK(messages(R"(ping = { between = "red -> blue", source = "2001:db8::1" })") != "");
}

TEST_CASE("tcp-echo takes a pair, or a table with port and size") {
    TcpEcho plain = loaded<TcpEcho>(R"(tcp-echo = "red -> blue")");
    CHECK(plain.request.port == 7);
    CHECK(plain.request.size == 16);
    CHECK(plain.expect == ExchangeOutcome::done);
    TcpEcho full = loaded<TcpEcho>(
        R"(tcp-echo = { between = "red -> blue", port = 80, size = "1MiB", expect = "refused", timeout = "1s" })");
    CHECK(full.describe() == "tcp-echo red -> blue port 80");
    CHECK(full.request.size == 1U << 20);
    CHECK(full.expect == ExchangeOutcome::refused);
    CHECK(full.request.timeout == 1s);
}

TEST_CASE("mistakes in a tcp-echo are refused") {
    CHECK(messages(
              R"(tcp-echo = { between = "red -> blue", port = 65536, size = "0B", expect = "mismatch" })") ==
          R"(4:46 'port' takes an integer from 1 to 65535
4:60 'size' is from 1B to 1GiB
4:75 'expect' can't be 'mismatch'
)");
    CHECK(messages("tcp-echo = []") == "4:12 'tcp-echo' takes a pair or a table, not an array\n");
    CHECK(mistakes(R"(tcp-echo = "red -> 10.9.9.9")") ==
          R"(error: no node has the address 10.9.9.9, so no echo server can be started for it
  --> net.toml:4:12
   |
 4 | tcp-echo = "red -> 10.9.9.9"
   |            ^^^^^^^^^^^^^^^^^
  help: 'tcp-connect' asks what is there by itself

)");
}

TEST_CASE("udp-echo and tcp-connect take what tcp-echo takes, as far as it has sense for them") {
    UdpEcho udp =
        loaded<UdpEcho>(R"(udp-echo = { between = "red -> blue", size = "65507B", expect = "timeout" })");
    CHECK(udp.describe() == "udp-echo red -> blue port 7");
    CHECK(udp.expect == ExchangeOutcome::timeout);
    TcpConnect connect = loaded<TcpConnect>(
        R"(tcp-connect = { between = "red -> 10.9.9.9", port = 443, source = "10.0.0.1", source-port = 1000 })");
    CHECK(connect.request.size == 0);
    CHECK(connect.request.source_port == 1000);
    CHECK(connect.request.source == parse_ip("10.0.0.1"));
}

TEST_CASE("mistakes in a udp-echo or tcp-connect are refused") {
    CHECK(messages(R"(udp-echo = { between = "red -> blue", size = "65508B", expect = "reset" })") ==
          "4:46 'size' is from 1B to 65507B, which one datagram holds\n4:65 'expect' can't be 'reset'\n");
    CHECK(messages(R"(tcp-connect = "red -> blue")") == "4:15 'tcp-connect' lacks a port\n");
    CHECK(messages(R"(tcp-connect = { between = "red -> blue", size = "1B", expect = "echo" })") ==
          "4:15 tcp-connect lacks 'port'\n4:42 unknown key 'size' in tcp-connect\n4:64 'expect' can't be "
          "'echo'\n");
    CHECK(messages(R"(tcp-echo = { between = "red -> blue", source = "2001:db8::1" })") ==
          "4:48 2001:db8::1 can't be the source of a request to 10.0.0.2: that is IPv4\n");
    CHECK(messages(R"(tcp-echo = { between = "red -> blue, 10.0.0.2", source-port = 5 })") ==
          "4:63 10.0.0.2 would be asked twice from the same port\n");
}
