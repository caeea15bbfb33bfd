#include "tests/support/contains.h"
#include "tests/support/scenario_text.h"

using namespace netrig;

namespace {

const std::string red_and_blue = "hosts = [\"red\", \"blue\"]\n";
const std::string a_test = "[[tests]]\nexec = { on = \"*\", command = \"true\" }\n";

const Exec& command_in(const Scenario& scenario) {
    return std::get<Exec>(scenario.tests.at(0).steps.at(0).verb);
}

/// What sh is given when `command` stands in the file, with variables family = "ipv4" and n = 5.
std::string command_of(const std::string& command) {
    return command_in(scenario_of(red_and_blue +
                                  "variables = { family = \"ipv4\", n = 5 }\n"
                                  "[[tests]]\nexec = { on = \"red\", command = '" +
                                  command + "' }\n"))
        .request.argv.at(2);
}

} // namespace

TEST_CASE("a string that is one variable takes its type, and in a longer one it is its text") {
    Scenario scenario = scenario_of(R"(
hosts = ["red", "blue"]
variables = { mtu = 1400, on = false, net = "10.1.2", share = 0.5 }
[[links]]
ends = ["red", "blue"]
mtu = "${mtu}"
up = "${on}"
addresses = ["${net}.1/24", "${net}.2/24"]
[[tests]]
name = "${mtu} ${on} ${net} ${share}"
exec = { on = "red", command = "true" }
)");
    const Interface& interface = scenario.topology.nodes[0].interfaces[1];
    CHECK(interface.mtu == 1400U);
    CHECK_FALSE(interface.up);
    CHECK(show(interface.addresses.at(0).prefix) == "10.1.2.1/24");
    CHECK(scenario.tests[0].name == "1400 false 10.1.2 0.5");
}

TEST_CASE("a variable may stand in keys and be made of others, and $${ is ${ itself") {
    Scenario scenario = scenario_of(R"(
name = "$${peer} is ${peer}"
variables = { peer = "${colour}-host", colour = "red", n = "${m}", m = 7 }
hosts = ["${peer}"]
[nodes."${peer}".sysctls]
"net.ipv4.ip_forward" = "${n}"
)" + a_test);
    CHECK(scenario.name == "${peer} is red-host");
    REQUIRE(scenario.topology.nodes.size() == 1);
    CHECK(scenario.topology.nodes[0].name == "red-host");
    CHECK(scenario.topology.nodes[0].sysctls.at(0).value == "7");
}

TEST_CASE("in text for other programs a name that is no variable is theirs") {
    CHECK(command_of("echo ${HOME} ${family} ${x:-${n}} ${#n} ${ $${n} ${family") ==
          "echo ${HOME} ipv4 ${x:-5} ${#n} ${ ${n} ${family");
    Scenario scenario = scenario_of(red_and_blue + R"(
variables = { n = 5 }
[nodes.red.files]
"/etc/${n}/${m}" = "${n} ${m}"
[[tests]]
name = "${n}"
exec = { on = "red", command = ["echo", "${n}", "${m}"], stdout = "${n}", stdin = "${n} ${m}", env = { A = "${n}", B = "${m}" } }
)");
    CHECK(scenario.topology.nodes[0].files.at(0).path == "/etc/5/${m}");
    CHECK(scenario.topology.nodes[0].files.at(0).text == "5 ${m}");
    const CommandRequest& request = command_in(scenario).request;
    CHECK(request.input == "5 ${m}");
    CHECK(request.argv == std::vector<std::string>{"echo", "5", "${m}"});
    CHECK(command_in(scenario).output->wanted == "5");
    CHECK(scenario.tests[0].name == "5"); // where text is wanted
    CHECK(request.environment.at("A") == "5");
    CHECK(request.environment.at("B") == "${m}");
}

