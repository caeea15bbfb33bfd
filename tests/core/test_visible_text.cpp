#include "core/visible_text.h"

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

using namespace netrig;
using namespace std::string_literals;

TEST_CASE("bytes that are no UTF-8 are shown as their numbers") {
    CHECK(valid_utf8("plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80") ==
          "plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80");
    CHECK(valid_utf8("\x80") == "\\x80");
    CHECK(valid_utf8("\xC0\xAF") == "\\xc0\\xaf");                   // overlong
    CHECK(valid_utf8("\xE0\x80\xAF") == "\\xe0\\x80\\xaf");          // overlong
    CHECK(valid_utf8("\xED\xA0\x80") == "\\xed\\xa0\\x80");          // a surrogate
    CHECK(valid_utf8("\xF4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80"); // past U+10FFFF
    CHECK(valid_utf8("\xE2\x82") == "\\xe2\\x82");                   // cut short
    CHECK(valid_utf8("\xC3(") == "\\xc3(");
}

TEST_CASE("a terminal is shown control characters, never sent them") {
    CHECK(terminal_text("a\x1b[31mb\0c\x7f\rd"s) == "a\\x1b[31mb\\x00c\\x7f\\x0dd");
    CHECK(terminal_text("one\n\ttwo") == "one\n\ttwo");
    CHECK(terminal_line("one\n\ttwo") == "one\\x0a\\x09two");
    CHECK(terminal_text("\xC2\x9B"
                        "31m") == "\\u{9b}31m");               // CSI in one code point
    CHECK(terminal_text("\xE2\x80\xAEtxt") == "\\u{202e}txt"); // right-to-left override
    CHECK(terminal_text("\xC3\xA4\xE2\x82\xAC") == "\xC3\xA4\xE2\x82\xAC");
}

TEST_CASE("complete escape sequences are dropped from XML texts, other control characters are shown") {
    CHECK(xml_text("\x1b[1;31mred\x1b[0m") == "red");
    CHECK(xml_text("\x1b]8;;http://x\x1b\\link\x1b]0;title\a!") == "link!");
    CHECK(xml_text("\x1b[31") == "\\u{1b}[31"); // cut short
    CHECK(xml_text("\x1b]0;never ended\nnext") == "\\u{1b}]0;never ended\nnext");
    CHECK(xml_text("\x1b\x1b[0m[31m") == "\\u{1b}[31m"); // what is left is no sequence that acts
    CHECK(xml_text("\0\b\xEF\xBF\xBE\xEF\xBF\xBF"s) == "\\u{0}\\u{8}\\u{fffe}\\u{ffff}");
    CHECK(xml_text("a\r\nb\rc\n\r") == "a\nb\nc\n\n");
    CHECK(xml_text("\xFF") == "\\xff");
}

TEST_CASE("a text becomes one line") {
    CHECK(one_line("a\nb\tc\r\n\n") == "a b c");
    CHECK(one_line("\n") == "");
}

TEST_CASE("texts are cut between code points") {
    CHECK(shorten("12345678", 8) == "12345678");
    CHECK(shorten("123456789", 8) == "12345...");
    CHECK(shorten("\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4", 4) == "\xC3\xA4...");
    CHECK(shorten("1234", 2) == "12");
    CHECK(shorten_middle("1234567890", 7) == "12...90");
    CHECK(shorten_middle("1234567890", 8) == "123...90");
    CHECK(shorten_middle("1234567890", 10) == "1234567890");
}

TEST_CASE("of a long text both ends are kept and the rest is counted") {
    CHECK(head_and_tail("aabbcc", 3) == "aabbcc");
    CHECK(head_and_tail("aabbcc", 2) == "aa\n... 2 bytes omitted ...\ncc");
    CHECK(head_and_tail("a\xE2\x82\xAC-\xE2\x82\xAC"
                        "c",
                        2) == "a\n... 7 bytes omitted ...\nc");
}
