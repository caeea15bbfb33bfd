#include "core/names.h"
#include "tests/support/catch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace netrig;

static std::string expanded(std::string_view pattern) {
    auto names = expand_names(pattern);
    return names ? fmt::format("{}", fmt::join(*names, " ")) : "refused: " + names.error();
}

TEST_CASE("a plain name stands for itself") {
    CHECK(expanded("red") == "red");
    CHECK(expanded("h1") == "h1");
    CHECK(expanded("") == "");
}

TEST_CASE("ranges and lists stand for their names in order") {
    CHECK(expanded("h[1-3]") == "h1 h2 h3");
    CHECK(expanded("r[1-3,7]") == "r1 r2 r3 r7");
    CHECK(expanded("r[7,1-2]x") == "r7x r1x r2x");
    CHECK(expanded("h[5]") == "h5");
    CHECK(expanded("h[0-1]") == "h0 h1");
    CHECK(expanded("h[8-11]") == "h8 h9 h10 h11");
    CHECK(expanded("pod[1-2]-[a]") == "refused: '[a]' is no list of numbers and ranges such as [1-3,7]");
    CHECK(expanded("p[1-2]h[3-4]") == "p1h3 p1h4 p2h3 p2h4");
}

TEST_CASE("a leading zero pads all numbers of the range to that width") {
    CHECK(expanded("leaf[08-11]") == "leaf08 leaf09 leaf10 leaf11");
    CHECK(expanded("leaf[00-02]") == "leaf00 leaf01 leaf02");
    CHECK(expanded("leaf[098-101]") == "leaf098 leaf099 leaf100 leaf101");
    CHECK(expanded("leaf[01,2]") == "leaf01 leaf2");
}

TEST_CASE("patterns that stand for nothing clear are refused with the reason") {
    CHECK(expanded("h[1-3") == "refused: '[' without its ']'");
    CHECK(expanded("h[1-2]x[3") == "refused: '[' without its ']'");
    for (const char* list :
         {"", "a", "3-1", "-1", "1-", "1,", ",1", "1-2-3", " 1 ", "1..3", "99999999999999999999"}) {
        std::string text = fmt::format("h[{}]", list);
        CHECK(expanded(text) ==
              fmt::format("refused: '[{}]' is no list of numbers and ranges such as [1-3,7]", list));
    }
}

TEST_CASE("a pattern for more names than a lab can have is refused before they are made") {
    CHECK(expand_names("h[1-100000]")->size() == 100'000);
    CHECK(expanded("h[1-1000][1-1000]") == "refused: it stands for more than 100000 names");
    CHECK(expanded("h[1-60000,1-60000]") == "refused: it stands for more than 100000 names");
}

TEST_CASE("a single range of too many names is refused for its size") {
    CHECK(expanded("h[1-200000]") == "refused: it stands for more than 100000 names");
}

TEST_CASE("a node's name is a host name") {
    for (const char* name : {"red", "h1", "1", "_x", "a-b_c.d", "A"})
        CHECK(node_name_problem(name) == std::nullopt);
    CHECK(node_name_problem(std::string(63, 'a')) == std::nullopt);
    CHECK(node_name_problem("") == "a node's name can't be empty");
    CHECK(node_name_problem(std::string(64, 'a')) == "a node's name has at most 63 bytes, this one has 64");
    for (const char* name : {"-x", ".x", "..", "*"})
        CHECK(node_name_problem(name) == "a node's name begins with a letter, a digit or '_'");
    CHECK(node_name_problem("a b") ==
          "' ' can't be in a node's name (letters, digits, '-', '_' and '.' can)");
    CHECK(node_name_problem("a/b") ==
          "'/' can't be in a node's name (letters, digits, '-', '_' and '.' can)");
    CHECK(node_name_problem("a:b") ==
          "':' can't be in a node's name (letters, digits, '-', '_' and '.' can)");
    CHECK(node_name_problem("a]") == "']' can't be in a node's name (letters, digits, '-', '_' and '.' can)");
}

TEST_CASE("a letter beyond ASCII in a node's name is named whole") {
    CHECK(node_name_problem("gr\u00fcn") ==
          "'\u00fc' can't be in a node's name (letters, digits, '-', '_' and '.' can)");
}

TEST_CASE("an interface's name is what the kernel takes") {
    for (const char* name : {"eth0", "a.b", "-", "veth[0]", "x\u00fc", "123456789012345"})
        CHECK(interface_name_problem(name) == std::nullopt);
    CHECK(interface_name_problem("") == "an interface's name can't be empty");
    CHECK(interface_name_problem("1234567890123456") ==
          "an interface's name has at most 15 bytes, this one has 16");
    // Eight letters of two bytes each.
    CHECK(interface_name_problem("\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc") ==
          "an interface's name has at most 15 bytes, this one has 16");
    CHECK(interface_name_problem(".") == "'.' and '..' can't name an interface");
    CHECK(interface_name_problem("..") == "'.' and '..' can't name an interface");
    for (const char* name : {"a b", "a/b", "a:b", "eth%d", "a\tb", "a\x7f"})
        CHECK(interface_name_problem(name) == "an interface's name can't have white space, '/', ':' or '%'");
}

TEST_CASE("the kernel's own names for all interfaces can't name one") {
    CHECK(interface_name_problem("all"));
    CHECK(interface_name_problem("default"));
}

TEST_CASE("the names of the tunnels that a kernel makes by itself can't name another interface") {
    for (const char* name : {"gre0", "sit0", "tunl0", "ip6tnl0", "ip6_vti0"})
        CHECK(interface_name_problem(name) == "a kernel that knows such tunnels has a '" + std::string(name) +
                                                  "' of its own in every namespace");
    CHECK(interface_name_problem("gre1") == std::nullopt);
}
