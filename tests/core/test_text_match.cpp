#include "core/text_match.h"
#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

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

TEST_CASE("a match that is neither text nor one of the two tables is refused") {
    CHECK(mistakes_of("stdout = 3") == R"(error: 'stdout' takes a string or a table, not an integer
  --> net.toml:1:10
   |
 1 | stdout = 3
   |          ^

)");
    CHECK(mistakes_of("stdout = { equals = 'a', matches = 'b' }") ==
          R"(error: 'stdout' takes one of 'equals' and 'matches'
  --> net.toml:1:10
   |
 1 | stdout = { equals = 'a', matches = 'b' }
   |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

)");
    CHECK(mistakes_of("stdout = {}") == R"(error: 'stdout' takes one of 'equals' and 'matches'
  --> net.toml:1:10
   |
 1 | stdout = {}
   |          ^^

)");
    CHECK(mistakes_of("stdout = { equal = 'a', json = {} }") ==
          R"(error: unknown key 'equal' in stdout
  --> net.toml:1:12
   |
 1 | stdout = { equal = 'a', json = {} }
   |            ^^^^^
  help: did you mean 'equals'?

error: 'json' is not supported yet by this version of netrig
  --> net.toml:1:25
   |
 1 | stdout = { equal = 'a', json = {} }
   |                         ^^^^ values at paths of a JSON text

)");
}
