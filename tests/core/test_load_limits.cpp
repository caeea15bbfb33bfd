#include "core/load_limits.h"
#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

using namespace netrig;

TEST_CASE("limits that no node can have are refused") {
    CHECK(messages_in(R"(
hosts = ["red"]
[nodes.red]
limits = { memory = "4kB", cpu = "half", processes = 0, disk = "1GB" }
[nodes.blue]
limits = {}
[nodes.green]
limits = 3
[[tests]]
exec = { on = "red", command = ["true"] }
)") == R"(3:21 no program starts in less than 1 MiB of memory
3:34 'half' is no share of a processor
3:54 'processes' takes an integer from 1 to 4194304
3:57 unknown key 'disk' in 'limits'
5:10 'limits' is empty, so nothing would be limited
7:10 'limits' takes a table, not an integer
)");
}

TEST_CASE("limits come before a node's programs, and need the controllers that they are of") {
    std::string text = R"(
hosts = ["red"]
[nodes.red]
limits = { memory = "64MiB", cpu = "150%", processes = 20 }
[[tests]]
exec = { on = "red", command = ["true"] }
)";
    Scenario scenario = scenario_of(text);
    CHECK(show(*scenario.topology.nodes[0].limits) == "memory 67108864 bytes, cpu 150%, 20 processes");
    CHECK(plan_of(text).find("limit red to memory 67108864 bytes, cpu 150%, 20 processes") !=
          std::string::npos);
    std::vector<Requirement> needed = requirements_of(scenario.topology);
    REQUIRE(needed.size() == 3);
    CHECK(needed[0].feature == "cgroup:memory");
    CHECK(needed[1].feature == "cgroup:cpu");
    CHECK(needed[2].feature == "cgroup:pids");
}
