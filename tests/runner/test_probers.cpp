#include "core/verbs/exchange.h"
#include "core/verbs/ping.h"
#include "tests/support/contains.h"
#include "tests/support/live_topology.h"
#include "tests/support/skip.h"

#include <fmt/format.h>

using namespace netrig;
using namespace std::chrono_literals;

namespace {

/// red -- gate -- blue; the wire to blue takes less than the other.
const std::string routed = R"(
hosts   = ["red", "blue"]
routers = ["gate"]

[[links]]
ends      = ["red", "gate"]
addresses = [["10.0.1.1/24", "2001:db8:1::1/64"], ["10.0.1.254/24", "2001:db8:1::fe/64"]]

[[links]]
ends      = ["blue", "gate"]
mtu       = 1400
addresses = [["10.0.2.1/24", "2001:db8:2::1/64"], ["10.0.2.254/24", "2001:db8:2::fe/64"]]

[nodes.red]
routes = ["default via gate", "2001:db8::/32 via gate"]

[nodes.blue]
routes = ["10.0.1.0/24 via gate", "2001:db8:1::/64 via gate"]

[nodes.gate]
routes = [
    "unreachable 10.0.3.0/24", "prohibit 10.0.4.0/24", "blackhole 10.0.6.0/24",
    "unreachable 2001:db8:3::/64", "prohibit 2001:db8:4::/64", "blackhole 2001:db8:6::/64",
]
)";

IpAddress address(const std::string& text) {
    return parse_ip(text).value();
}

EchoRequest echo_to(const std::string& to) {
    return {.to = address(to), .timeout = 1s};
}

/// A line a request of red's: the address, what came, and who said so.
std::string ping_from_red(LiveLab& lab, std::vector<EchoRequest> requests) {
    for (EchoRequest& request : requests)
        request.from = lab.topology().find("red").value();
    auto answers = lab.ping(requests);
    if (!answers)
        return describe(answers.error());
    std::string text;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const EchoAnswer& answer = answers->at(i);
        text += fmt::format("{}: {} {}/{}", show(requests[i].to),
                            echo_outcome_names[static_cast<std::size_t>(answer.outcome)], answer.received,
                            answer.sent);
        text += answer.reported_by ? " by " + show(*answer.reported_by) : "";
        text += (answer.why.empty() ? "" : ", " + answer.why) + "\n";
    }
    return text;
}

ExchangeRequest tcp_to(const std::string& to, std::uint16_t port) {
    return {.to = address(to), .port = port, .timeout = 10s};
}

std::string tcp_from_red(LiveLab& lab, std::vector<ExchangeRequest> requests) {
    for (ExchangeRequest& request : requests) {
        request.from = lab.topology().find("red").value();
        request.server = lab.topology().find("blue").value();
    }
    auto answers = lab.exchange(requests);
    if (!answers)
        return describe(answers.error());
    std::string text;
    for (std::size_t i = 0; i < requests.size(); ++i)
        text += fmt::format("{} {} {}: {}\n", show(requests[i].to), requests[i].port, requests[i].size,
                            answers->at(i).outcome == ExchangeOutcome::done
                                ? "echo"
                                : exchange_outcome_names[static_cast<std::size_t>(answers->at(i).outcome)]);
    return text;
}

std::string run_on(LiveLab& lab, const std::string& node, const std::string& script) {
    std::vector<CommandRequest> requests{
        {.on = lab.topology().find(node).value(), .argv = {"sh", "-c", script}}};
    auto answers = lab.run(requests);
    if (!answers)
        return describe(answers.error());
    return answers->front().status == 0 ? "" : answers->front().errors.text();
}

} // namespace

// A kernel sends few ICMP errors a second to one host (ip_error() in net/ipv4/route.c): two in each lab here.

TEST_CASE("an echo request is answered, or who refused it on the way is named") {
    if (skipped_without_namespaces())
        return;
    auto net_and_host = [](LiveLab& lab) {
        return ping_from_red(lab, {echo_to("10.0.2.1"), echo_to("10.0.5.1"), echo_to("10.0.3.1")});
    };
    CHECK(in_lab(routed, net_and_host) == "10.0.2.1: reply 1/1\n"
                                          "10.0.5.1: net-unreachable 0/1 by 10.0.1.254\n"
                                          "10.0.3.1: host-unreachable 0/1 by 10.0.1.254\n");
    auto prohibited_and_lost = [](LiveLab& lab) {
        return ping_from_red(lab, {echo_to("10.0.4.1"), echo_to("10.0.6.1"), echo_to("127.0.0.1")});
    };
    CHECK(in_lab(routed, prohibited_and_lost) == "10.0.4.1: prohibited 0/1 by 10.0.1.254\n"
                                                 "10.0.6.1: no-reply 0/1\n"
                                                 "127.0.0.1: reply 1/1\n");
}

TEST_CASE("an IPv6 echo request is answered, or who refused it on the way is named") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(routed, [](LiveLab& lab) {
        return ping_from_red(lab, {echo_to("2001:db8:2::1"), echo_to("2001:db8:5::1"),
                                   echo_to("2001:db8:4::1"), echo_to("2001:db8:6::1"), echo_to("::1")});
    });
    CHECK(said == "2001:db8:2::1: reply 1/1\n"
                  "2001:db8:5::1: net-unreachable 0/1 by 2001:db8:1::fe\n"
                  "2001:db8:4::1: prohibited 0/1 by 2001:db8:1::fe\n"
                  "2001:db8:6::1: no-reply 0/1\n"
                  "::1: reply 1/1\n");
}

