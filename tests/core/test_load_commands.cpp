#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

using namespace netrig;
using namespace std::chrono_literals;

static const std::string two_nodes = R"(
hosts = ["red", "blue"]
links = [{ ends = ["red:veth0", "blue:veth1"], addresses = ["10.0.0.1/24", "10.0.0.2/24"] }]
[[tests]]
)";

static std::string mistakes(const std::string& step) {
    return mistakes_in(two_nodes + step + "\n");
}
static std::string messages(const std::string& step) {
    return messages_in(two_nodes + step + "\n");
}

template <class V>
static V loaded(const std::string& step) {
    return std::get<V>(scenario_of(two_nodes + step + "\n").tests.at(0).steps.at(0).verb);
}

TEST_CASE("exec takes a command for the shell, or an array of arguments") {
    Exec shell = loaded<Exec>(R"(exec = { on = "*", command = "ip route | grep via" })");
    CHECK(shell.request.argv == std::vector<std::string>{"sh", "-c", "ip route | grep via"});
    CHECK(shell.on == std::vector<NodeIndex>{0, 1});
    CHECK(shell.exit == 0);
    CHECK(shell.request.timeout == std::nullopt);
    CHECK(shell.describe() == "exec on *: ip route | grep via");
    Exec full = loaded<Exec>(R"(
[tests.exec]
on = ["red", "blue"]
command = ["test", "-e", "/x y"]
stdin = "in"
env = { A = "1" }
cwd = "/tmp"
exit = 1
stdout = "a"
stderr = { matches = "b" }
timeout = "3s"
)");
    CHECK(full.describe() == "exec on red, blue: test -e /x y");
    CHECK(full.request.argv == std::vector<std::string>{"test", "-e", "/x y"});
    CHECK(full.request.environment == std::map<std::string, std::string>{{"A", "1"}});
    CHECK(full.request.input == "in");
    CHECK(full.request.directory == "/tmp");
    CHECK(full.exit == 1);
    CHECK(full.output->describe() == "contains 'a'");
    CHECK(full.errors->describe() == "matches /b/");
    CHECK(full.request.timeout == 3s);
}

TEST_CASE("a long command is cut where it stands for its step") {
    CHECK(loaded<Exec>("exec = { on = 'red', command = '" + std::string(61, 'x') + "' }").describe() ==
          "exec on red: " + std::string(57, 'x') + "...");
    CHECK(loaded<Exec>("exec = { on = 'red', command = \"\"\"first\nsecond\"\"\" }").describe() ==
          "exec on red: first...");
}

TEST_CASE("a long command is cut between letters") {
    std::string name =
        loaded<Exec>("exec = { on = 'red', command = '" + std::string(59, 'x') + "\u00fcyz' }").describe();
    CHECK(name.find('\xC3') == name.find("\u00fc"));
}

