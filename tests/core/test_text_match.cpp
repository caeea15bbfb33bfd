#include "core/text_match.h"
#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

#include <fmt/format.h>

using namespace netrig;

/// The match of `stdout = …` in a file of that one line.
static std::optional<TextMatch> match_in(const std::string& toml, std::string& mistakes) {
    SourceFile source{"net.toml", toml};
    TomlTable table = parse_toml(source.text).value();
    Diagnostics diagnostics;
    auto match = TextMatch::load(table.entries[0].value, "stdout", diagnostics);
    mistakes = render(diagnostics, source);
    return match;
}

static TextMatch match_of(const std::string& toml) {
    std::string mistakes;
    auto match = match_in(toml, mistakes);
    INFO(mistakes);
    REQUIRE(match);
    return *match;
}

static std::string mistakes_of(const std::string& toml) {
    std::string mistakes;
    CHECK_FALSE(match_in(toml, mistakes));
    return mistakes;
}

TEST_CASE("a string is text that the output contains") {
    TextMatch match = match_of("stdout = 'via'");
    CHECK(match.describe() == "contains 'via'");
    CHECK(match.fits("default via 10.0.0.1\n"));
    CHECK_FALSE(match.fits("VIA"));
    CHECK_FALSE(match.fits(""));
}

TEST_CASE("'equals' is the whole output, one new line at the end forgiven") {
    TextMatch match = match_of("stdout = { equals = 'up' }");
    CHECK(match.describe() == "equals 'up'");
    CHECK(match.fits("up"));
    CHECK(match.fits("up\n"));
    CHECK_FALSE(match.fits("up\n\n"));
    CHECK_FALSE(match.fits("up "));
    TextMatch empty = match_of("stdout = { equals = '' }");
    CHECK(empty.describe() == "is empty");
    CHECK(empty.fits(""));
    CHECK(empty.fits("\n"));
    CHECK_FALSE(empty.fits("x"));
}

TEST_CASE("'matches' finds a Perl-compatible regular expression anywhere, '^' and '$' at each line") {
    TextMatch match = match_of(R"(stdout = { matches = '^eth\d+$' })");
    CHECK(match.describe() == R"(matches /^eth\d+$/)");
    CHECK(match.fits("lo\neth12\n"));
    CHECK_FALSE(match.fits("xeth12"));
    CHECK(match_of(R"(stdout = { matches = '(?i)UP(?=,)' })").fits("<up,>"));
    CHECK(match_of("stdout = { matches = '^gr.n$' }").fits("gr\u00fcn"));
}

TEST_CASE("bytes that are no UTF-8 in the output do not end the search") {
    CHECK(match_of("stdout = { matches = 'end' }").fits("\xFF\xFE end"));
}

TEST_CASE("a pattern without end in its search gives up instead of hanging") {
    TextMatch match = match_of(R"(stdout = { matches = '^(a+)+$' })");
    CHECK_FALSE(match.fits(std::string(200, 'a') + "b"));
    auto regex = Regex::compile("^(?:a|aa|a?)+$");
    REQUIRE(regex);
    CHECK(regex->search(std::string(5000, 'a') + "b") != true);
}

TEST_CASE("an error in a regular expression is shown in the pattern") {
    CHECK(mistakes_of("stdout = { matches = 'x[z-a]b' }") ==
          R"(error: not a regular expression: range out of order in character class
  --> net.toml:1:27
   |
 1 | stdout = { matches = 'x[z-a]b' }
   |                           ^

)");
    CHECK(mistakes_of("stdout = { matches = '*a' }") ==
          R"(error: not a regular expression: quantifier does not follow a repeatable item
  --> net.toml:1:23
   |
 1 | stdout = { matches = '*a' }
   |                       ^

)");
    CHECK(mistakes_of("stdout = { matches = '\u00fc\u00fc[z-a]' }") ==
          "error: not a regular expression: range out of order in character class\n"
          "  --> net.toml:1:28\n"
          "   |\n"
          " 1 | stdout = { matches = '\u00fc\u00fc[z-a]' }\n"
          "   |                            ^\n\n");
}

