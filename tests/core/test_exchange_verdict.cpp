#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"
#include "tests/support/told_run.h"

#include <cerrno>

using namespace netrig;
using namespace std::chrono_literals;

static const std::string on_a_bridge = R"(
hosts = ["h[1-3]"]
bridges.br0 = { ports = ["*"], subnet = "10.0.0.0/24" }
[[tests]]
)";

static std::string verdict(const std::string& step, Result<std::vector<ExchangeAnswer>> answers) {
    Scenario scenario = scenario_of(on_a_bridge + step + "\n");
    ScriptedLab lab(scenario.topology);
    lab.exchanges = {std::move(answers)};
    return show_verdict(std::get<TcpEcho>(scenario.tests[0].steps[0].verb).run(lab, {}));
}

TEST_CASE("an echo says how many bytes came back and how fast") {
    CHECK(verdict(R"(tcp-echo = { between = "h1 -> h2", port = 80, size = "1KiB" })",
                  {{ExchangeAnswer{ExchangeOutcome::done, 340us, {}}}}) == R"(yes
expected: echo
actual: echo
| h1 -> h2 (10.0.0.2) port 80: 1024 bytes echoed in 340 us
)");
}

TEST_CASE("a connection that was not echoed says what came instead, after what time, in the kernel's words") {
    CHECK(verdict(R"(tcp-echo = "h1 -> h2")",
                  {{ExchangeAnswer{ExchangeOutcome::refused, 50us, "Connection refused (ECONNREFUSED)"}}}) ==
          R"(no
expected: echo
actual: refused
| h1 -> h2 (10.0.0.2) port 7: refused after 50 us: Connection refused (ECONNREFUSED)
)");
    CHECK(verdict(R"(tcp-echo = "h1 -> h2")", {{ExchangeAnswer{ExchangeOutcome::timeout, 3s, {}}}}) == R"(no
expected: echo
actual: timeout
| h1 -> h2 (10.0.0.2) port 7: timeout after 3 s
)");
    CHECK(verdict(R"(tcp-echo = "h1 -> h2")",
                  {{ExchangeAnswer{ExchangeOutcome::mismatch, 1ms, "byte 3 is 0x00, not 0x33"}}}) == R"(no
expected: echo
actual: mismatch
| h1 -> h2 (10.0.0.2) port 7: mismatch after 1 ms: byte 3 is 0x00, not 0x33
)");
}

TEST_CASE("a refusal that must be passes on nothing else") {
    std::string step = R"(tcp-echo = { between = "h1 -> h2", expect = "refused" })";
    CHECK(verdict(step, {{ExchangeAnswer{ExchangeOutcome::refused, 1ms, {}}}}).starts_with("yes\n"));
    CHECK(verdict(step, {{ExchangeAnswer{ExchangeOutcome::unreachable, 1ms, {}}}}) == R"(no
expected: refused
actual: unreachable
| h1 -> h2 (10.0.0.2) port 7: unreachable after 1 ms
)");
    CHECK(verdict(step, failure({"listen on port 7 in h2", EADDRINUSE, "", ""})) == R"(could not ask
expected: refused
actual: cannot listen on port 7 in h2: Address already in use (EADDRINUSE)
)");
}

TEST_CASE("failures between many are grouped by what came") {
    std::vector<ExchangeAnswer> answers(6, {ExchangeOutcome::done, 1ms, {}});
    answers[0] = answers[4] = {ExchangeOutcome::timeout, 3s, {}};
    CHECK(verdict(R"(tcp-echo = "* <-> *")", answers) == R"(no
expected: echo from all 6 pairs
actual: timeout (2 of 6 pairs)
| h1 -> h2 (10.0.0.2) port 7: timeout after 3 s
| h3 -> h1 (10.0.0.1) port 7: timeout after 3 s
)");
}

TEST_CASE("the echo server is started in the node that has the address") {
    Scenario scenario = scenario_of(
        on_a_bridge + "tcp-echo = { between = \"h1 -> 10.0.0.3\", port = 9, timeout = \"1s\" }\n");
    ScriptedLab lab(scenario.topology);
    lab.exchanges = {{{ExchangeAnswer{ExchangeOutcome::done, 1ms, {}}}}};
    std::get<TcpEcho>(scenario.tests[0].steps[0].verb).run(lab, {.timeout = {}, .repeated = true});
    const ExchangeRequest& request = lab.asked_exchanges.at(0).at(0);
    CHECK(request.from == 0);
    CHECK(request.server == 2);
    CHECK(show(request.to) == "10.0.0.3");
    CHECK(request.port == 9);
    CHECK(request.size == 16);
}
