#include "core/requirements.h"

#include "core/features.h"
#include "tests/support/scenario_text.h"

#include <set>

using namespace netrig;

namespace {

/// "kernel:netem kernel:veth(derived)"
std::string shown(const std::vector<Requirement>& requirements) {
    std::string text;
    for (const Requirement& each : requirements)
        text += (text.empty() ? "" : " ") + each.feature + (each.derived ? "(derived)" : "");
    return text;
}

FeatureAnswers answers(std::initializer_list<FeatureAnswer> list) {
    FeatureAnswers found;
    for (const FeatureAnswer& each : list)
        found[each.feature] = each;
    return found;
}

const FeatureAnswer no_netem{"kernel:netem", Answer::no, "Specified qdisc kind is unknown",
                             "modprobe sch_netem"};
const FeatureAnswer no_bgpd{"command:bgpd", Answer::no, "there is no program 'bgpd'", "apt install frr"};
const FeatureAnswer veth{"kernel:veth", Answer::yes, "", ""};
const FeatureAnswer unknown_veth{"kernel:veth", Answer::could_not_ask, "cannot make a lab", ""};

} // namespace

TEST_CASE("what a scenario and a test require is kept as it was written") {
    Scenario scenario = scenario_of(R"(
hosts    = ["red"]
requires = ["kernel:netem", "command:bgpd", "command:/opt/x/agent", "root"]
[[tests]]
name     = "lo is up"
requires = "cgroup:memory"
link     = { on = "red:lo", is = "up" }
)");
    CHECK(shown(scenario.requirements) == "kernel:netem command:bgpd command:/opt/x/agent root");
    CHECK(shown(scenario.tests[0].requirements) == "cgroup:memory");
    CHECK(scenario.requirements[1].span.begin == Position{2, 29});
}