TEST_CASE("everywhere else an unknown name is one mistake with a suggestion, and nothing follows from it") {
    CHECK(mistakes_in(R"(
hosts = ["red", "${blau}"]
variables = { blue = "blue" }
[nodes.red.interfaces.lo]
mtu = "${mut}"
[[tests]]
ping = "red -> ${ blue }"
)") == R"(error: unknown variable 'blau'
  --> net.toml:1:18
   |
 1 | hosts = ["red", "${blau}"]
   |                  ^^^^^^^
  help: known here: blue

error: unknown variable 'mut'
  --> net.toml:4:8
   |
 4 | mtu = "${mut}"
   |        ^^^^^^
  help: known here: blue

error: '${' begins the name of a variable, and this is none: ' blue ' has more than letters, digits, '_' and '-', or begins with a digit or '-'
  --> net.toml:6:16
   |
 6 | ping = "red -> ${ blue }"
   |                ^^^^^^^^^
  help: "${name}", or "$${" for the two characters themselves

)");
    CHECK(messages_in(red_and_blue + "description = 'costs ${'\n" + a_test) ==
          "2:22 '${' begins the name of a variable, and this is none: there is no name\n");
}

TEST_CASE("a mistake in what came from a variable is told with its value and place") {
    CHECK(mistakes_in(R"(
hosts = ["red", "blue"]
variables = { who = "bleu", side = "red" }
[[tests]]
ping = "${side} -> ${who}, x, red"
)") == R"(error: unknown node 'bleu'
  --> net.toml:4:20
   |
 4 | ping = "${side} -> ${who}, x, red"
   |                    ^^^^^^
  note: ${who} is bleu here
  --> net.toml:2:21
   |
 2 | variables = { who = "bleu", side = "red" }
   |                     ^^^^^^
  help: did you mean 'blue'?

error: unknown node 'x'
  --> net.toml:4:28
   |
 4 | ping = "${side} -> ${who}, x, red"
   |                            ^
  help: known here: red, blue

)");
}

TEST_CASE("variables that are made of themselves are a mistake at each turn of the circle, once") {
    CHECK(messages_in(R"(
variables = { a = "x${b}", b = "${c}", c = "${a}", d = "${a}" }
name = "${d} ${a}"
)" + red_and_blue + a_test) == "1:45 'a' is made of itself: a -> b -> c -> a\n");
}

TEST_CASE("mistakes in the table of variables") {
    CHECK(
        messages_in(R"(
variables = { "a b" = 1, list = [1], when = 1979-05-27, c = "${no}" }
name = "${list} ${when} ${c}"
)" + red_and_blue + a_test) ==
        "1:15 this can't name a variable: 'a b' has more than letters, digits, '_' and '-', or begins with a "
        "digit or '-'\n"
        "1:33 a variable is a string, a number or a boolean, not an array\n"
        "1:45 a variable is a string, a number or a boolean, not a date\n"
        "1:62 unknown variable 'no'\n");
}

TEST_CASE("keys that variables make equal are a mistake, and several tables may speak of one node") {
    CHECK(messages_in(R"(
variables = { x = "red", n = "net.ipv4.ip_forward" }
[nodes.red]
forwarding = true
[nodes."${x}".sysctls]
"${n}" = 1
"net.ipv4.ip_forward" = 0
)" + a_test) == "6:1 'net.ipv4.ip_forward' is here twice\n");
}

TEST_CASE("a setting replaces a variable's value, keeps its type and is taken as it is") {
    std::string text = "variables = { n = 5, s = \"x\", b = true, r = 1.5 }\n"
                       "name = \"${n} ${s} ${b} ${r}\"\n" +
                       red_and_blue + a_test;
    auto name_with = [&](std::vector<Setting> settings) {
        Loaded loaded = load_with(text, {}, std::move(settings));
        INFO(render(loaded.diagnostics, *loaded.source));
        REQUIRE(loaded.diagnostics.empty());
        return loaded.scenarios.at(0).name;
    };
    CHECK(name_with({}) == "5 x true 1.5");
    CHECK(name_with({{"n", "-7"}, {"s", "${n} = 3"}, {"b", "false"}, {"r", "2"}}) == "-7 ${n} = 3 false 2");
    CHECK(name_with({{"other", "1"}}) == "5 x true 1.5");
    CHECK(load_with(text, {}, {{"n", "8"}}).scenarios.at(0).settings == std::vector<Setting>{{"n", "8"}});
    CHECK_THAT(mistakes_with(text, {}, {{"n", "7x"}}),
               contains("--set n=7x: 'n' takes an integer\n  --> net.toml:1:19\n"));
    CHECK_THAT(mistakes_with(text, {}, {{"b", "yes"}}), contains("'b' takes a boolean\n"));
}

TEST_CASE("a mistake in what a setting gave is told so") {
    CHECK_THAT(mistakes_with("variables = { who = \"blue\" }\n" + red_and_blue +
                                 "[[tests]]\nping = \"red -> ${who}\"\n",
                             {}, {{"who", "bleu"}}),
               contains("unknown node 'bleu'\n") && contains("note: ${who} is bleu by --set\n"));
}

TEST_CASE("the including file's variables hold for the included file, too") {
    Loaded loaded = load_with(
        "include = [\"a.toml\"]\nvariables = { who = \"green\" }\n" + a_test,
        {{"a.toml", "variables = { who = \"red\", n = 2 }\nhosts = [\"${who}\", \"h[1-${n}]\"]\n"}});
    REQUIRE(loaded.diagnostics.empty());
    CHECK(loaded.scenarios.at(0).topology.nodes.at(0).name == "green");
    CHECK(loaded.scenarios.at(0).topology.nodes.size() == 3);
    CHECK(loaded.variables == std::vector<std::string>{"n", "who"});
}
