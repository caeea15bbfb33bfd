#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"
#include "tests/support/told_run.h"

#include <fmt/format.h>

using namespace netrig;
using namespace std::chrono_literals;

static const std::string on_a_bridge = R"(
hosts = ["h[1-3]"]
bridges.br0 = { ports = ["*"], subnet = "10.0.0.0/24" }
[[tests]]
)";

/// The verdict of the one step when its question is answered so.
static std::string verdict(const std::string& step, std::vector<EchoAnswer> answers) {
    Scenario scenario = scenario_of(on_a_bridge + step + "\n");
    ScriptedLab lab(scenario.topology);
    lab.echoes = {{std::move(answers)}};
    std::string text = show_verdict(std::get<Ping>(scenario.tests[0].steps[0].verb).run(lab, {}));
    CHECK(lab.asked_echoes.size() == 1); // a batch, however many pairs
    return text;
}

static EchoAnswer reply(nanoseconds time = 20us) {
    return {EchoOutcome::reply, 1, 1, time, time, time, {}, {}};
}
static EchoAnswer silence() {
    return {EchoOutcome::no_reply, 1, 0, {}, {}, {}, {}, {}};
}

static EchoAnswer counted(unsigned sent, unsigned received) {
    return {EchoOutcome::reply, sent, received, 1ms, 2ms, 30ms, {}, {}};
}

TEST_CASE("a reply is told with its round trip, several with least, mean and most") {
    CHECK(verdict(R"(ping = "h1 -> h2")", {reply()}) == R"(yes
expected: reply
actual: reply
| h1 -> h2 (10.0.0.2): 1 of 1 answered, round trip 20 us
)");
    CHECK(verdict(R"(ping = { between = "h1 -> h2", count = 3 })", {counted(3, 3)}) == R"(yes
expected: reply
actual: reply
| h1 -> h2 (10.0.0.2): 3 of 3 answered, round trip 1 ms/2 ms/30 ms least/mean/most
)");
}

TEST_CASE("no reply says how long it was waited for") {
    CHECK(verdict(R"(ping = { between = "h1 -> h2", count = 3, timeout = "1s" })",
                  {{EchoOutcome::no_reply, 3, 0, {}, {}, {}, {}, {}}}) == R"(no
expected: reply
actual: no-reply
| h1 -> h2 (10.0.0.2): no-reply, 3 sent, waited 1 s
)");
}

TEST_CASE("an ICMP error says who sent it, a refusal what the own kernel said") {
    CHECK(verdict(R"(ping = "h1 -> h2")",
                  {{EchoOutcome::host_unreachable, 1, 0, {}, {}, {}, parse_ip("10.0.0.3"), {}}}) == R"(no
expected: reply
actual: host-unreachable
| h1 -> h2 (10.0.0.2): host-unreachable, reported by 10.0.0.3
)");
    CHECK(verdict(R"(ping = "h1 -> 192.0.2.1")",
                  {{EchoOutcome::no_route, 0, 0, {}, {}, {}, {}, "Network is unreachable (ENETUNREACH)"}}) ==
          R"(no
expected: reply
actual: no-route
| h1 -> 192.0.2.1: no-route, the sender's own kernel says: Network is unreachable (ENETUNREACH)
)");
}

TEST_CASE("an outcome that must be and is not says what came instead") {
    CHECK(verdict(R"(ping = { between = "h1 -> h2", expect = "no-reply" })", {reply()}) == R"(no
expected: no-reply
actual: reply
| h1 -> h2 (10.0.0.2): 1 of 1 answered, round trip 20 us
)");
    CHECK(verdict(R"(ping = { between = "h1 -> h2", expect = "prohibited" })",
                  {{EchoOutcome::prohibited, 1, 0, {}, {}, {}, parse_ip("10.0.0.2"), {}}}) == R"(yes
expected: prohibited
actual: prohibited
| h1 -> h2 (10.0.0.2): prohibited, reported by 10.0.0.2
)");
}

TEST_CASE("failures of a mesh are grouped by what came, and only they are listed") {
    std::vector<EchoAnswer> answers(6, reply());
    answers[1] = silence();
    answers[3] = silence();
    answers[5] = {EchoOutcome::no_route, 0, 0, {}, {}, {}, {}, "no route"};
    CHECK(verdict(R"(ping = "* <-> *")", answers) == R"(no
expected: reply from all 6 pairs
actual: no-reply (2 of 6 pairs), no-route (1 of 6 pairs)
| h1 -> h3 (10.0.0.3): no-reply, 1 sent, waited 2 s
| h2 -> h3 (10.0.0.3): no-reply, 1 sent, waited 2 s
| h3 -> h2 (10.0.0.2): no-route, the sender's own kernel says: no route
)");
}