TEST_CASE("an unknown feature is refused with a suggestion, in a scenario and in a test") {
    CHECK(mistakes_in(R"(
hosts    = ["red"]
requires = ["kernel:netm", "vxlan"]
[[tests]]
name     = "lo is up"
requires = "bgpd"
link     = { on = "red:lo", is = "up" }
)") == R"(error: unknown feature 'kernel:netm'
  --> net.toml:2:13
   |
 2 | requires = ["kernel:netm", "vxlan"]
   |             ^^^^^^^^^^^^^
  help: did you mean 'kernel:netem'?

error: unknown feature 'vxlan'
  --> net.toml:2:28
   |
 2 | requires = ["kernel:netm", "vxlan"]
   |                            ^^^^^^^
  help: did you mean 'kernel:vxlan'?

error: unknown feature 'bgpd'
  --> net.toml:5:12
   |
 5 | requires = "bgpd"
   |            ^^^^^^
  help: 'netrig doctor' lists what there is; a program is "command:NAME"

)");
}

TEST_CASE("a command needs the name of a program, or its whole path") {
    CHECK(is_feature("command:bgpd"));
    CHECK(is_feature("command:/usr/lib/frr/bgpd"));
    for (const char* name : {"command:", "command:sbin/bgpd", "command:two words", "Command:bgpd"})
        CHECK_FALSE(is_feature(name));
}

TEST_CASE("every feature of the table has a name of its own, a meaning and a remedy") {
    std::set<std::string_view> names;
    for (const Feature& feature : known_features()) {
        INFO(feature.name);
        CHECK(names.insert(feature.name).second);
        CHECK_FALSE(feature.meaning.empty());
        for (bool loads : {true, false})
            CHECK_FALSE(remedy_for(feature.name, loads).empty());
    }
}

TEST_CASE("the remedy for a kernel names the module where one can be loaded, and the option") {
    CHECK(remedy_for("kernel:netem", true) == "modprobe sch_netem, or a kernel with CONFIG_NET_SCH_NETEM");
    CHECK(remedy_for("kernel:netem", false) ==
          "a kernel with CONFIG_NET_SCH_NETEM (this one loads no modules)");
    CHECK(remedy_for("kernel:seg6", true) == "a kernel with CONFIG_IPV6_SEG6_LWTUNNEL");
    CHECK(remedy_for("command:bgpd", true) == "apt install frr");
    CHECK(remedy_for("command:agent", true) == "install it, or add its folder to PATH");
}

TEST_CASE("what a topology needs follows from it, each once") {
    auto derived = [](const std::string& text) { return shown(requirements_of(scenario_of(text).topology)); };
    std::string test = "[[tests]]\nname = \"t\"\nlink = { on = \"red:lo\", is = \"up\" }\n";
    CHECK(derived("hosts = [\"red\"]\n" + test).empty());
    CHECK(derived("hosts = [\"red\", \"blue\"]\nlinks = [\"red -- blue\", \"red -- blue\"]\n" + test) ==
          "kernel:veth(derived)");
    std::string bridge =
        "hosts = [\"red\"]\n[bridges.br0]\nports = [\"red\"]\nsubnet = \"2001:db8::/64\"\n" + test;
    std::set<std::string> names;
    for (const Requirement& each : requirements_of(scenario_of(bridge).topology)) {
        names.insert(each.feature);
        CHECK(each.span.begin.line > 0);
    }
    CHECK(names == std::set<std::string>{"kernel:bridge", "kernel:ipv6", "kernel:veth"});
}

TEST_CASE("what a node's routes and rules need follows from them") {
    auto derived = [](const std::string& settings) {
        return shown(
            requirements_of(scenario_of("hosts = ['red', 'blue']\n"
                                        "links = [{ ends = ['red', 'blue'], subnet = '10.0.0.0/24' }]\n"
                                        "tests = [{ ping = 'red -> blue' }]\nnodes.red." +
                                        settings + "\n")
                                .topology));
    };
    const std::string veth = "kernel:veth(derived)";
    CHECK(derived("routes = 'default via blue'") == veth);
    CHECK(derived("routes = 'default via blue via 10.0.0.7'") == veth + " kernel:multipath(derived)");
    CHECK(derived("routes = '::/0 dev eth0'") == veth + " kernel:ipv6(derived)");
    CHECK(derived("routes = 'default via inet6 fe80::1 dev eth0'") == veth + " kernel:ipv6(derived)");
    CHECK(derived("routes = '10.1.0.0/16 encap mpls 100 via blue'") == veth + " kernel:mpls(derived)");
    CHECK(derived("routes = 'mpls 100 via blue via 10.0.0.7'") == veth + " kernel:mpls(derived)");
    CHECK(derived("routes = '10.1.0.0/16 encap seg6 segs fc00::1 dev eth0'") ==
          veth + " kernel:seg6(derived)");
    CHECK(derived("routes = 'fc00::1 encap seg6local action End.DT4 vrftable 7 dev eth0'") ==
          veth + " kernel:ipv6(derived) kernel:seg6(derived) kernel:vrf(derived)");
    CHECK(derived("rules = 'iif eth0 table 7'") == veth + " kernel:policy-routing(derived)");
    CHECK(derived("rules = 'inet6 iif eth0 table 7'") ==
          veth + " kernel:policy-routing(derived) kernel:ipv6(derived)");
}

TEST_CASE("what follows from a topology is in the table of features") {
    for (const char* name : {"kernel:veth", "kernel:bridge", "kernel:ipv6", "kernel:multipath", "kernel:mpls",
                             "kernel:seg6", "kernel:vrf", "kernel:policy-routing"})
        CHECK(find_feature(name) != nullptr);
}

TEST_CASE("nothing stands in the way where all is there") {
    CHECK_FALSE(find_obstacle({}, {}, Missing::skips));
    std::vector<Requirement> wanted{{"kernel:veth", {}}};
    CHECK_FALSE(find_obstacle(wanted, answers({veth}), Missing::skips));
}

TEST_CASE("what is missing skips with the kernel's words and the remedy, all that is missing at once") {
    std::vector<Requirement> wanted{{"kernel:netem", {}}, {"kernel:veth", {}}, {"command:bgpd", {}}};
    auto found = find_obstacle(wanted, answers({no_netem, veth, no_bgpd}), Missing::skips);
    REQUIRE(found);
    CHECK(found->outcome == Outcome::skipped);
    CHECK(found->kind == FailureKind::requirement);
    CHECK(found->reason ==
          "kernel:netem is missing: Specified qdisc kind is unknown; modprobe sch_netem, and "
          "command:bgpd is missing: there is no program 'bgpd'; apt install frr");
}

TEST_CASE("without skips what is missing is an error, for the same reason") {
    std::vector<Requirement> wanted{{"kernel:netem", {}, true}};
    auto found = find_obstacle(wanted, answers({no_netem}), Missing::is_an_error);
    REQUIRE(found);
    CHECK(found->outcome == Outcome::errored);
    CHECK(found->kind == FailureKind::requirement);
    CHECK(found->reason == "kernel:netem is missing: Specified qdisc kind is unknown; modprobe sch_netem");
}

TEST_CASE("what could not be asked is an error if it was written, and left to the lab if it was derived") {
    std::vector<Requirement> written{{"kernel:veth", {}}}, derived{{"kernel:veth", {}, true}};
    auto found = find_obstacle(written, answers({unknown_veth}), Missing::skips);
    REQUIRE(found);
    CHECK(found->outcome == Outcome::errored);
    CHECK(found->kind == FailureKind::setup);
    CHECK(found->reason == "cannot tell whether kernel:veth is there: cannot make a lab");
    CHECK_FALSE(find_obstacle(derived, answers({unknown_veth}), Missing::skips));
    CHECK(find_obstacle(written, {}, Missing::skips)->reason ==
          "cannot tell whether kernel:veth is there: it was not asked");
}

TEST_CASE("what is known to be missing decides, whatever could not be asked") {
    std::vector<Requirement> wanted{{"kernel:veth", {}}, {"kernel:netem", {}}};
    auto found = find_obstacle(wanted, answers({unknown_veth, no_netem}), Missing::skips);
    REQUIRE(found);
    CHECK(found->outcome == Outcome::skipped);
}
