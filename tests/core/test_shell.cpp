#include "core/shell.h"
#include "tests/support/catch.h"
#include "tests/support/child.h"

using namespace netrig;

/// What the script prints.
static std::string printed(const std::string& script) {
    Ended ended = start_program({"bash", "-ec", script}).wait();
    INFO(script << ended.errors);
    CHECK(ended.status == 0);
    return ended.output;
}

TEST_CASE("a word of the shell is the text again, whatever it holds") {
    CHECK(shell_word("eth0") == "eth0");
    CHECK(shell_word("10.0.0.1/24") == "10.0.0.1/24");
    CHECK(shell_word("a b") == "'a b'");
    std::string all;
    for (int byte = 1; byte < 256; ++byte)
        all += static_cast<char>(byte);
    for (const std::string& text :
         {std::string(), std::string("$(exit 3)`exit 3`;*~\\!\"'"), std::string("-n"),
          std::string("\x1B[31m'\n"), std::string("gr\xC3\xBC\xC3\x9F"), all})
        CHECK(printed("printf %s " + shell_word(text)) == text);
    CHECK(shell_word("\x1B[31m").find('\x1B') == std::string::npos);
    CHECK(printed("printf '<%s>' " + shell_words({"a", "", "b c"})) == "<a><><b c>");
}

TEST_CASE("input for a command is the text again, whatever it holds") {
    CHECK(with_input("cat", "one\n") == "cat <<'END'\none\nEND\n");
    for (const std::string& text :
         {std::string(), std::string("END\nEND2\n$(exit 3)\n"), std::string("no end of line"),
          std::string("two\nlines"), std::string("\x1B[31m\n"), std::string("a\0b\xFF\n", 5),
          std::string(1000, '\xFE')})
        CHECK(printed(with_input("cat", text)) == text);
}

TEST_CASE("a comment of the shell stays in its line") {
    CHECK(printed(shell_comment("one\necho two") + "\n").empty());
}
