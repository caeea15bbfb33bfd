// UDP exchanges, connections to what a node runs, and the ways that packets take, in real namespaces.

#include "core/verbs/exchange.h"
#include "core/verbs/path.h"
#include "core/verbs/path_mtu.h"
#include "core/verbs/reach.h"
#include "tests/support/contains.h"
#include "tests/support/live_topology.h"
#include "tests/support/scenario_text.h"
#include "tests/support/skip.h"
#include "tests/support/told_run.h"

using namespace netrig;

namespace {

/// red -- gate -- blue, which has a second address; the wire to blue takes less than the other.
const std::string routed = R"(
hosts   = ["red", "blue"]
routers = ["gate"]
links   = [
    { ends = ["red", "gate"], subnets = ["10.0.1.0/24", "2001:db8:1::/64"] },
    { ends = ["gate", "blue"], subnets = ["10.0.2.0/24", "2001:db8:2::/64"], mtu = 1400 },
]
routing = "static"
[nodes.blue]
interfaces.lo.addresses = ["10.9.0.1/32", "2001:db8:9::1/128"]
[nodes.gate]
routes = ["10.9.0.1 via blue", "2001:db8:9::1/128 via blue", "blackhole 10.8.0.0/24", "prohibit 10.7.0.0/24"]
[nodes.red]
routes = ["10.0.0.0/8 via gate", "2001:db8::/32 via gate"]
)";

/// The verdicts of a scenario's steps, each in a line: "yes: echo".
std::string verdicts(const std::string& setup, const std::string& tests) {
    std::string text = routed + tests;
    Scenario scenario = scenario_of(text);
    return in_lab(text, [&](LiveLab& lab) {
        NodeIndex blue = lab.topology().find("blue").value();
        std::vector<CommandRequest> requests{{.on = blue, .argv = {"sh", "-c", setup}}};
        auto prepared = lab.run(requests);
        if (!prepared || prepared->front().status != 0)
            return prepared ? prepared->front().errors.text() : describe(prepared.error());
        std::string said;
        for (const Test& test : scenario.tests) {
            Verdict verdict =
                std::visit([&](const auto& verb) { return verb.run(lab, {}); }, test.steps.front().verb);
            said += fmt::format("{}: {}\n",
                                verdict.answer == Answer::yes  ? "yes"
                                : verdict.answer == Answer::no ? "no"
                                                               : "could not ask",
                                verdict.actual);
        }
        return said;
    });
}

std::string step(const std::string& verb) {
    static int number = 0;
    return fmt::format("[[tests]]\nname = \"step {}\"\n{}\n", ++number, verb);
}

} // namespace

TEST_CASE("UDP datagrams of any size are echoed over both families, from the address that was asked") {
    if (skipped_without_namespaces())
        return;
    CHECK(verdicts("true", step(R"(udp-echo = { between = "red -> blue", size = "1B" })") +
                               step(R"(udp-echo = { between = "red -> blue", size = "65507B" })") +
                               step(R"(udp-echo = { between = "red -> 10.9.0.1", port = 53 })") +
                               step(R"(udp-echo = { between = "red -> 2001:db8:9::1", size = "9000B" })") +
                               step(R"(udp-echo = { between = "* <-> *", family = "both" })")) ==
          "yes: echo\nyes: echo\nyes: echo\nyes: echo\nyes: echo from all 12 pairs\n");
}

TEST_CASE("how a UDP datagram is refused is told apart") {
    if (skipped_without_namespaces())
        return;
    std::string rules = R"(nft 'table inet filter { chain input {
        type filter hook input priority 0;
        udp dport 1001 drop;
        udp dport 1002 reject;
        udp dport 1003 reject with icmpx type admin-prohibited;
    }; }')";
    auto echo = [](const std::string& to, int port) {
        return step(fmt::format("udp-echo = {{ between = \"red -> {}\", port = {}, timeout = \"500ms\" }}",
                                to, port));
    };
    std::string tests;
    for (const char* to : {"10.0.2.2", "2001:db8:2::2"})
        for (int port = 1001; port <= 1004; ++port)
            tests += echo(to, port);
    CHECK(verdicts(rules, tests) == "no: timeout\nno: refused\nno: unreachable\nyes: echo\n"
                                    "no: timeout\nno: refused\nno: unreachable\nyes: echo\n");
}

TEST_CASE("a connection to what the node runs is open, and refused where it runs nothing") {
    if (skipped_without_namespaces())
        return;
    std::string server = R"(python3 -c '
import os, socket, time
server = socket.create_server(("", 80))
os.fork() or time.sleep(1000)')";
    CHECK(verdicts(server, step(R"(tcp-connect = { between = "red -> blue", port = 80 })") +
                               step(R"(tcp-connect = { between = "red -> blue", port = 81 })") +
                               step(R"(tcp-connect = { between = "red -> 10.7.0.1", port = 80 })") +
                               step("[tests.tcp-connect]\nbetween = \"red -> 10.8.0.1\"\nport = 80\n"
                                    "timeout = \"300ms\"") +
                               step("[tests.tcp-connect]\nbetween = \"red -> blue\"\nport = 80\n"
                                    "family = \"ipv6\"\nexpect = \"refused\"")) ==
          "yes: open\nno: refused\nno: unreachable\nno: timeout\nyes: refused\n");
}

