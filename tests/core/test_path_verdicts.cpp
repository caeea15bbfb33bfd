// path, path-mtu and reach: what they take, and what they say of answers.

#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"
#include "tests/support/told_run.h"

using namespace netrig;
using namespace std::chrono_literals;

namespace {

const std::string routed = R"(
hosts = ["h1", "h2"]
routers = ["r1", "r2"]
links = ["h1 -- r1", "r1 -- r2", "r2 -- h2"]
pool = ["10.0.0.0/16"]
[[tests]]
)";

template <class V>
std::string verdict(const std::string& step, std::deque<Result<std::vector<EchoAnswer>>> answers) {
    Scenario scenario = scenario_of(routed + step + "\n");
    ScriptedLab lab(scenario.topology);
    lab.echoes = std::move(answers);
    return show_verdict(std::get<V>(scenario.tests[0].steps[0].verb).run(lab, {}));
}

EchoAnswer reply() {
    return {.outcome = EchoOutcome::reply, .sent = 1, .received = 1, .why = {}};
}
EchoAnswer from(const std::string& address, EchoOutcome outcome = EchoOutcome::ttl_exceeded) {
    return {.outcome = outcome, .sent = 1, .reported_by = parse_ip(address), .why = {}};
}
EchoAnswer silence() {
    return {.outcome = EchoOutcome::no_reply, .sent = 1, .why = {}};
}

std::string messages(const std::string& step) {
    return messages_in(routed + step + "\n");
}

} // namespace

TEST_CASE("a path that is another names each hop, with the address that answered") {
    std::string step = R"(path = { between = "h1 -> h2", hops = ["r2", "r1", "h2"] })";
    CHECK(verdict<Path>(step, {{{from("10.0.0.2"), from("10.0.1.1"), reply(), reply()}}}) == R"(no
expected: r2, r1, h2
actual: r1, r2, h2
| h1 -> h2 (10.0.2.2): 1 r1 (10.0.0.2); 2 r2 (10.0.1.1); 3 h2 (10.0.2.2) replied
)");
    CHECK(verdict<Path>(step, {{{from("192.0.2.9"), silence(), silence(), silence()}}}) == R"(no
expected: r2, r1, h2
actual: 192.0.2.9, no answer
| h1 -> h2 (10.0.2.2): 1 192.0.2.9 (192.0.2.9); 2 no answer; 3 no answer; 4 no answer
)");
}

TEST_CASE("a hop that keeps silent is no other, unless any will do") {
    std::vector<EchoAnswer> answers{from("10.0.0.2"), silence(), reply(), reply()};
    CHECK(verdict<Path>(R"(path = { between = "h1 -> h2", hops = ["r1", "*", "h2"] })", {{answers}})
              .starts_with("yes\n"));
    CHECK(verdict<Path>(R"(path = { between = "h1 -> h2", hops = ["r1", "r2", "h2"] })", {{answers}}) == R"(no
expected: r1, r2, h2
actual: r1, ?, h2
| h1 -> h2 (10.0.2.2): 1 r1 (10.0.0.2); 2 no answer; 3 h2 (10.0.2.2) replied
)");
}

TEST_CASE("a path that ends at a router's refusal is no path, however many hops it has") {
    CHECK(verdict<Path>(R"(path = { between = "h1 -> h2", hops = ["r1", "r2"] })",
                        {{{from("10.0.0.2"), from("10.0.1.1", EchoOutcome::host_unreachable), silence()}}}) ==
          R"(no
expected: r1, r2
actual: r1, r2
| h1 -> h2 (10.0.2.2): 1 r1 (10.0.0.2); 2 r2 (10.0.1.1) reports that the target can't be reached
)");
}

TEST_CASE("mistakes in a path are refused") {
    CHECK(messages(R"(path = "h1 -> h2")") == "6:8 'path' lacks its hops, so nothing would be checked\n");
    CHECK(messages(R"(path = { between = "h1 -> h2", hops = [] })") ==
          "6:39 'hops' is empty, so nothing would be checked\n");
    CHECK(messages(R"(path = { between = "h1 -> h2", hops = ["r1|r3", "h2"] })") ==
          "6:44 unknown node 'r3'\n");
}

