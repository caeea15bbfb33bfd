#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>

using namespace netrig;

/// 'a' with two links to 'b', both families on the first; `rules` on a.
static std::string file(const std::string& rules) {
    return R"(
hosts = ["a", "b"]
links = [
  { ends = ["a", "b"], subnets = ["10.0.0.0/24", "2001:db8::/64"] },
  { ends = ["a", "b"], subnet = "10.0.1.0/24" },
]
tests = [{ ping = "a -> b" }]
[nodes.a]
rules = [)" +
           rules + "]\n";
}

static std::string rules_of(const std::string& rules) {
    Scenario scenario = scenario_of(file(rules));
    std::string lines;
    for (const PlannedOp& planned : make_plan(scenario.topology))
        if (std::holds_alternative<AddRule>(planned.op))
            lines += describe(planned.op, scenario.topology) + "\n";
    return lines;
}

/// The one mistake in a rule: message, the marked part of the rule, help.
static std::string mistake(const std::string& rule) {
    Loaded loaded = load_scenario(source_of(file("'" + rule + "'")));
    REQUIRE(loaded.diagnostics.size() == 1);
    const Diagnostic& diagnostic = loaded.diagnostics[0];
    CHECK(diagnostic.span.begin.line == 8);
    std::string line = "rules = ['" + rule + "']";
    std::string marked = line.substr(diagnostic.span.begin.column - 1,
                                     diagnostic.span.end.column - diagnostic.span.begin.column);
    return fmt::format("{} [{}] {}", diagnostic.message, marked, diagnostic.help);
}

TEST_CASE("every word of a rule is read") {
    CHECK(rules_of(R"(
'from 10.0.0.0/8 table 100 priority 1000',
'inet fwmark 0x1/0xff table 7 pref 1001',
'inet fwmark 17 lookup main preference 1002',
'inet iif eth0 oif eth1 unreachable order 1003',
'to 2001:db8:1::/48 blackhole priority 1004',
'from 10.0.0.1 prohibit priority 1005',
'inet ipproto tcp sport 1024-65535 dport 80 table local priority 1006',
'inet6 not from all ipproto 89 nop priority 1007',
'inet uidrange 0-99 tos 10 goto 2000 priority 1008',
'inet table main suppress_prefixlength 0 priority 1009',
'inet l3mdev priority 1010',
)") == R"(add rule inet from 10.0.0.0/8 table 100 priority 1000 in a
add rule inet from all fwmark 0x1/0xff table 7 priority 1001 in a
add rule inet from all fwmark 0x11 table main priority 1002 in a
add rule inet from all iif eth0 oif eth1 unreachable priority 1003 in a
add rule inet6 from all to 2001:db8:1::/48 blackhole priority 1004 in a
add rule inet from 10.0.0.1/32 prohibit priority 1005 in a
add rule inet from all ipproto 6 sport 1024-65535 dport 80 table local priority 1006 in a
add rule inet6 not from all ipproto 89 nop priority 1007 in a
add rule inet from all tos 0x10 uidrange 0-99 goto 2000 priority 1008 in a
add rule inet from all table main suppress_prefixlength 0 priority 1009 in a
add rule inet from all l3mdev priority 1010 in a
)");
}

TEST_CASE("a rule that names no family is for each that the node speaks, in the order of the file") {
    CHECK(rules_of("'iif eth0 table 7', 'iif eth1 table 8', 'to 10.9.0.0/16 table 9 priority 5'") ==
          R"(add rule inet from all iif eth0 table 7 priority 32764 in a
add rule inet6 from all iif eth0 table 7 priority 32764 in a
add rule inet from all iif eth1 table 8 priority 32765 in a
add rule inet6 from all iif eth1 table 8 priority 32765 in a
add rule inet from all to 10.9.0.0/16 table 9 priority 5 in a
)");
    Scenario scenario =
        scenario_of("hosts = ['a', 'b']\nlinks = [{ ends = ['a', 'b'], subnet = '10.0.0.0/24' }]\n"
                    "tests = [{ ping = 'a -> b' }]\nnodes.a.rules = 'iif eth0 table 7'\n");
    REQUIRE(scenario.topology.nodes[0].rules.size() == 1);
    CHECK(show(scenario.topology.nodes[0].rules[0]) == "inet from all iif eth0 table 7 priority 32765");
}

TEST_CASE("rules come after the routes in the plan") {
    std::string plan = plan_of(file("'from 10.0.0.1 table 7'") + "routes = ['default via b table 7']\n");
    CHECK(plan.find("add route") < plan.find("add rule"));
}

TEST_CASE("a mistake in a rule is shown at its word") {
    CHECK(mistakes_in(file("'from 10.0.0.0/8 tabel 100'")) == R"(error: unknown word 'tabel' in a rule
  --> net.toml:8:27
   |
 8 | rules = ['from 10.0.0.0/8 tabel 100']
   |                           ^^^^^
  help: did you mean 'table'?

)");
    CHECK(mistake("from 10.0.0.1/8 table 7") ==
          "'10.0.0.1/8' has bits set beyond its prefix length [10.0.0.1/8] did you mean '10.0.0.0/8'?");
    CHECK(mistake("from b table 7") ==
          "'b' is no network [b] \"10.0.0.0/8\", \"2001:db8::/32\", an address or \"all\"");
    CHECK(mistake("from 10.0.0.0/8 to 2001:db8::/32 table 7") ==
          "2001:db8::/32 is no IPv4 network [2001:db8::/32] ");
    CHECK(mistake("from 10.0.0.0/8") ==
          "this rule does nothing ['from 10.0.0.0/8'] add \"table 100\", \"unreachable\", \"blackhole\" or "
          "\"prohibit\"");
    CHECK(mistake("table 7 unreachable") == "a rule does one thing, and this is a second [unreachable] ");
    CHECK(mistake("table") == "'table' wants a word after it [table] ");
    CHECK(mistake("pref 5 priority 6 table 7") == "'priority' stands here twice [priority] ");
    CHECK(mistake("fwmark 0x1/0x2/0x3 table 7") ==
          "'0x1/0x2/0x3' is no mark [0x1/0x2/0x3] \"0x1\" or \"0x1/0xff\"");
    CHECK(mistake("fwmark 0xg table 7") == "'0xg' is no mark [0xg] a number from 0 to 4294967295");
    CHECK(mistake("iif eth7 table 7") == "node 'a' has no interface 'eth7' [eth7] did you mean 'eth0'?");
    CHECK(mistake("dport 90-80 table 7") == "'90-80' is no range [90-80] \"80\" or \"80-90\"");
    CHECK(mistake("dport 80-90-91 table 7") == "'80-90-91' is no range [80-90-91] \"80\" or \"80-90\"");
    CHECK(mistake("ipproto ospf table 7") ==
          "'ospf' is no protocol [ospf] tcp, udp, icmp, icmpv6, sctp, gre, esp, ah, or a number");
    CHECK(mistake("tos 11 table 7") ==
          "'11' is no type of service [11] a hexadecimal number without the bits of ECN: 0x10");
    CHECK(mistake("goto 5 priority 6") == "a rule of priority 6 can't go back to 5 [5] ");
}

TEST_CASE("the same rule twice on a node is refused") {
    CHECK(messages_in(file("'inet iif eth0 table 7 priority 5', 'inet iif eth0 table 7 priority 5'")) ==
          "8:46 'a' has the same rule twice\n");
    CHECK(messages_in(file("'iif eth0 table 7', 'iif eth0 table 7'")) == "");
}
