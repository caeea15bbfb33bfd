#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"
#include "tests/support/told_run.h"

#include <cerrno>

using namespace netrig;
using namespace std::chrono_literals;

// `for`, `needs` and `expect-failure`; `within` is in test_test_run.cpp.

namespace {

const std::string two_nodes = R"(
hosts = ["red", "blue"]
links = [{ ends = ["red:veth0", "blue:veth1"], addresses = ["10.0.0.1/24", "10.0.0.2/24"] }]
)";

FoundLink found(LinkState state) {
    return {state, "", 1500};
}

/// Counts of questions differ with the machine's speed.
std::string told(const std::string& tests, std::deque<Result<std::optional<FoundLink>>> links) {
    Scenario scenario = scenario_of(two_nodes + tests);
    ScriptedLab lab(scenario.topology);
    lab.links = std::move(links);
    std::string text = std::regex_replace(told_by(scenario, lab), std::regex("held for [0-9.]+ (ns|us|ms|s)"),
                                          "held for TIME");
    return std::regex_replace(text, std::regex("asked ([0-9]+ times|once)"), "asked N");
}

const std::string up_for = "[[tests]]\nlink = { on = 'red:veth0', is = 'up' }\nfor = '5ms'\n";
/// Of what is over before its time; on a busy machine a short one would be over first.
const std::string up_for_long = "[[tests]]\nlink = { on = 'red:veth0', is = 'up' }\nfor = '1min'\n";

} // namespace

TEST_CASE("what must hold for a time is asked until that is over") {
    CHECK(told(up_for, {found(LinkState::up)}) == R"(test 0
step 0: link red:veth0
at 4:1: yes
expected: up
actual: up
| red:veth0: up
| held for TIME, asked N
test 0 passed
)");
}

TEST_CASE("what holds no longer says when that was seen, and what it was then") {
    CHECK(told(up_for_long, {found(LinkState::up), found(LinkState::up), found(LinkState::down)}) == R"(test 0
step 0: link red:veth0
at 4:1: no
expected: up for 60 s
actual: down
| red:veth0: down
| no longer after TIME, asked N
   |
 4 | link = { on = 'red:veth0', is = 'up' }
   | ^^^^
test 0 failed
)");
    CHECK(told(up_for, {found(LinkState::down)}).find("| not even at first\n") != std::string::npos);
    std::string unasked = told(up_for_long, {found(LinkState::up), failure({"ask", ENOBUFS, {}, {}})});
    CHECK(unasked.find("could not ask\nexpected: up for 60 s\n") != std::string::npos);
}

TEST_CASE("what must come true and then hold is first waited for") {
    std::string within = up_for + "within = '1min'\n";
    CHECK(told(within, {found(LinkState::down), found(LinkState::up)}) == R"(test 0
step 0: link red:veth0
at 4:1: yes
expected: up
actual: up
| red:veth0: up
| held for TIME, asked N
test 0 passed
)");
    CHECK(told(up_for_long + "within = '1min'\n",
               {found(LinkState::down), found(LinkState::up), found(LinkState::down)})
              .find("| no longer after TIME, asked N\n") != std::string::npos);
}

TEST_CASE("a test that needs another is skipped where that did not pass, and what needs it too") {
    const std::string tests = R"(
[[tests]]
name = 'first'
link = { on = 'red:veth0', is = 'up' }
[[tests]]
name = 'second'
link = { on = 'red:veth0', is = 'up' }
needs = 'first'
[[tests]]
name = 'third'
link = { on = 'red:veth0', is = 'up' }
needs = ['first', 'second']
[[tests]]
name = 'fourth'
link = { on = 'red:veth0', is = 'up' }
needs = ['second']
)";
    std::string said = told(tests, {found(LinkState::down)});
    CHECK(said.substr(said.find("test 0 failed")) == R"(test 0 failed
test 1 skipped: it needs 'first', which failed
test 2 skipped: it needs 'first', which failed
test 3 skipped: it needs 'second', which was skipped
)");
    CHECK(told(tests, {found(LinkState::up)}).ends_with("test 3 passed\n"));
}

TEST_CASE("what is expected to fail passes by failing, fails by passing, and errs by an error") {
    const std::string known = "[[tests]]\nlink = { on = 'red:veth0', is = 'up' }\nexpect-failure = 'bug 7'\n";
    CHECK(told(known, {found(LinkState::down)}).ends_with("test 0 passed: failed as expected: bug 7\n"));
    CHECK(told(known, {found(LinkState::up)})
              .ends_with("test 0 failed: passed, though it was expected to fail: bug 7\n"));
    CHECK(told(known, {failure({"ask", ENOBUFS, {}, {}})}).ends_with("test 0 errored\n"));
}

TEST_CASE("mistakes in what a test or a step says of itself") {
    auto mistakes = [](const std::string& tests) { return mistakes_in(two_nodes + tests); };
    CHECK(mistakes("[[tests]]\nlink-down = 'red:veth0'\nfor = '1s'\n") ==
          R"(error: an action is done once; 'for' belongs to a check after it
  --> net.toml:5:7
   |
 5 | for = '1s'
   |       ^^^^

)");
    CHECK(mistakes("[[tests]]\nname = 'a'\nping = 'red -> blue'\nneeds = 'b'\n[[tests]]\nname = 'b'\n"
                   "ping = 'red -> blue'\nneeds = 'A'\n") ==
          R"(error: no test before this one is called 'b'
  --> net.toml:6:9
   |
 6 | needs = 'b'
   |         ^^^

error: no test before this one is called 'A'
  --> net.toml:10:9
    |
 10 | needs = 'A'
    |         ^^^
  help: did you mean 'a'?

)");
    CHECK(mistakes("[[tests]]\nping = 'red -> blue'\nexpect-failure = ''\n") ==
          R"(error: 'expect-failure' takes the reason why it is known to fail
  --> net.toml:5:18
   |
 5 | expect-failure = ''
   |                  ^^

)");
}
