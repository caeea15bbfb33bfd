#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"
#include "tests/support/told_run.h"

#include <cerrno>
#include <fmt/ranges.h>

using namespace netrig;

namespace {

const std::string pair = R"(
hosts = ["red", "blue", "green"]
links = ["red -- blue", "blue -- green"]
[[tests]]
)";

/// What a step did to the lab, and what it says of it.
template <class V>
std::string doing(const std::string& step, std::deque<Status> changes = {}, std::size_t passes = ~0UL) {
    Scenario scenario = scenario_of(pair + step + "\n");
    ScriptedLab lab(scenario.topology);
    lab.changes = std::move(changes);
    lab.passes = passes;
    std::string verdict = show_verdict(std::get<V>(scenario.tests[0].steps[0].verb).run(lab, {}));
    return fmt::format("{}\n{}", fmt::join(lab.made_changes, ", "), verdict);
}

Status no_such_device() {
    return failure({"find red:eth0", ENODEV, {}, {}});
}

} // namespace

TEST_CASE("cutting, healing and impairing do each direction, and name what they did") {
    CHECK(doing<Cut>("cut = 'red:eth0'") == R"(red:eth0 cut, blue:eth0 cut
yes
expected: red:eth0 cut
actual: red:eth0 cut
)");
    CHECK(doing<Heal>("heal = { on = 'red:eth0', direction = 'send' }") == R"(red:eth0 healed
yes
expected: red:eth0 (send) healed
actual: red:eth0 (send) healed
)");
    CHECK(doing<Heal>("heal = true") == R"(all healed
yes
expected: all cuts and partitions healed
actual: all cuts and partitions healed
)");
    CHECK(doing<Partition>("partition = [['red'], ['blue', 'green']]") == R"(2 groups
yes
expected: red | blue, green apart
actual: red | blue, green apart
)");
    CHECK(doing<Impair>("impair = { link = 'red -- blue', delay = '5ms' }") ==
          R"(red:eth0 delay 5ms, blue:eth0 delay 5ms
yes
expected: red -- blue impaired: delay 5ms
actual: red -- blue impaired: delay 5ms
)");
}

TEST_CASE("a change that can't be made is no answer, and nothing more is done") {
    CHECK(doing<Cut>("cut = 'red:eth0'", {no_such_device()}) == R"(red:eth0 cut
could not ask
expected: red:eth0 cut
actual: cannot find red:eth0: No such device (ENODEV)
)");
    CHECK(doing<Impair>("impair = { on = 'red:eth0', loss = '1%' }", {Status(), no_such_device()}) ==
          R"(red:eth0 loss 1%, blue:eth0 loss 1%
could not ask
expected: red:eth0 impaired: loss 1%
actual: cannot find red:eth0: No such device (ENODEV)
)");
}

TEST_CASE("a flap takes the carrier as often as was asked, with waits between only") {
    CHECK(doing<Flap>("flap = 'red:eth0'") == R"(red:eth0 unplugged, 100ms, red:eth0 plugged
yes
expected: red:eth0 without carrier once
actual: red:eth0 without carrier once
)");
    CHECK(doing<Flap>(
              "flap = { link = ['red -- blue', 'blue -- green'], times = 2, down = '1ms', up = '2ms' }") ==
          R"(red:eth0 unplugged, blue:eth1 unplugged, 1ms, red:eth0 plugged, blue:eth1 plugged, 2ms, )"
          R"(red:eth0 unplugged, blue:eth1 unplugged, 1ms, red:eth0 plugged, blue:eth1 plugged
yes
expected: red -- blue, blue -- green without carrier 2 times
actual: red -- blue, blue -- green without carrier 2 times
)");
}

TEST_CASE("a flap that has no time to be done is no flap, and leaves the link with its carrier") {
    CHECK(doing<Flap>("flap = { on = 'red:eth0', times = 9 }", {}, 2) ==
          R"(red:eth0 unplugged, 100ms, red:eth0 plugged, 100ms, red:eth0 unplugged, 100ms, red:eth0 plugged
could not ask
expected: red:eth0 without carrier 9 times
actual: the time was over in flap 2 of 9
)");
    CHECK(doing<Flap>("flap = { on = 'red:eth0', times = 9 }", {}, 1) ==
          R"(red:eth0 unplugged, 100ms, red:eth0 plugged, 100ms, red:eth0 plugged
could not ask
expected: red:eth0 without carrier 9 times
actual: the time was over in flap 2 of 9
)");
}