TEST_CASE("what the sender's own kernel refuses is told apart from what the network refuses") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab("hosts = [\"red\"]\n", [](LiveLab& lab) {
        return ping_from_red(lab, {echo_to("10.0.2.1"), echo_to("2001:db8::1")});
    });
    CHECK(said == "10.0.2.1: no-route 0/1, Network is unreachable\n"
                  "2001:db8::1: no-route 0/1, Network is unreachable\n");
}

TEST_CASE("a hop limit that is too small and a packet that is too big are told by the router") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(routed, [](LiveLab& lab) {
        std::string text;
        for (const char* to : {"10.0.2.1", "2001:db8:2::1"}) {
            EchoRequest one_hop = echo_to(to), two_hops = echo_to(to), large = echo_to(to),
                        fits = echo_to(to);
            one_hop.hop_limit = 1;
            two_hops.hop_limit = 2;
            large.size = 1440;
            large.dont_fragment = true;
            fits.size = 1340;
            fits.dont_fragment = true;
            text += ping_from_red(lab, {one_hop, two_hops, large, fits});
        }
        return text;
    });
    CHECK(said == "10.0.2.1: ttl-exceeded 0/1 by 10.0.1.254\n"
                  "10.0.2.1: reply 1/1\n"
                  "10.0.2.1: too-big 0/1 by 10.0.1.254\n"
                  "10.0.2.1: reply 1/1\n"
                  "2001:db8:2::1: ttl-exceeded 0/1 by 2001:db8:1::fe\n"
                  "2001:db8:2::1: reply 1/1\n"
                  "2001:db8:2::1: too-big 0/1 by 2001:db8:1::fe\n"
                  "2001:db8:2::1: reply 1/1\n");
}

TEST_CASE("a packet larger than the sender's own link is too big, or fragmented where that is allowed") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(routed, [](LiveLab& lab) {
        EchoRequest whole = echo_to("10.0.1.254"), in_parts = echo_to("10.0.1.254");
        whole.size = in_parts.size = 20'000;
        whole.dont_fragment = true;
        return ping_from_red(lab, {whole, in_parts});
    });
    CHECK(said == "10.0.1.254: too-big 0/1, Message too long\n10.0.1.254: reply 1/1\n");
}

TEST_CASE("each request of a batch counts its own packets") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(routed, [](LiveLab& lab) {
        EchoRequest five = echo_to("10.0.2.1"), lost = echo_to("10.0.6.1");
        five.count = 5;
        five.interval = 10ms;
        lost.count = 3;
        lost.interval = 10ms;
        lost.timeout = 200ms;
        std::string text = ping_from_red(lab, {five, lost, echo_to("2001:db8:2::1")});
        return text + ping_from_red(lab, {echo_to("10.0.2.1")}); // and the next batch its own
    });
    CHECK(said ==
          "10.0.2.1: reply 5/5\n10.0.6.1: no-reply 0/3\n2001:db8:2::1: reply 1/1\n10.0.2.1: reply 1/1\n");
}

TEST_CASE("TCP echoes any size over both families") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(routed, [](LiveLab& lab) {
        std::vector<ExchangeRequest> requests;
        for (const char* to : {"10.0.2.1", "2001:db8:2::1"})
            for (unsigned size : {1U, 65'536U, 3'000'000U}) {
                requests.push_back(tcp_to(to, 7));
                requests.back().size = size;
                requests.back().timeout = 20s;
            }
        return tcp_from_red(lab, requests);
    });
    CHECK(said == "10.0.2.1 7 1: echo\n10.0.2.1 7 65536: echo\n10.0.2.1 7 3000000: echo\n"
                  "2001:db8:2::1 7 1: echo\n2001:db8:2::1 7 65536: echo\n2001:db8:2::1 7 3000000: echo\n");
}

TEST_CASE("how a TCP connection fails is told apart") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(routed, [](LiveLab& lab) {
        std::string problem = run_on(lab, "blue", R"(nft 'table inet filter { chain input {
            type filter hook input priority 0;
            tcp dport 1001 drop;
            tcp dport 1002 reject with tcp reset;
            tcp dport 1003 tcp flags & (psh | syn) == psh reject with tcp reset;
            tcp dport 1004 reject with icmpx type admin-prohibited;
        }; }')");
        if (!problem.empty())
            return problem;
        std::string text;
        for (const char* to : {"10.0.2.1", "2001:db8:2::1"}) {
            std::vector<ExchangeRequest> requests;
            for (std::uint16_t port = 1001; port <= 1005; ++port)
                requests.push_back(tcp_to(to, port));
            requests.front().timeout = 500ms;
            text += tcp_from_red(lab, requests);
        }
        return text + tcp_from_red(lab, {tcp_to("10.0.5.1", 7), tcp_to("2001:db8:5::1", 7)});
    });
    CHECK(said == "10.0.2.1 1001 16: timeout\n10.0.2.1 1002 16: refused\n10.0.2.1 1003 16: reset\n"
                  "10.0.2.1 1004 16: unreachable\n10.0.2.1 1005 16: echo\n"
                  "2001:db8:2::1 1001 16: timeout\n2001:db8:2::1 1002 16: refused\n"
                  "2001:db8:2::1 1003 16: reset\n2001:db8:2::1 1004 16: unreachable\n"
                  "2001:db8:2::1 1005 16: echo\n"
                  "10.0.5.1 7 16: unreachable\n2001:db8:5::1 7 16: unreachable\n");
}

TEST_CASE("a port that is taken on the target can't be asked, and the port is named") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(routed, [](LiveLab& lab) {
        std::string problem = run_on(lab, "blue", R"(python3 -c '
import os, socket, time
server = socket.create_server(("", 7))
os.fork() or time.sleep(1000)')");
        return problem + tcp_from_red(lab, {tcp_to("10.0.2.1", 7)});
    });
    CHECK(said == "cannot start an echo server on port 7 in blue: Address already in use (EADDRINUSE)");
}
