// A mistake in a person's file: what is wrong, the smallest place that shows it, and how to mend it. All
// mistakes of a file are collected, sorted by place and shown together; nothing here prints.
#pragma once

#include "core/source.h"

#include <string>
#include <vector>

namespace netrig {

struct DiagnosticNote {
    std::string text;
    Span span;
    bool operator==(const DiagnosticNote&) const = default;
};

struct Diagnostic {
    std::string message; ///< stands alone: "unknown node 'bleu'"
    Span span;
    std::string label{};                 ///< what the place under the caret is
    std::string help{};                  ///< a concrete edit
    std::vector<DiagnosticNote> notes{}; ///< the other places that have to do with it
    bool operator==(const Diagnostic&) const = default;
};

using Diagnostics = std::vector<Diagnostic>;

struct DiagnosticStyle {
    bool colour = false;
    std::size_t at_most = 20; ///< the rest is counted, not shown
};

/// The whole text for people: one block a mistake, in the order of their places, those of included files
/// first. `source` is the scenario's, here and below. Ends with a new line.
std::string render(const Diagnostics& diagnostics, const SourceFile& source, DiagnosticStyle style = {});

/// The source line with a caret run under the span, as it stands in each block; also used below failed
/// checks.
std::string render_excerpt(const SourceFile& source, const Span& span, const std::string& label);

/// "path:line:col", or the path alone for the file as a whole.
std::string place(const SourceFile& source, const Span& span);

} // namespace netrig
