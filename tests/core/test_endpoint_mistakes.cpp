#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>

using namespace netrig;

static const std::string file = R"(
hosts = ["red", "blue", "h[1-2]"]
links = [{ ends = ["red:veth0", "blue:veth1"], addresses = ["10.0.0.1/24", "10.0.0.2/24"] }]
bridges.br0 = { ports = ["h[1-2]"] }
[[tests]]
)";

static std::string mistakes(const std::string& between) {
    return mistakes_in(file + "ping = \"" + between + "\"\n");
}
static std::string messages(const std::string& between) {
    return messages_in(file + "ping = \"" + between + "\"\n");
}

TEST_CASE("an unknown node is shown at its name, with a suggestion") {
    CHECK(mistakes("red, bleu -> blue") == R"(error: unknown node 'bleu'
  --> net.toml:5:14
   |
 5 | ping = "red, bleu -> blue"
   |              ^^^^
  help: did you mean 'blue'?

)");
    CHECK(mistakes("red -> wombat") == R"(error: unknown node 'wombat'
  --> net.toml:5:16
   |
 5 | ping = "red -> wombat"
   |                ^^^^^^
  help: known here: red, blue, h1, h2, br0

)");
    CHECK(messages("h[1-3] -> red") == "5:9 unknown node 'h3'\n");
    CHECK(messages("red -> h[1") == "5:16 'h[1' is not a pattern of names: '[' without its ']'\n");
}

TEST_CASE("the place of an unknown node is right after letters beyond ASCII") {
    CHECK(mistakes("r\u00fcd -> bleu") == "error: unknown node 'r\u00fcd'\n"
                                          "  --> net.toml:5:9\n"
                                          "   |\n"
                                          " 5 | ping = \"r\u00fcd -> bleu\"\n"
                                          "   |         ^^^\n"
                                          "  help: known here: red, blue, h1, h2, br0\n\n"
                                          "error: unknown node 'bleu'\n"
                                          "  --> net.toml:5:16\n"
                                          "   |\n"
                                          " 5 | ping = \"r\u00fcd -> bleu\"\n"
                                          "   |                ^^^^\n"
                                          "  help: did you mean 'blue'?\n\n");
}

TEST_CASE("an unknown interface is shown at its name, with a suggestion") {
    CHECK(mistakes("red:veht0 -> blue") == R"(error: node 'red' has no interface 'veht0' in this file
  --> net.toml:5:13
   |
 5 | ping = "red:veht0 -> blue"
   |             ^^^^^
  help: did you mean 'veth0'?

)");
    CHECK(messages("red: -> blue") == "5:13 node 'red' has no interface '' in this file\n");
}

TEST_CASE("what is no pair is refused") {
    CHECK(mistakes("red blue") == R"(error: 'red blue' is no pair
  --> net.toml:5:8
   |
 5 | ping = "red blue"
   |        ^^^^^^^^^^
  help: "red -> blue" or "red <-> blue"

)");
    CHECK(mistakes("red -> ") == R"(error: a name is missing here
  --> net.toml:5:16
   |
 5 | ping = "red -> "
   |                ^
  help: "red -> blue", "a, b <-> c", "* <-> *"

)");
    for (const char* text :
         {"", "red", "red -> blue -> red", "red <-> blue <-> red", "red <- blue", "red => blue"})
        CHECK(messages(text) == fmt::format("5:8 '{}' is no pair\n", text));
    CHECK(messages("-> blue") == "5:9 a name is missing here\n");
    CHECK(messages("red,, h1 -> blue") == "5:9 a name is missing here\n");
}

TEST_CASE("an address is no place to ask from") {
    CHECK(mistakes("10.0.0.1 -> blue") ==
          R"(error: an address can't be where the question is asked from; name a node
  --> net.toml:5:9
   |
 5 | ping = "10.0.0.1 -> blue"
   |         ^^^^^^^^

)");
    CHECK(mistakes("red <-> 10.0.0.2") ==
          R"(error: an address can't be where the question is asked from; name a node
  --> net.toml:5:8
   |
 5 | ping = "red <-> 10.0.0.2"
   |        ^^^^^^^^^^^^^^^^^^

)");
    CHECK(messages("10.0.0.1 <-> blue") ==
          "5:8 an address can't be where the question is asked from; name a node\n");
}

TEST_CASE("a target without an address of the family is refused") {
    CHECK(mistakes("red -> h[1-2]") == R"(error: node 'h1' has no IPv4 address to ask
  --> net.toml:5:8
   |
 5 | ping = "red -> h[1-2]"
   |        ^^^^^^^^^^^^^^^
  help: give its link or bridge a subnet, or the interface an address

error: node 'h2' has no IPv4 address to ask
  --> net.toml:5:8
   |
 5 | ping = "red -> h[1-2]"
   |        ^^^^^^^^^^^^^^^
  help: give its link or bridge a subnet, or the interface an address

)");
    CHECK(messages_in(file + "ping = { between = \"red <-> blue\", family = \"both\" }\n") ==
          "5:20 node 'blue' has no IPv6 address to ask\n5:20 node 'red' has no IPv6 address to ask\n");
    CHECK(messages_in(file + "ping = { between = \"red -> 10.0.0.2\", family = \"ipv6\" }\n") ==
          "5:20 '10.0.0.2' has no IPv6 address to ask\n");
    CHECK(messages("h1 -> red") == "");
}

TEST_CASE("a pair that stands for no two nodes is refused, because nothing would be asked") {
    CHECK(messages_in("hosts = []\n[bridges.br0]\n[[tests]]\nping = \"* <-> *\"\n") ==
          "4:8 this pair stands for no two nodes, so nothing would be asked\n");
    CHECK(messages("red, red -> red") ==
          "5:8 this pair stands for no two nodes, so nothing would be asked\n");
}
