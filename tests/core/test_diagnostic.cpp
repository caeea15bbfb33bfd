#include "core/diagnostic.h"
#include "tests/support/catch.h"

using namespace netrig;

static Diagnostic at(std::uint32_t line, std::uint32_t from, std::uint32_t to, std::string message) {
    return {std::move(message), {{line, from}, {line, to}}};
}

TEST_CASE("a mistake is shown with place, source line, caret, label and help") {
    Diagnostic diagnostic = at(2, 3, 6, "unknown word 'two'");
    diagnostic.label = "this one";
    diagnostic.help = "did you mean 'too'?";
    CHECK(render({diagnostic}, {"net.toml", "one\na two b\nthree\n"}) == R"(error: unknown word 'two'
  --> net.toml:2:3
   |
 2 | a two b
   |   ^^^ this one
  help: did you mean 'too'?

)");
}

TEST_CASE("other places that have to do with it are notes") {
    Diagnostic diagnostic = at(2, 1, 4, "taken");
    diagnostic.notes = {{"first here", {{1, 1}, {1, 4}}}, {"and of the file", {}}};
    SourceFile source{"net.toml", "abc\nabc\n"};
    CHECK(render({diagnostic}, source).starts_with(R"(error: taken
  --> net.toml:2:1
   |
 2 | abc
   | ^^^
  note: first here
  --> net.toml:1:1
   |
 1 | abc
   | ^^^
)"));
}

TEST_CASE("a mistake of the file as a whole has no line") {
    CHECK(render({Diagnostic{"the file is empty"}}, {"net.toml", ""}) == R"(error: the file is empty
  --> net.toml

)");
}

TEST_CASE("mistakes are shown in the order of their places, those of one place as they were found") {
    SourceFile source{"net.toml", "abc\ndef\n"};
    CHECK(render({at(2, 2, 3, "third"), at(1, 1, 2, "first"), at(2, 2, 3, "fourth"), at(1, 3, 4, "second")},
                 source) ==
          R"(error: first
  --> net.toml:1:1
   |
 1 | abc
   | ^

error: second
  --> net.toml:1:3
   |
 1 | abc
   |   ^

error: third
  --> net.toml:2:2
   |
 2 | def
   |  ^

error: fourth
  --> net.toml:2:2
   |
 2 | def
   |  ^

)");
}

TEST_CASE("mistakes beyond the limit are counted") {
    Diagnostics diagnostics(5, Diagnostic{"no"});
    CHECK(render(diagnostics, {"net.toml", ""}, {.at_most = 2}) == R"(error: no
  --> net.toml

error: no
  --> net.toml

and 3 more in net.toml
)");
    CHECK(render({}, {"net.toml", ""}) == "");
}

TEST_CASE("colour marks the word, the message and the help") {
    Diagnostic diagnostic{"no", {}, {}, "yes"};
    CHECK(render({diagnostic}, {"net.toml", ""}, {.colour = true}) ==
          "\x1b[1;31merror\x1b[0m: \x1b[1mno\x1b[0m\n  --> net.toml\n  \x1b[1;36mhelp\x1b[0m: yes\n\n");
}

TEST_CASE("tabs are kept below, so that the caret stands under its letter") {
    CHECK(render_excerpt({"net.toml", "\ta\tbc\n"}, {{1, 4}, {1, 6}}, "") ==
          "   |\n 1 | \ta\tbc\n   | \t \t^^\n");
}

TEST_CASE("a carriage return at the end is no part of the line, other control characters are shown as '?'") {
    CHECK(render_excerpt({"net.toml", "a\x1b[31mb\r\nc\r\n"}, {{1, 7}, {1, 8}}, "") ==
          "   |\n 1 | a?[31mb\n   |       ^\n");
}

TEST_CASE("the caret counts letters, not bytes") {
    CHECK(render_excerpt({"net.toml", "gr\u00fcn \u20ac x\n"}, {{1, 8}, {1, 9}}, "") ==
          "   |\n 1 | gr\u00fcn \u20ac x\n   |        ^\n");
}

TEST_CASE("a span over several lines is marked to the end of its first") {
    CHECK(render_excerpt({"net.toml", "a = [\n1]\n"}, {{1, 5}, {2, 3}}, "here") == R"(   |
 1 | a = [
   |     ^ here
)");
}

TEST_CASE("a span without length, or past the end of its line, has one caret") {
    CHECK(render_excerpt({"net.toml", "abc\n"}, {{1, 2}, {1, 2}}, "") == "   |\n 1 | abc\n   |  ^\n");
    CHECK(render_excerpt({"net.toml", "abc\n"}, {{1, 4}, {1, 5}}, "") == "   |\n 1 | abc\n   |    ^\n");
}

TEST_CASE("numbers of lines widen the margin") {
    std::string text;
    for (int i = 1; i < 100; ++i)
        text += "\n";
    CHECK(render_excerpt({"net.toml", text + "x\n"}, {{100, 1}, {100, 2}}, "") ==
          "     |\n 100 | x\n     | ^\n");
}

TEST_CASE("of a long line the part around the caret is shown") {
    std::string line = std::string(80, 'a') + "XYZ" + std::string(80, 'b');
    CHECK(render_excerpt({"net.toml", line}, {{1, 81}, {1, 84}}, "here") ==
          "   |\n"
          " 1 | ..." +
              std::string(50, 'a') + "XYZ" + std::string(47, 'b') +
              "...\n"
              "   | " +
              std::string(53, ' ') + "^^^ here\n");
}

TEST_CASE("a long line is cut at its far end when the caret is near the other") {
    std::string line = "XYZ" + std::string(160, 'b');
    CHECK(render_excerpt({"net.toml", line}, {{1, 1}, {1, 4}}, "") ==
          "   |\n 1 | XYZ" + std::string(97, 'b') + "...\n   | ^^^\n");
    std::string end = std::string(160, 'a') + "XYZ";
    CHECK(render_excerpt({"net.toml", end}, {{1, 161}, {1, 164}}, "") ==
          "   |\n 1 | ..." + std::string(50, 'a') + "XYZ\n   | " + std::string(53, ' ') + "^^^\n");
}

TEST_CASE("a caret run longer than the excerpt ends with it") {
    CHECK(render_excerpt({"net.toml", std::string(300, 'x')}, {{1, 1}, {1, 301}}, "") ==
          "   |\n 1 | " + std::string(100, 'x') + "...\n   | " + std::string(100, '^') + "\n");
}

TEST_CASE("nothing from the file acts on the terminal") {
    std::string shown = render({at(1, 1, 2, "unknown key 'a\x1b[31m\nb'")}, {"net.toml", "x\n"});
    CHECK(shown.find('\x1b') == std::string::npos);
    CHECK(shown.find("\nb'") == std::string::npos);
    std::string excerpt = render_excerpt({"net.toml", "# \u009b31m \u202e abc\n"}, {{1, 1}, {1, 2}}, "");
    CHECK(excerpt.find("\u009b") == std::string::npos); // CSI in one code point
    CHECK(excerpt.find("\u202e") == std::string::npos); // turns the direction of writing
}

TEST_CASE("bytes that are no UTF-8 are not handed on") {
    std::string excerpt = render_excerpt({"net.toml", "hosts = [\"r\xE9"
                                                      "d\"]\n"},
                                         {{1, 1}, {1, 6}}, "");
    CHECK(excerpt.find('\xE9') == std::string::npos);
}
