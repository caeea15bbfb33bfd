#include "core/rulesets.h"
#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>

using namespace netrig;

namespace {

const std::string some_test = "[[tests]]\nping = \"red -> blue\"\n";

std::string place_of(const std::string& text, std::uint32_t line, std::uint32_t column) {
    Scenario scenario = scenario_of(text);
    Position at = position_in_text(*scenario.source, scenario.topology.nodes[0].ruleset->span, line, column);
    return fmt::format("{}:{}", at.line, at.column);
}

} // namespace

TEST_CASE("a place in a ruleset is a place in the scenario, however the ruleset is written") {
    std::string after =
        "\n[nodes.blue]\n[[links]]\nends = [\"red\", \"blue\"]\nsubnet = \"10.0.0.0/24\"\n" + some_test;
    CHECK(place_of("[nodes.red]\nnftables = \"\"\"\nflush ruleset\nbad\n\"\"\"" + after, 2, 1) == "4:1");
    CHECK(place_of("[nodes.red]\nnftables = \"\"\"flush ruleset\nbad\n\"\"\"" + after, 1, 7) == "2:21");
    CHECK(place_of("[nodes.red]\nnftables = \"\"\"flush ruleset\nbad\n\"\"\"" + after, 2, 1) == "3:1");
    CHECK(place_of("[nodes.red]\nnftables = 'flush bad'" + after, 1, 7) == "2:19");
}

TEST_CASE("rulesets and setup commands that can't be meant are refused") {
    CHECK(messages_in(R"(
hosts = ["red", "blue"]
links = ["red -- blue"]
pool = ["10.0.0.0/16"]
[nodes.red]
nftables = 3
setup = ["true", [], 4, ["echo", 5]]
[nodes.blue]
nftables = { from = "fw.nft", text = "flush ruleset", mode = "0644" }
setup = true
)" + some_test) == R"(5:12 'nftables' takes a ruleset or a table, not an integer
6:18 a command is a string or an array of arguments, not an empty one
6:22 a command is a string or an array of arguments, not an integer
6:34 an argument is a string, not an integer
8:12 'nftables' has both 'text' and 'from'
8:55 unknown key 'mode' in 'nftables'
9:9 a command is a string or an array of arguments, not a boolean
)");
}

TEST_CASE("rulesets are loaded when all interfaces stand, and commands run when frames pass") {
    std::string plan = plan_of(R"(
hosts = ["red", "blue"]
links = ["red -- blue"]
pool = ["10.0.0.0/16"]
[nodes.red]
nftables = "flush ruleset"
setup = ["echo one", ["echo", "two"]]
[nodes.blue]
nftables = { from = "fw.nft" }
)" + some_test);
    std::size_t red = plan.find("load the nftables ruleset of red"),
                blue = plan.find("ruleset fw.nft of blue"), ready = plan.find("wait until frames pass"),
                one = plan.find("run echo one in red"), two = plan.find("run echo two in red");
    CHECK(red < blue);
    CHECK(blue < ready);
    CHECK(ready < one);
    CHECK(one < two);
    CHECK(two != std::string::npos);
}

TEST_CASE("a ruleset's words tell what it needs of the kernel") {
    CHECK(features_of_ruleset("table ip nat { chain c { masquerade; }; }") ==
          std::vector<std::string_view>{"kernel:nftables", "kernel:nftables-nat"});
    CHECK(features_of_ruleset("table inet f { chain c { ct state new accept; }; }") ==
          std::vector<std::string_view>{"kernel:nftables", "kernel:nftables-inet", "kernel:nftables-ct"});
}
