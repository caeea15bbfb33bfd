#include "core/toml_reader.h"
#include "tests/support/catch.h"
#include "tests/support/scenario_text.h"

#include <array>

using namespace netrig;

static constexpr std::array<Key, 8> keys{{
    {"text", KeyType::text, ""},
    {"flag", KeyType::boolean, ""},
    {"number", KeyType::integer, ""},
    {"wait", KeyType::duration, ""},
    {"length", KeyType::size, ""},
    {"share", KeyType::percent, ""},
    {"names", KeyType::texts, ""},
    {"soon", KeyType::text, "what it will be for", true},
}};

namespace {

/// A document with a reader on its top level; the reader reports to `mistakes`.
struct Opened {
    explicit Opened(std::string text)
        : source{"net.toml", std::move(text)}, table(parse_toml(source.text).value()) {}

    std::string shown() const { return render(mistakes, source); }

    SourceFile source;
    TomlTable table;
    Diagnostics mistakes;
    TableReader reader{table, Span{{1, 1}, {1, 2}}, "a thing", keys, mistakes};
};

} // namespace

TEST_CASE("values are handed out by type") {
    Opened file(R"(text = "x"
flag = true
number = 7
wait = "3s"
length = "1KiB"
share = "5%"
names = ["a", "b"]
)");
    CHECK(file.reader.text("text")->value == "x");
    CHECK(file.reader.boolean("flag") == true);
    CHECK(file.reader.integer("number", 0, 10) == 7);
    CHECK(file.reader.duration("wait") == std::chrono::seconds(3));
    CHECK(file.reader.size("length") == 1024U);
    CHECK(file.reader.percent("share") == 0.05);
    CHECK(file.reader.texts("names").size() == 2);
    CHECK(file.reader.texts("text").size() == 1);
    CHECK(file.reader.texts("nothing").empty());
    CHECK(file.reader.text("nothing") == std::nullopt);
    CHECK(file.shown() == "");
}

TEST_CASE("a value of the wrong type is refused at its place and read as absent") {
    Opened file("text = 1\nflag = \"yes\"\nnumber = 1.0\nnames = [1, \"b\"]\n");
    CHECK(file.reader.text("text") == std::nullopt);
    CHECK(file.reader.boolean("flag") == std::nullopt);
    CHECK(file.reader.integer("number", 0, 10) == std::nullopt);
    CHECK(file.reader.texts("names").size() == 1);
    CHECK(file.shown() == R"(error: 'text' takes a string, not an integer
  --> net.toml:1:8
   |
 1 | text = 1
   |        ^

error: 'flag' takes true or false, not a string
  --> net.toml:2:8
   |
 2 | flag = "yes"
   |        ^^^^^

error: 'number' takes an integer, not a real number
  --> net.toml:3:10
   |
 3 | number = 1.0
   |          ^^^

error: 'names' takes strings, not an integer
  --> net.toml:4:10
   |
 4 | names = [1, "b"]
   |          ^

)");
}

TEST_CASE("a bare number where a unit belongs names the units") {
    Opened file("wait = 3\nlength = \"64\"\nshare = \"1\"\n");
    CHECK(file.reader.duration("wait") == std::nullopt);
    CHECK(file.reader.size("length") == std::nullopt);
    CHECK(file.reader.percent("share") == std::nullopt);
    CHECK(file.shown() == R"(error: 'wait' takes a duration such as "50ms" with its unit, as a string
  --> net.toml:1:8
   |
 1 | wait = 3
   |        ^
  help: units: ns, us, ms, s, min, h

error: 'length' takes a size such as "64KiB" with its unit, as a string
  --> net.toml:2:10
   |
 2 | length = "64"
   |          ^^^^
  help: units: B, KiB, MiB, GiB, kB, MB, GB

error: 'share' takes a share such as "1%" with its unit, as a string
  --> net.toml:3:9
   |
 3 | share = "1"
   |         ^^^
  help: units: %

)");
}

TEST_CASE("an unknown key gets a suggestion, a key of a later version is refused as such") {
    Opened file("nubmer = 1\nsoon = 1\n");
    CHECK(file.shown() == R"(error: unknown key 'nubmer' in a thing
  --> net.toml:1:1
   |
 1 | nubmer = 1
   | ^^^^^^
  help: did you mean 'number'?

error: 'soon' is not supported yet by this version of netrig
  --> net.toml:2:1
   |
 2 | soon = 1
   | ^^^^ what it will be for

)");
}

TEST_CASE("numbers out of range, words out of a list and missing keys are refused") {
    static constexpr std::array<std::string_view, 2> words{"open", "closed"};
    Opened file("number = 11\ntext = \"opne\"\n");
    CHECK(file.reader.integer("number", 1, 10) == std::nullopt);
    CHECK(file.reader.choice("text", words) == std::nullopt);
    file.reader.require("names");
    CHECK(file.shown() == R"(error: a thing lacks 'names'
  --> net.toml:1:1
   |
 1 | number = 11
   | ^

error: 'number' takes an integer from 1 to 10
  --> net.toml:1:10
   |
 1 | number = 11
   |          ^^

error: 'text' can't be 'opne'
  --> net.toml:2:8
   |
 2 | text = "opne"
   |        ^^^^^^
  help: did you mean 'open'?

)");
}

static Text text_in(const std::string& toml) {
    return text_of(parse_toml(toml).value().entries[0].value);
}

TEST_CASE("a part of a plain string has a place of its own") {
    Text text = text_in("x = \"red -> bl\u00fce\"");
    CHECK(text.part(0, 3) == Span{{1, 6}, {1, 9}});
    CHECK(text.part(7, 5) == Span{{1, 13}, {1, 17}}); // five bytes, four letters
    CHECK(text.sub(6, 6).value == "bl\u00fce");
    CHECK(text.sub(6, 6).span == Span{{1, 13}, {1, 17}});
    CHECK(text.sub(6, 6).part(0, 1) == Span{{1, 13}, {1, 14}});
    CHECK(text_in("x = 'abc'").part(1, 1) == Span{{1, 7}, {1, 8}});
}

TEST_CASE("a part of a string is shown where it stands, in lines too, or with escapes as the whole") {
    CHECK(text_in("x = \"a\\tb\"").part(2, 1) == Span{{1, 5}, {1, 11}});
    CHECK(text_in("x = \"\"\"a\nb\"\"\"").part(2, 1) == Span{{2, 1}, {2, 2}});
    CHECK(text_in("x = \"\"\"ab\"\"\"").part(1, 1) == Span{{1, 5}, {1, 13}});
}

TEST_CASE("a text is split with a place for each piece, less the blanks around it") {
    std::vector<Text> pieces = split(text_in("x = \" a --b--  \""), "--");
    REQUIRE(pieces.size() == 3);
    CHECK(pieces[0].value == "a");
    CHECK(pieces[0].span == Span{{1, 7}, {1, 8}});
    CHECK(pieces[1].value == "b");
    CHECK(pieces[1].span == Span{{1, 11}, {1, 12}});
    CHECK(pieces[2].value == "");
}