TEST_CASE("mistakes in an exec are refused") {
    CHECK(messages("exec = 'ls'") == "4:8 'exec' takes a table, not a string\n");
    CHECK(messages("exec = {}") == "4:8 exec lacks 'on'\n4:8 exec lacks 'command'\n");
    CHECK(messages(R"(
[tests.exec]
on = ["rde", 3]
command = ["ls", 3]
stdin = 3
env = { A = 1 }
cwd = true
exit = 256
stdout = 3
timeout = 3
)") == R"(6:8 unknown node 'rde'
6:14 'on' takes strings, not an integer
7:18 'command' takes strings, not an integer
8:9 'stdin' takes a string, not an integer
9:13 'A' takes a string, not an integer
10:7 'cwd' takes a string, not a boolean
11:8 'exit' takes an integer from 0 to 255
12:10 'stdout' takes a string or a table, not an integer
13:11 'timeout' takes a duration such as "50ms" with its unit, as a string
)");
    CHECK(messages("exec = { on = 'red', command = [] }") == "4:32 the command is empty\n");
}

TEST_CASE("an exec or a link check of nothing is refused") {
    CHECK(messages("exec = { on = 'red', command = '' }") == "4:32 the command is empty\n");
    CHECK(messages("exec = { on = [], command = 'false' }") != "");
    CHECK(messages("link = { on = [], is = 'up' }") != "");
}

TEST_CASE("an output that must contain the empty text is refused") {
    CHECK(messages("exec = { on = 'red', command = 'ls', stdout = '' }") != "");
}

TEST_CASE("link takes interfaces and what they must be") {
    LinkCheck check =
        loaded<LinkCheck>("link = { on = '*:eth0', is = 'lower-layer-down', master = 'br0', mtu = 1500 }");
    CHECK(check.describe() == "link *:eth0");
    CHECK(check.on.size() == 2);
    CHECK(check.is == LinkState::lower_layer_down);
    CHECK(check.master == "br0");
    CHECK(check.mtu == 1500U);
    CHECK(check.present);
    CHECK_FALSE(loaded<LinkCheck>("link = { on = 'red:veth0', present = false }").present);
}

TEST_CASE("mistakes in a link are refused") {
    CHECK(mistakes("link = 'red:veth0'") == R"(error: 'link' takes a table, not a string
  --> net.toml:4:8
   |
 4 | link = 'red:veth0'
   |        ^^^^^^^^^^^
  help: link = { on = "red:veth0", is = "up" }

)");
    CHECK(mistakes("link = { on = 'red:veth0' }") == R"(error: this 'link' checks nothing
  --> net.toml:4:8
   |
 4 | link = { on = 'red:veth0' }
   |        ^^^^^^^^^^^^^^^^^^^^
  help: add one of: is, master, mtu, present

)");
    CHECK(mistakes("link = { on = 'red:vteh0', present = false }") ==
          R"(error: node 'red' has no interface 'vteh0' in this file
  --> net.toml:4:20
   |
 4 | link = { on = 'red:vteh0', present = false }
   |                    ^^^^^
  help: did you mean 'veth0'?

)");
    CHECK(messages("link = { is = 'up' }") == "4:8 link lacks 'on'\n");
    CHECK(messages("link = { on = 'red', is = 'up', mtu = 0, master = 3 }") ==
          R"(4:16 'red' names no interface
4:39 'mtu' takes an integer from 1 to 16777216
4:51 'master' takes a string, not an integer
)");
    CHECK(messages("link = { on = 'red:veth0', present = false, is = 'up' }") ==
          "4:38 an interface that must not be there has no state to check\n");
}

TEST_CASE("a mistake in the only thing that a link checks is one mistake") {
    CHECK(mistakes("link = { on = 'red:veth0', is = 'upp' }") == R"(error: 'is' can't be 'upp'
  --> net.toml:4:33
   |
 4 | link = { on = 'red:veth0', is = 'upp' }
   |                                 ^^^^^
  help: did you mean 'up'?

)");
}

TEST_CASE("actions on interfaces take one or several that the file knows") {
    CHECK(loaded<DeleteLink>("delete-link = 'red:veth0'").describe() == "delete-link red:veth0");
    CHECK(loaded<LinkUp>("link-up = ['red:veth0', 'blue:veth1']").targets.places.size() == 2);
    CHECK(mistakes("link-down = 'red'") == R"(error: 'red' names no interface
  --> net.toml:4:14
   |
 4 | link-down = 'red'
   |              ^^^
  help: write it as "red:eth0"

)");
    CHECK(messages("link-down = ['red:veth9', 3, 'blue:', 'bleu:veth1']") ==
          R"(4:19 node 'red' has no interface 'veth9' in this file
4:27 'link-down' takes an interface such as "red:veth0", not an integer
4:31 'blue:' names no interface
4:40 unknown node 'bleu'
)");
    CHECK(messages("link-up = []") == "4:11 'link-up' names no interface\n");
    CHECK(messages("delete-link = { on = 'red:veth0' }") ==
          "4:15 'delete-link' takes an interface such as \"red:veth0\", not a table\n");
}

TEST_CASE("an interface that the kernel names may be called anything in the tests") {
    CHECK(messages_in(R"(
hosts = ["red", "blue"]
links = [{ ends = ["red", "blue"], name = "kernel" }]
[[tests]]
link-down = "red:veth0"
[[tests]]
link = { on = "blue:veth7", present = false }
)") == "");
}
