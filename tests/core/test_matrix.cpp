#include "tests/support/contains.h"
#include "tests/support/scenario_text.h"

using namespace netrig;

namespace {

const std::string rest = R"(
hosts = ["red", "blue"]
[[links]]
ends = ["red", "blue"]
subnets = ["10.0.0.0/24", "2001:db8::/64"]
mtu = "${mtu}"
[[tests]]
ping = { between = "red -> blue", family = "${family}" }
)";

/// The names of the scenarios, a line each.
std::string names_in(const std::string& text, std::vector<Setting> settings = {}) {
    Loaded loaded = load_with(text, {}, std::move(settings));
    INFO(render(loaded.diagnostics, *loaded.source));
    REQUIRE(loaded.diagnostics.empty());
    std::string names;
    for (const Scenario& scenario : loaded.scenarios)
        names += scenario.name + "\n";
    return names;
}

} // namespace

TEST_CASE("each combination of the matrix is a scenario, the last list changing fastest") {
    std::string text = "matrix = { family = [\"ipv4\", \"ipv6\"], mtu = [1280, 1500] }" + rest;
    CHECK(names_in(text) == "net[family=ipv4,mtu=1280]\nnet[family=ipv4,mtu=1500]\n"
                            "net[family=ipv6,mtu=1280]\nnet[family=ipv6,mtu=1500]\n");
    Loaded loaded = load_with(text, {});
    const Scenario& last = loaded.scenarios.at(3);
    CHECK(last.instance == "family=ipv6,mtu=1500");
    CHECK(last.settings == std::vector<Setting>{{"family", "ipv6"}, {"mtu", "1500"}});
    CHECK(last.topology.nodes[0].interfaces[1].mtu == 1500U);
    CHECK(std::get<Ping>(last.tests[0].steps[0].verb).family == FamilyChoice::ipv6);
    CHECK(loaded.variables == std::vector<std::string>{"family", "mtu"});
}

TEST_CASE("a combination that is excluded is left out, by one value or by several") {
    CHECK(names_in("matrix = { family = [\"ipv4\", \"ipv6\"], mtu = [1280, 1400, 1500], "
                   "exclude = [{ family = \"ipv4\", mtu = 1280 }, { mtu = 1400 }] }" +
                   rest) ==
          "net[family=ipv4,mtu=1500]\nnet[family=ipv6,mtu=1280]\nnet[family=ipv6,mtu=1500]\n");
}

TEST_CASE("a setting takes one value of a list, or another one of its type") {
    std::string text = "matrix = { family = [\"ipv4\", \"ipv6\"], mtu = [1280, 1500], "
                       "exclude = [{ family = \"ipv4\", mtu = 1280 }] }" +
                       rest;
    CHECK(names_in(text, {{"family", "ipv6"}}) == "net[family=ipv6,mtu=1280]\nnet[family=ipv6,mtu=1500]\n");
    CHECK(names_in(text, {{"family", "ipv4"}, {"mtu", "9000"}}) == "net[family=ipv4,mtu=9000]\n");
    CHECK_THAT(mistakes_with(text, {}, {{"mtu", "large"}}),
               contains("--set mtu=large: 'mtu' takes an integer\n"));
    CHECK_THAT(mistakes_with(text, {}, {{"family", "ipv4"}, {"mtu", "1280"}}),
               contains("no combination of the matrix is left\n  --> net.toml:1:"));
}

TEST_CASE("the matrix goes before a variable of the same name, and variables may be made of it") {
    CHECK(names_in(
              "name = \"${what}\"\nvariables = { family = \"both\", what = \"over ${family}\", mtu = 1500 }\n"
              "matrix = { family = [\"ipv4\", \"ipv6\"] }" +
              rest) == "over ipv4[family=ipv4]\nover ipv6[family=ipv6]\n");
}