TEST_CASE("up to four pairs are listed when all is well, more are not") {
    CHECK(verdict(R"(ping = "h1 <-> h2")", {reply(), reply(1500us)}) == R"(yes
expected: reply from all 2 pairs
actual: reply from all 2 pairs
| h1 -> h2 (10.0.0.2): 1 of 1 answered, round trip 20 us
| h2 -> h1 (10.0.0.1): 1 of 1 answered, round trip 1.5 ms
)");
    CHECK(verdict(R"(ping = "* <-> *")", std::vector<EchoAnswer>(6, reply())) == R"(yes
expected: reply from all 6 pairs
actual: reply from all 6 pairs
)");
}

TEST_CASE("of many failures twenty are listed and the rest is counted") {
    Scenario scenario = scenario_of(R"(
hosts = ["h[1-6]"]
bridges.br0 = { ports = ["*"], subnet = "10.0.0.0/24" }
[[tests]]
ping = "* <-> *"
)");
    ScriptedLab lab(scenario.topology);
    lab.echoes = {{std::vector<EchoAnswer>(30, silence())}};
    Verdict found = std::get<Ping>(scenario.tests[0].steps[0].verb).run(lab, {});
    CHECK(found.actual == "no-reply (30 of 30 pairs)");
    REQUIRE(found.details.size() == 21);
    CHECK(found.details[0] == "h1 -> h2 (10.0.0.2): no-reply, 1 sent, waited 2 s");
    CHECK(found.details[20] == "and 10 more");
}

TEST_CASE("loss over the limit fails and shows the limit") {
    CHECK(verdict(R"(ping = { between = "h1 -> h2", count = 10 })", {counted(10, 9)}) == R"(no
expected: reply
actual: 10% loss, over the 0% allowed
| h1 -> h2 (10.0.0.2): 9 of 10 answered, round trip 1 ms/2 ms/30 ms least/mean/most
)");
    CHECK(verdict(R"(ping = { between = "h1 -> h2", count = 10, max-loss = "10%" })", {counted(10, 8)}) ==
          R"(no
expected: reply (at most 10% lost)
actual: 20% loss, over the 10% allowed
| h1 -> h2 (10.0.0.2): 8 of 10 answered, round trip 1 ms/2 ms/30 ms least/mean/most
)");
    CHECK(verdict(R"(ping = { between = "h1 -> h2", count = 10, max-loss = "10%" })", {counted(10, 9)})
              .starts_with("yes\n"));
}

TEST_CASE("loss at the limit is allowed, whatever the count") {
    for (unsigned lost : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U}) {
        std::string step =
            fmt::format(R"(ping = {{ between = "h1 -> h2", count = 10, max-loss = "{}0%" }})", lost);
        INFO(step);
        CHECK(verdict(step, {counted(10, 10 - lost)}).starts_with("yes\n"));
    }
}

TEST_CASE("round trips out of their limits fail and show the limit") {
    std::string limits = R"(ping = { between = "h1 -> h2", count = 3, max-rtt = "29ms", min-rtt = "1ms" })";
    CHECK(verdict(limits, {counted(3, 3)}) == R"(no
expected: reply within 29 ms after 1 ms or more
actual: a round trip over 29 ms
| h1 -> h2 (10.0.0.2): 3 of 3 answered, round trip 1 ms/2 ms/30 ms least/mean/most
)");
    CHECK(verdict(R"(ping = { between = "h1 -> h2", min-rtt = "2ms" })", {reply(1ms)}) == R"(no
expected: reply after 2 ms or more
actual: a round trip under 2 ms
| h1 -> h2 (10.0.0.2): 1 of 1 answered, round trip 1 ms
)");
    CHECK(verdict(R"(ping = { between = "h1 -> h2", max-rtt = "1ms", min-rtt = "1ms" })", {reply(1ms)})
              .starts_with("yes\n"));
}

TEST_CASE("the requests carry what the file says") {
    Scenario scenario = scenario_of(on_a_bridge + R"(
ping = { between = "h1:eth0 -> h2", count = 3, interval = "5ms", size = "8B", ttl = 2, dont-fragment = true }
)");
    ScriptedLab lab(scenario.topology);
    lab.echoes = {{{counted(3, 3)}}};
    std::get<Ping>(scenario.tests[0].steps[0].verb).run(lab, {.timeout = 7s});
    const EchoRequest& request = lab.asked_echoes.at(0).at(0);
    CHECK(request.from == 0);
    CHECK(show(request.to) == "10.0.0.2");
    CHECK(show(request.source.value()) == "10.0.0.1");
    CHECK(request.count == 3);
    CHECK(request.interval == 5ms);
    CHECK(request.size == 8);
    CHECK(request.hop_limit == 2U);
    CHECK(request.dont_fragment);
    CHECK(request.timeout == 7s);
}
