// Variables: `${name}` in any string of a scenario, key or value, stands for the variable's value. A string
// that is one `${name}` and nothing else takes the value's type, too, where that is not text for a program.
// `$${` stands for `${` itself.
//
// Where text is for another program (`command`, `stdin`, `env`, `files`, `setup`, `nftables`, and all below
// them), `${name}` is replaced where the scenario has a variable of that name, and is the program's own
// otherwise. Everywhere else an unknown name is a mistake.
#pragma once

#include "core/toml_reader.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace netrig {

/// NAME=VALUE as a command line gives it.
struct Setting {
    std::string name, value;
    bool operator==(const Setting&) const = default;
};

struct Variable {
    std::optional<TomlValue> value; ///< a string, a number or a boolean; nothing: a mistake was reported
    Span span;                      ///< where the value was written
    bool is_literal = false;        ///< names nothing in turn, whatever it looks like
    bool is_set = false;            ///< by the command line, not where it was written
};

using Variables = std::map<std::string, Variable>;

/// What is wrong with the name of a variable, or nothing: letters, digits, '_' and '-', a letter or '_'
/// first.
std::optional<std::string> variable_name_problem(std::string_view name);

/// The `variables` of a scenario, and mistakes in them. What they name in turn is not looked up yet.
Variables load_variables(TableReader& scenario);

/// The text as a value of the same type as `model`; nothing when it is none.
std::optional<TomlValue> parse_like(const std::string& text, const TomlValue& model);

/// One place where a value was put in.
struct VariableUse {
    std::string name, value;
    Span text;           ///< the whole string that names it
    Span span;           ///< of `${name}`
    Span from;           ///< where the value was written
    bool is_set = false; ///< by the command line instead
};

/// What came of putting values in.
struct Substitution {
    std::vector<VariableUse> uses;
    std::vector<Span> unresolved; ///< strings with a mistake, left as they were
};

/// Looks up what values name in turn; a circle of them is a mistake.
void resolve(Variables& variables, Diagnostics& diagnostics);

/// Puts values into all strings of the document but those of `include`, `variables` and `matrix`.
Substitution substitute(TomlTable& document, const Variables& variables, Diagnostics& diagnostics);

} // namespace netrig