TEST_CASE("an included file's matrix holds, but for lists that the including file has") {
    Loaded loaded = load_with("include = [\"m.toml\"]\nmatrix = { mtu = [1500] }" + rest,
                              {{"m.toml", "[matrix]\nfamily = [\"ipv4\", \"ipv6\"]\nmtu = [1280, 1400]\n"
                                          "exclude = [{ family = \"ipv6\" }]\n"}});
    INFO(render(loaded.diagnostics, *loaded.source));
    REQUIRE(loaded.scenarios.size() == 1);
    CHECK(loaded.scenarios[0].name == "net[family=ipv4,mtu=1500]");
}

TEST_CASE("a mistake of all combinations is said once, one of some with what they have in common") {
    CHECK(messages_in("matrix = { family = [\"ipv4\", \"ipv5\"], mtu = [12, 1400, 1500], x = [1, 2] }" +
                      rest + "[[tests]]\nname = \"${x}\"\nping = \"red -> bleu\"\n") ==
          "6:7 'mtu' takes an integer from 68 to 65535 (with mtu=12)\n"
          "8:44 'family' can't be 'ipv5' (with family=ipv5)\n"
          "11:16 unknown node 'bleu'\n");
    std::string text = messages_in("matrix = { a = [\"red\", \"x\"], b = [\"x\", \"blue\"] }\n"
                                   "variables = { family = \"ipv4\", mtu = 1500 }\n" +
                                   rest + "[[tests]]\nname = \"n\"\nping = \"${a} -> ${b}\"\n");
    CHECK(text == "13:9 unknown node 'x' (with a=x)\n13:17 unknown node 'x' (with b=x)\n");
}

TEST_CASE("a mistake of combinations that have nothing to themselves names one of them") {
    CHECK(messages_in("matrix = { a = [1, 2], b = [1, 2] }\nvariables = { n = \"h${a}${b}\", family = "
                      "\"ipv4\", mtu = 1500 }\n" +
                      rest +
                      "[[tests]]\nname = \"x\"\nping = \"red -> "
                      "blue\"\n[nodes.\"h[1-1]\"]\n[nodes.h11]\nroutes = [\"${n}\"]\n")
              .find("(with a=1, b=1)") != std::string::npos);
}

TEST_CASE("mistakes in the matrix") {
    CHECK(messages_in(rest + R"([matrix]
family = ["ipv4", "ipv4", ["ipv6"], "${mtu}"]
mtu = 1500
empty = []
"a b" = [1]
exclude = [{ famly = "ipv4" }, { family = "ipv5" }, {}, 3]
)") == R"(9:19 'family' has the value ipv4 twice
9:27 a value of the matrix is a string, a number or a boolean, not an array
9:37 a value of the matrix is written out; it can't name variables
10:7 'mtu' takes a list of values, not an integer
11:9 'empty' has no values, so there would be no scenario
12:1 this can't name a variable: 'a b' has more than letters, digits, '_' and '-', or begins with a digit or '-'
13:14 the matrix has no list 'famly'
13:43 'family' has no value ipv5
13:53 what 'exclude' leaves out is a table of values, such as { family = "ipv4", mtu = 1280 }
13:57 what 'exclude' leaves out is a table of values, such as { family = "ipv4", mtu = 1280 }
)");
    CHECK(messages_in("matrix = {}" + rest) ==
          "1:10 the matrix has no list of values\n"
          "6:8 unknown variable 'mtu'\n8:45 unknown variable 'family'\n");
    CHECK(messages_in("matrix = { mtu = [1280, 1500], exclude = [{ mtu = 1280 }, { mtu = 1500 }] }\n" +
                      rest) == "1:10 no combination of the matrix is left\n");
}

TEST_CASE("a matrix of too many combinations is refused before they are made") {
    std::string list = "[0";
    for (int i = 1; i < 40; ++i)
        list += ", " + std::to_string(i);
    list += "]";
    CHECK(messages_in("matrix = { a = " + list + ", b = " + list + ", c = " + list + " }\n" + rest) ==
          "1:10 the matrix has more than 1000 combinations\n");
}
