#include "tests/support/scenario_text.h"

using namespace netrig;

namespace {

std::string with_files(const std::string& files) {
    return "hosts = [\"red\"]\n" + files + "\n[[tests]]\nname = \"x\"\nping = \"red -> red\"\n";
}

std::string first_mistake(const std::string& files) {
    std::string text = messages_in(with_files(files));
    return text.substr(0, text.find('\n'));
}

std::string carets(const std::string& files) {
    std::string text = mistakes_in(with_files(files)), line;
    std::size_t caret = text.find('^');
    REQUIRE(caret != std::string::npos);
    std::size_t begin = text.rfind('\n', text.rfind('\n', caret) - 1) + 1;
    return text.substr(begin, text.find('\n', caret) - begin);
}

} // namespace

TEST_CASE("a file is its text, or a table with text or from, and a mode") {
    Scenario scenario = scenario_of(with_files(R"(
[nodes.red.files]
"/etc/frr/daemons" = "bgpd=yes\n"
"/etc/frr/frr.conf" = { from = "r1.conf" }
"/usr/local/bin/tool" = { text = "#!/bin/sh\n", mode = "0755" }
)"));
    const std::vector<NodeFile>& files = scenario.topology.nodes.at(0).files;
    REQUIRE(files.size() == 3);
    CHECK(files[0].path == "/etc/frr/daemons");
    CHECK(files[0].text == "bgpd=yes\n");
    CHECK(files[0].mode == 0644);
    CHECK(files[1].from == "r1.conf");
    CHECK(files[1].text.empty());
    CHECK(files[1].from_span.begin.line == 5);
    CHECK(files[2].mode == 0755);
}

TEST_CASE("a file's own table may be written with a header") {
    Scenario scenario = scenario_of(with_files("[nodes.red.files.\"/etc/motd\"]\nfrom = \"motd\"\n"));
    CHECK(scenario.topology.nodes.at(0).files.at(0).from == "motd");
}

TEST_CASE("a table that speaks of several nodes gives the files to each") {
    Scenario scenario = scenario_of("hosts = [\"h[1-3]\"]\n[nodes.\"h[1-2]\".files]\n\"/a\" = \"a\"\n"
                                    "[nodes.h2.files]\n\"/b\" = \"b\"\n"
                                    "[[tests]]\nname = \"x\"\nping = \"h1 -> h1\"\n");
    CHECK(scenario.topology.nodes.at(0).files.size() == 1);
    CHECK(scenario.topology.nodes.at(1).files.size() == 2);
    CHECK(scenario.topology.nodes.at(2).files.empty());
}

TEST_CASE("files are put right after the node is made, and the plan says which") {
    CHECK(plan_of(with_files("[nodes.red.files]\n\"/etc/motd\" = \"\"\n\"/a\" = \"\"\n")) ==
          "    1  make the namespaces of red\n"
          "    2  put /etc/motd, /a in red\n"
          "    3  set net.ipv6.conf.default.accept_dad = 0 in red\n"
          "    4  set red:lo up\n");
}

TEST_CASE("a path that is not absolute and normal is refused at the part that is wrong") {
    CHECK(first_mistake("nodes.red.files.\"etc/motd\" = \"\"") ==
          "2:18 'etc/motd' can't be a file in a node: it does not begin with '/'");
    CHECK(first_mistake("nodes.red.files.\"/etc/../motd\" = \"\"") ==
          "2:23 '/etc/../motd' can't be a file in a node: '..' is no part of a normal path");
    CHECK(first_mistake("nodes.red.files.\"/./motd\" = \"\"") ==
          "2:19 '/./motd' can't be a file in a node: '.' is no part of a normal path");
    CHECK(first_mistake("nodes.red.files.\"/etc//motd\" = \"\"") ==
          "2:22 '/etc//motd' can't be a file in a node: there is nothing between two '/'");
    CHECK(first_mistake("nodes.red.files.\"//motd\" = \"\"") ==
          "2:18 '//motd' can't be a file in a node: there is nothing between two '/'");
    CHECK(first_mistake("nodes.red.files.\"/etc/\" = \"\"") ==
          "2:22 '/etc/' can't be a file in a node: a folder can't be put, only a file");
    CHECK(first_mistake("nodes.red.files.\"/\" = \"\"") ==
          "2:18 '/' can't be a file in a node: a folder can't be put, only a file");
    CHECK(first_mistake("nodes.red.files.\"\" = \"\"") ==
          "2:18 '' can't be a file in a node: it does not begin with '/'");
    CHECK(first_mistake("nodes.red.files.\"/etc/" + std::string(256, 'x') + "\" = \"\"")
              .ends_with("a name of 256 bytes is too long: 255 is the most"));
    CHECK(first_mistake("nodes.red.files.\"/etc/a\\u0000b\" = \"\"").ends_with("it has a NUL in it"));
}

TEST_CASE("the caret stands under the part of a path that is wrong") {
    CHECK(carets("nodes.red.files.\"/etc/../motd\" = \"\"") ==
          " 2 | nodes.red.files.\"/etc/../motd\" = \"\"\n"
          "   |                       ^^");
}

TEST_CASE("what the kernel keeps under /proc, /sys and /dev is no place for files") {
    CHECK(first_mistake("nodes.red.files.\"/proc/sys/net/x\" = \"\"") ==
          "2:18 '/proc/sys/net/x' can't be a file in a node: /proc is the kernel's");
    CHECK(first_mistake("nodes.red.files.\"/sys/x\" = \"\"").ends_with("/sys is the kernel's"));
    CHECK(first_mistake("nodes.red.files.\"/dev/null\" = \"\"").ends_with("/dev is the kernel's"));
    CHECK(messages_in(with_files("nodes.red.files.\"/devices\" = \"\"")).empty());
}

TEST_CASE("a file takes exactly one of text and from") {
    CHECK(first_mistake("nodes.red.files.\"/a\" = {}") == "2:17 file '/a' lacks 'text' or 'from'");
    CHECK(first_mistake("nodes.red.files.\"/a\" = { text = \"\", from = \"b\" }") ==
          "2:17 file '/a' has both 'text' and 'from'");
    CHECK(first_mistake("nodes.red.files.\"/a\" = { from = \"\" }") ==
          "2:33 'from' takes the path of a file");
    CHECK(first_mistake("nodes.red.files.\"/a\" = 7") ==
          "2:24 a file takes its text or a table, not an integer");
    CHECK(first_mistake("nodes.red.files.\"/a\" = { txt = \"b\" }").starts_with("2:17 file '/a' lacks"));
}

TEST_CASE("a mode is three or four octal digits, without the bits that change ids") {
    auto mistake = [](const std::string& mode) {
        return first_mistake("nodes.red.files.\"/a\" = { text = \"\", mode = \"" + mode + "\" }");
    };
    CHECK(mistake("755").empty());
    for (const char* wrong : {"4755", "0888", "rwx", "75", "", "00755", "-755"})
        CHECK(mistake(wrong) == "2:44 '" + std::string(wrong) + "' is no mode of a file");
    CHECK(first_mistake("nodes.red.files.\"/a\" = { text = \"\", mode = 644 }")
              .starts_with("2:44 'mode' takes a string, not an integer"));
}

TEST_CASE("a path is given to a node once, and is not a file and a folder") {
    CHECK(
        messages_in(
            "hosts = [\"r[1-2]\"]\n[nodes.\"r[1-2]\".files]\n\"/a\" = \"\"\n[nodes.r2.files]\n\"/a\" = \"\"\n"
            "[[tests]]\nname = \"x\"\nping = \"r1 -> r1\"\n") == "5:1 '/a' is given to node 'r2' twice\n");
    CHECK(first_mistake("[nodes.red.files]\n\"/a/b\" = \"\"\n\"/a\" = \"\"") ==
          "4:1 '/a' can't be a file and a folder of node 'red'");
    CHECK(first_mistake("[nodes.red.files]\n\"/a\" = \"\"\n\"/a/b\" = \"\"") ==
          "4:1 '/a' can't be a file and a folder of node 'red'");
    CHECK(first_mistake("[nodes.red.files]\n\"/a\" = \"\"\n\"/ab\" = \"\"").empty());
}