TEST_CASE("an exchange comes from the address and port that were asked for, again and again") {
    if (skipped_without_namespaces())
        return;
    std::string rules = R"(nft 'table inet filter { chain input {
        type filter hook input priority 0; policy drop;
        meta l4proto { tcp, udp } th sport 1234 accept;
        ip daddr 10.9.0.1 tcp sport 7 accept; icmpv6 type != echo-request accept;
    }; }')";
    std::string tests;
    for (const char* verb : {"tcp-echo", "tcp-echo", "udp-echo"})
        tests += step(fmt::format("{} = {{ between = \"red -> blue\", source-port = 1234 }}", verb));
    tests += step(R"(tcp-echo = { between = "red -> blue", timeout = "300ms" })");
    tests += step(R"(tcp-echo = { between = "blue -> red", source = "10.9.0.1" })");
    CHECK(verdicts(rules, tests) == "yes: echo\nyes: echo\nyes: echo\nno: timeout\nyes: echo\n");
    CHECK(verdicts("true", step(R"(tcp-echo = { between = "red -> blue", source = "10.9.9.9" })")) ==
          "could not ask: cannot ask from 10.9.9.9 port 0 in red: Cannot assign requested address "
          "(EADDRNOTAVAIL)\n");
}

TEST_CASE(
    "a table of who reaches whom starts a server where the port is free, and asks who has it where not") {
    if (skipped_without_namespaces())
        return;
    std::string server = R"(python3 -c '
import os, socket, time
server = socket.create_server(("", 80))
os.fork() or time.sleep(1000)')";
    std::string table = "\"\"\"\n     red gate blue\nred   -   .    .\nblue  .   .    -\n\"\"\"";
    CHECK(verdicts(server, step("reach = " + table) + step("[tests.reach]\nport = 80\ntable = " + table) +
                               step("[tests.reach]\nport = 80\nprotocol = \"udp\"\ntable = " + table)) ==
          "yes: all 4 pairs of the table as it says\nyes: all 4 pairs of the table as it says\n"
          "yes: all 4 pairs of the table as it says\n");
}

TEST_CASE("the way of packets is told hop by hop, also where it ends") {
    if (skipped_without_namespaces())
        return;
    CHECK(verdicts(
              "true",
              step(R"(path = { between = "red -> blue", hops = ["gate", "blue"] })") +
                  step(R"(path = { between = "red -> blue", hops = ["*", "blue|red"], family = "ipv6" })") +
                  step(R"(path = { between = "red -> blue", hops = ["blue"] })") +
                  step(R"(path = { between = "red -> 10.7.0.1", hops = ["gate", "blue"] })") +
                  step("[tests.path]\nbetween = \"red -> 10.8.0.1\"\nhops = [\"gate\", \"blue\"]\n"
                       "timeout = \"300ms\"")) ==
          "yes: gate, blue\nyes: *, blue|red\nno: gate, blue\nno: gate\nno: no answer\n");
}

TEST_CASE("the way is the one that traceroute finds") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(routed, [](LiveLab& lab) {
        std::vector<CommandRequest> requests{
            {.on = lab.topology().find("red").value(),
             .argv = {"sh", "-c",
                      "command -v traceroute >/dev/null || exit 9; traceroute -n -q1 10.0.2.2 && "
                      "traceroute -6 -n -q1 2001:db8:2::2"}}};
        auto answers = lab.run(requests);
        if (!answers)
            return describe(answers.error());
        return answers->front().status == 9 ? "skipped" : answers->front().output.text();
    });
    if (said == "skipped")
        return skip("traceroute is not installed");
    CHECK_THAT(said, contains(" 1  10.0.1.2 ") && contains(" 2  10.0.2.2 ") &&
                         contains(" 1  2001:db8:1::2 ") && contains(" 2  2001:db8:2::2 "));
}

TEST_CASE("the largest packet that passes is found, also where what is larger vanishes") {
    if (skipped_without_namespaces())
        return;
    std::string rules = "nft 'table inet filter { chain input { type filter hook input priority 0; "
                        "ip length > 777 drop; }; }'";
    auto is = [](const std::string& to, const std::string& wanted) {
        return step(fmt::format("path-mtu = {{ between = \"{}\", {}, timeout = \"200ms\" }}", to, wanted));
    };
    CHECK(verdicts("true", is("red -> blue", "is = 1400") + is("red -> 2001:db8:2::2", "is = 1400") +
                               is("red -> gate", "min = 1400") + is("red -> blue", "is = 1500") +
                               is("red -> 10.7.0.1", "min = 100")) ==
          "yes: 1400 bytes\nyes: 1400 bytes\nyes: at least 1400 bytes\nno: 1400 bytes\nno: nothing passes\n");
    CHECK(verdicts(rules, is("red -> blue", "is = 777") + is("red -> blue", "max = 700")) ==
          "yes: 777 bytes\nno: 777 bytes\n");
}