TEST_CASE("an error at the end of a regular expression marks the whole pattern") {
    CHECK(mistakes_of("stdout = { matches = 'a(b' }") ==
          R"(error: not a regular expression: missing closing parenthesis
  --> net.toml:1:22
   |
 1 | stdout = { matches = 'a(b' }
   |                      ^^^^^

)");
}

TEST_CASE("a match that is neither text nor one of the three tables is refused") {
    CHECK(mistakes_of("stdout = 3") == R"(error: 'stdout' takes a string or a table, not an integer
  --> net.toml:1:10
   |
 1 | stdout = 3
   |          ^

)");
    CHECK(mistakes_of("stdout = { equals = 'a', matches = 'b' }") ==
          R"(error: 'stdout' takes one of 'equals', 'matches' and 'json'
  --> net.toml:1:10
   |
 1 | stdout = { equals = 'a', matches = 'b' }
   |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

)");
    CHECK(mistakes_of("stdout = {}") == R"(error: 'stdout' takes one of 'equals', 'matches' and 'json'
  --> net.toml:1:10
   |
 1 | stdout = {}
   |          ^^

)");
    CHECK(mistakes_of("stdout = { equal = 'a' }") ==
          R"(error: unknown key 'equal' in stdout
  --> net.toml:1:12
   |
 1 | stdout = { equal = 'a' }
   |            ^^^^^
  help: did you mean 'equals'?

)");
}

TEST_CASE("'json' finds values at their paths, written with dots and brackets or as a pointer") {
    TextMatch match =
        match_of(R"(stdout = { json = { "links[1].mtu" = 1500, "/name" = "red", up = true } })");
    CHECK(match.describe() == R"(has links[1].mtu = 1500, /name = "red", up = true)");
    CHECK(match.fits(R"({ "links": [{}, { "mtu": 1500.0 }], "name": "red", "up": true, "more": null })"));
    CHECK(match.differences(R"({ "links": [{ "mtu": 1500 }], "name": "blue", "up": 1 })") ==
          std::vector<std::string>{"there is no links[1].mtu", R"(/name is "blue", not "red")",
                                   "up is 1, not true"});
    CHECK(match.differences("default via 10.0.0.1") == std::vector<std::string>{"it is no JSON"});
    CHECK(match_of("stdout = { json = { 'x.y' = [1, { a = 'b' }] } }")
              .fits(R"({ "x": { "y": [1, { "a": "b" }] } })"));
}

TEST_CASE("mistakes in paths of a JSON text are refused") {
    for (const char* path : {"a..b", "a[x]", "a[1", "a.", "a.[1]"})
        CHECK(mistakes_of(fmt::format("stdout = {{ json = {{ '{}' = 1 }} }}", path))
                  .starts_with(fmt::format("error: '{}' is no path in a JSON text\n", path)));
    CHECK(mistakes_of("stdout = { json = {} }").starts_with("error: 'json' names no value"));
    CHECK(mistakes_of("stdout = { json = { a = 1 }, equals = '' }")
              .starts_with("error: 'stdout' takes one of"));
}

TEST_CASE("a text that is another is told by the first line that differs, or by the nearest one") {
    using Lines = std::vector<std::string>;
    CHECK(match_of("stdout = { equals = \"a\\nb\\nc\" }").differences("a\nx\nc\n") ==
          Lines{"it differs from line 2 on:", "  - b", "  + x"});
    CHECK(match_of("stdout = { equals = \"a\" }").differences("a\nb\n") ==
          Lines{"it differs from line 2 on:", "    expected its end", "  + b"});
    CHECK(match_of("stdout = { equals = \"a\\nb\" }").differences("a\n") ==
          Lines{"it differs from line 2 on:", "  - b", "    it ends there"});
    CHECK(match_of("stdout = 'default via 10.0.0.1'")
              .differences("10.0.0.0/24 dev eth0\ndefault via 10.0.0.2\n") ==
          Lines{"the nearest line is 'default via 10.0.0.2'"});
    CHECK(match_of("stdout = 'default via 10.0.0.1'").differences("something else\n").empty());
}