TEST_CASE("a path's largest packet is found in few questions, and who found more too big is named") {
    EchoAnswer too_big = from("10.0.0.2", EchoOutcome::too_big);
    CHECK(verdict<PathMtu>(R"(path-mtu = { between = "h1 -> h2", is = 1400 })",
                           {{{reply()}}, {{reply()}}, {{too_big}}}) == R"(yes
expected: 1400 bytes
actual: 1400 bytes
| h1 -> h2 (10.0.2.2): 1400 bytes pass, for more 10.0.0.2 says that they are too big
)");
    CHECK(verdict<PathMtu>(R"(path-mtu = { between = "h1 -> h2", min = 100 })", {{{silence()}}}) == R"(no
expected: at least 100 bytes
actual: nothing passes
| h1 -> h2 (10.0.2.2): nothing passes, not even 68 bytes
)");
}

TEST_CASE("mistakes in a path-mtu are refused") {
    CHECK(messages(R"(path-mtu = "h1 -> h2")") ==
          "6:12 'path-mtu' lacks a size, so nothing would be checked\n");
    CHECK(messages(R"(path-mtu = { between = "h1 -> h2" })") == "6:12 this 'path-mtu' checks nothing\n");
    CHECK(messages(R"(path-mtu = { between = "h1 -> h2", is = 67, min = 9, max = 3 })") ==
          "6:41 'is' takes an integer from 68 to 65535\n6:41 'is' says all that 'min' and 'max' could\n"
          "6:51 'min' takes an integer from 68 to 65535\n6:60 'max' takes an integer from 68 to 65535\n");
}

TEST_CASE("a table that is seen otherwise is shown beside the one that was wanted") {
    std::string step = R"(reach = """
         h2   r[1-2]
h1       .    x
h2       -    no-reply
""")";
    std::vector<EchoAnswer> answers{silence(), reply(), silence(), silence(), reply()};
    CHECK(verdict<Reach>(step, {{answers}}) == R"(no
expected: all 5 pairs of the table as it says
actual: 3 of 5 pairs otherwise
| expected:
|         h2  r[1-2]
|     h1  .   x
|     h2  -   no-reply
| seen, [what differs]:
|         h2          r[1-2]
|     h1  [no-reply]  [. 1/2]
|     h2  -           [. 1/2]
| h1 -> h2 (10.0.2.2): expected reply, got no-reply
| h1 -> r1 (10.0.0.2): expected not to be reached, got reply
| h2 -> r2 (10.0.2.1): expected no-reply, got reply
)");
    answers = {reply(), silence(), from("10.0.0.2", EchoOutcome::prohibited), silence(), silence()};
    CHECK(verdict<Reach>(step, {{answers}}).starts_with("yes\n"));
    CHECK(verdict<Reach>(step, {failure({"ask", ENOMEM, {}, {}})}).starts_with("could not ask\n"));
}

TEST_CASE("mistakes in a table point at its cells") {
    CHECK(mistakes_in(routed + R"(reach = """
         h2   h3
h1       .    refused
h2       -
r1       .    x
"""
)") == R"(error: unknown node 'h3'
  --> net.toml:7:15
   |
 7 |          h2   h3
   |               ^^
  help: did you mean 'h1'?

error: 'refused' is no outcome
  --> net.toml:8:15
   |
 8 | h1       .    refused
   |               ^^^^^^^
  help: known here: ., x, -, reply, no-reply, no-route, host-unreachable, net-unreachable, prohibited, too-big, ttl-exceeded

error: the row 'h2' has cells for 1 columns, not for 2
  --> net.toml:9:1
   |
 9 | h2       -
   | ^^

)");
    CHECK(messages("reach = \"\"\"h1\n\"\"\"") ==
          "6:9 a table has a line of targets, and below it a line for each source\n");
    CHECK(messages("reach = \"\"\"\n   h1\nh2 -\n\"\"\"") == "6:9 the table asks nothing\n");
    CHECK(messages("reach = { table = \"\"\"\n   h1\nh2 .\n\"\"\", protocol = \"udp\" }") ==
          "9:17 'protocol' says how a port is asked, and there is none\n");
    CHECK(messages("reach = { port = 80, table = \"\"\"\n   h1\nh2 no-reply\n\"\"\" }") ==
          "8:4 'no-reply' is no outcome\n");
    CHECK(messages("reach = 3") ==
          "6:9 'reach' takes a table in a string, or a table of settings, not an integer\n");
}
