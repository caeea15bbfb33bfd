// Text from outside (names, the kernel's words, output of commands) made fit for where it is shown: nothing
// of it is lost without a trace, and nothing of it acts on a terminal or breaks a document. Knows UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace netrig {

/// Bytes that are no UTF-8 (RFC 3629) as \xNN, all else unchanged.
std::string valid_utf8(std::string_view text);

/// For a terminal: control characters as \xNN, those beyond ASCII and what turns the direction of writing
/// as \u{...}. New line and tab pass.
std::string terminal_text(std::string_view text);

/// The same for what must stay in its line: new line and tab are shown as well.
std::string terminal_line(std::string_view text);

/// For XML 1.0, before its escaping: complete CSI and OSC sequences (ECMA-48) are dropped, what XML cannot
/// hold is shown as \u{...}, and lines end with LF.
std::string xml_text(std::string_view text);

/// New lines and tabs as spaces, without those at the end.
std::string one_line(std::string_view text);

/// Cut to so many code points, the last three of them "..." if something was cut; the middle one keeps both
/// ends, which tell paths and names apart.
std::string shorten(std::string_view text, std::size_t at_most);
std::string shorten_middle(std::string_view text, std::size_t at_most);

/// The first and the last `each` bytes, cut between code points, with a line between that counts the rest.
std::string head_and_tail(std::string_view text, std::size_t each);

} // namespace netrig
