// Text as bash(1) takes it, whatever it holds: words, and input for commands. What is made is printable, so
// that nothing in it acts on the terminal that shows it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace netrig {

/// One word, quoted only where it must be.
std::string shell_word(std::string_view text);

/// Each as one word, with spaces between.
std::string shell_words(const std::vector<std::string>& words);

/// The command, with the text as its standard input: a here-document, or through base64(1) where the text is
/// no plain text of whole lines. Ends with a new line.
std::string with_input(const std::string& command, std::string_view text);

/// For a comment, which must stay in its line.
std::string shell_comment(std::string_view text);

} // namespace netrig
