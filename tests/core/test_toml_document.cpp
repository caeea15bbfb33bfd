#include "core/toml_document.h"
#include "tests/support/catch.h"

#include <fmt/format.h>

using namespace netrig;

static std::string show(const Span& span) {
    return fmt::format("{}:{}-{}:{}", span.begin.line, span.begin.column, span.end.line, span.end.column);
}

static void list(const TomlTable& table, const std::string& indent, std::string& text) {
    for (const TomlEntry& entry : table.entries) {
        text += fmt::format("{}{} {} = {} {}\n", indent, entry.key, show(entry.key_span),
                            type_name(entry.value), show(entry.value.span));
        if (const auto* nested = std::get_if<TomlTable>(&entry.value.data))
            list(*nested, indent + "  ", text);
    }
}

/// Each key with its place, then what its value is with that one's place.
static std::string listed(const std::string& text) {
    auto table = parse_toml(text);
    if (!table)
        return fmt::format("{} {}: {}", show(table.error().span), table.error().message, table.error().label);
    std::string result;
    list(*table, "", result);
    return result;
}

TEST_CASE("keys stand in the order in which they were written") {
    CHECK(listed("zebra = 1\nant = 2\n[m]\n[b]\n[a]\n") == R"(zebra 1:1-1:6 = an integer 1:9-1:10
ant 2:1-2:4 = an integer 2:7-2:8
m 3:2-3:3 = a table 3:1-3:4
b 4:2-4:3 = a table 4:1-4:4
a 5:2-5:3 = a table 5:1-5:4
)");
}

TEST_CASE("keys of one line and of dotted tables stand in order too") {
    CHECK(listed("t = { z = 1, a = 2 }\n[nodes.z]\nlo = true\n[nodes.a]\n") == R"(t 1:1-1:2 = a table 1:5-1:21
  z 1:7-1:8 = an integer 1:11-1:12
  a 1:14-1:15 = an integer 1:18-1:19
nodes 2:2-2:7 = a table 2:1-2:10
  z 2:8-2:9 = a table 2:1-2:10
    lo 3:1-3:3 = a boolean 3:6-3:10
  a 4:8-4:9 = a table 4:1-4:10
)");
}

TEST_CASE("every type of value is told by its name") {
    CHECK(listed("a = true\nb = 1\nc = 1.5\nd = 'x'\ne = 2020-01-01\nf = []\ng = {}\n") ==
          R"(a 1:1-1:2 = a boolean 1:5-1:9
b 2:1-2:2 = an integer 2:5-2:6
c 3:1-3:2 = a real number 3:5-3:8
d 4:1-4:2 = a string 4:5-4:8
e 5:1-5:2 = a date 5:5-5:15
f 6:1-6:2 = an array 6:5-6:7
g 7:1-7:2 = a table 7:5-7:7
)");
}

TEST_CASE("columns count letters, not bytes, and a tab is one column") {
    CHECK(listed("\"gr\u00fcn \u20ac\" = 'bl\u00e4u' # \u20ac\n\t\tb\t=\t1\n") ==
          R"(gr)"
          "\u00fcn \u20ac"
          R"( 1:1-1:9 = a string 1:12-1:18
b 2:3-2:4 = an integer 2:7-2:8
)");
}

TEST_CASE("lines that end with CR and LF count as one line each") {
    CHECK(listed("a = 1\r\nb = 2\r\n") == "a 1:1-1:2 = an integer 1:5-1:6\nb 2:1-2:2 = an integer 2:5-2:6\n");
}

TEST_CASE("a string over several lines spans them") {
    auto table = parse_toml("a = \"\"\"\none\ntwo\"\"\"\n");
    REQUIRE(table);
    CHECK(std::get<std::string>(table->entries[0].value.data) == "one\ntwo");
    CHECK(show(table->entries[0].value.span) == "1:5-3:7");
}

TEST_CASE("a syntax error is one diagnostic where the parser stopped, in the parser's own words") {
    auto table = parse_toml("a = 1\nb = = 2\nc = = 3\n");
    REQUIRE_FALSE(table);
    CHECK(table.error().message.starts_with("not valid TOML: "));
    CHECK(show(table.error().span) == "2:5-2:5");
    CHECK(table.error().label == "the parser stopped here");
    auto twice = parse_toml("a = 1\na = 2\n");
    REQUIRE_FALSE(twice);
    CHECK(twice.error().span.begin.line == 2);
}

TEST_CASE("arrays nested without end are refused, not followed") {
    auto table = parse_toml("x = " + std::string(100'000, '['));
    REQUIRE_FALSE(table);
    CHECK(table.error().span.begin.line == 1);
}

TEST_CASE("tables nested without end by dotted keys are refused, not followed") {
    std::string key = "a";
    for (int i = 0; i < 100'000; ++i)
        key += ".a";
    CHECK_FALSE(parse_toml(key + " = 1\n"));
    CHECK_FALSE(parse_toml("[" + key + "]\n"));
}
