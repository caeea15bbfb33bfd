#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"
#include "tests/support/told_run.h"

#include <cerrno>

using namespace netrig;

static const std::string on_a_bridge = R"(
hosts = ["h[1-3]"]
bridges.br0 = { ports = ["*"], subnet = "10.0.0.0/24" }
[[tests]]
)";

static std::string verdict(const std::string& step, std::deque<Result<std::optional<FoundLink>>> links) {
    Scenario scenario = scenario_of(on_a_bridge + step + "\n");
    ScriptedLab lab(scenario.topology);
    lab.links = std::move(links);
    return show_verdict(std::get<LinkCheck>(scenario.tests[0].steps[0].verb).run(lab, {}));
}

static FoundLink found(LinkState state, std::string master = "br0", unsigned mtu = 1500) {
    return {state, std::move(master), mtu};
}

TEST_CASE("a link's state is told in the words that were asked for") {
    CHECK(verdict("link = { on = 'br0:h1', is = 'up', master = 'br0', mtu = 1500 }",
                  {found(LinkState::up)}) == R"(yes
expected: up, master br0, mtu 1500
actual: up, master br0, mtu 1500
| br0:h1: up, master br0, mtu 1500
)");
    CHECK(verdict("link = { on = 'br0:h1', master = '' }", {found(LinkState::down, "")}) == R"(yes
expected: no master
actual: no master
| br0:h1: no master
)");
}

TEST_CASE("a link that is not as expected says what the kernel has") {
    CHECK(verdict("link = { on = 'h1:eth0', is = 'up' }", {found(LinkState::lower_layer_down)}) == R"(no
expected: up
actual: lower-layer-down
| h1:eth0: lower-layer-down
)");
    CHECK(verdict("link = { on = 'br0:h1', master = 'br0', mtu = 9000 }", {found(LinkState::up, "")}) == R"(no
expected: master br0, mtu 9000
actual: no master, mtu 1500
| br0:h1: no master, mtu 1500
)");
    CHECK(verdict("link = { on = 'h1:eth0', is = 'down' }", {std::optional<FoundLink>()}) == R"(no
expected: down
actual: no such interface
| h1:eth0: no such interface
)");
}

TEST_CASE("an interface that must not be there, or must be") {
    CHECK(verdict("link = { on = 'h1:eth0', present = false }", {std::optional<FoundLink>()}) == R"(yes
expected: no such interface
actual: no such interface
| h1:eth0: no such interface
)");
    CHECK(verdict("link = { on = 'h1:eth0', present = false }", {found(LinkState::up)}) == R"(no
expected: no such interface
actual: up
| h1:eth0: up
)");
    CHECK(verdict("link = { on = 'h1:eth0', present = true }", {std::optional<FoundLink>()}) == R"(no
expected: the interface
actual: no such interface
| h1:eth0: no such interface
)");
}

TEST_CASE("a link that can't be asked is no answer") {
    CHECK(verdict("link = { on = 'h1:eth0', present = false }",
                  {failure({"ask for h1:eth0", ENOBUFS, "", ""})}) ==
          R"(could not ask
expected: no such interface
actual: cannot ask for h1:eth0: No buffer space available (ENOBUFS)
)");
}

TEST_CASE("of several links those that differ are listed") {
    CHECK(verdict("link = { on = ['h[1-3]:eth0', 'br0:br0', 'br0:h1'], is = 'up' }",
                  {found(LinkState::up), found(LinkState::down), found(LinkState::up),
                   found(LinkState::lower_layer_down), found(LinkState::up)}) == R"(no
expected: up on all 5 interfaces
actual: down (1 of 5 interfaces), lower-layer-down (1 of 5 interfaces)
| h2:eth0: down
| br0:br0: lower-layer-down
)");
    CHECK(verdict("link = { on = 'h[1-2]:eth0', is = 'up' }", {found(LinkState::up)}) == R"(yes
expected: up on all 2 interfaces
actual: up on all 2 interfaces
| h1:eth0: up
| h2:eth0: up
)");
}
