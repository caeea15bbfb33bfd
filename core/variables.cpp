#include "core/variables.h"

#include "core/suggest.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <set>

namespace netrig {

namespace {

constexpr std::array<std::string_view, 6> keys_of_other_programs{"command", "stdin", "env",
                                                                 "files",   "setup", "nftables"};
constexpr std::array<std::string_view, 3> keys_without_variables{"include", "variables", "matrix"};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool has(const auto& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> names_of(const Variables& variables) {
    std::vector<std::string> names;
    for (const auto& [name, variable] : variables)
        names.push_back(name);
    return names;
}

/// A string that is being filled in.
struct Filled {
    std::string text;
    Written written;
    std::optional<TomlValue> whole; ///< the string is one variable
    std::vector<VariableUse> uses;
    bool has_mistake = false;

    void replace(const std::string& by, std::size_t written_offset, std::size_t written_length) {
        written.pieces.push_back({text.size(), by.size(), written_offset, written_length});
        text += by;
    }
};

/// Puts the values into one string.
class Filler {
public:
    Filler(const Text& source, const Variables& variables, bool for_program, Diagnostics& diagnostics)
        : source_(source), variables_(variables), for_program_(for_program), diagnostics_(diagnostics) {}

    Filled fill() {
        filled_.written.text = source_.value;
        for (std::size_t at = 0; at < source_.value.size();)
            at = step(at);
        return std::move(filled_);
    }

private:
    /// Takes what begins at `at`, and says where that ends.
    std::size_t step(std::size_t at) {
        const std::string& text = source_.value;
        if (text.compare(at, 3, "$${") == 0) {
            filled_.replace("${", at, 3);
            return at + 3;
        }
        if (text.compare(at, 2, "${") != 0) {
            filled_.text += text[at];
            return at + 1;
        }
        std::size_t close = text.find('}', at);
        std::size_t end = close == std::string::npos ? text.size() : close + 1;
        std::string name = text.substr(at + 2, end - at - 3);
        auto found = close == std::string::npos ? variables_.end() : variables_.find(name);
        if (found != variables_.end())
            put_in(found->first, found->second, at, end - at);
        else if (for_program_) {
            filled_.text += "${";
            return at + 2;
        } else
            report(close == std::string::npos ? "" : name, at, end - at);
        return end;
    }

    void put_in(const std::string& name, const Variable& variable, std::size_t at, std::size_t length) {
        if (!variable.value) {
            filled_.has_mistake = true;
            return;
        }
        std::string value = show(*variable.value);
        filled_.replace(value, at, length);
        if (length == source_.value.size())
            filled_.whole = *variable.value;
        filled_.uses.push_back(
            {name, value, source_.span, source_.part(at, length), variable.span, variable.is_set});
    }

    void report(const std::string& name, std::size_t at, std::size_t length) {
        filled_.has_mistake = true;
        Span span = source_.part(at, length);
        if (auto problem = variable_name_problem(name))
            diagnostics_.push_back({"'${' begins the name of a variable, and this is none: " + *problem,
                                    span,
                                    {},
                                    "\"${name}\", or \"$${\" for the two characters themselves",
                                    {}});
        else
            diagnostics_.push_back({fmt::format("unknown variable '{}'", name),
                                    span,
                                    {},
                                    suggestion(name, names_of(variables_)),
                                    {}});
    }

    const Text& source_;
    const Variables& variables_;
    bool for_program_;
    Diagnostics& diagnostics_;
    Filled filled_;
};

bool names_variables(const std::string& text) {
    return text.find("${") != std::string::npos;
}

class Substituter {
public:
    Substituter(const Variables& variables, Diagnostics& diagnostics)
        : variables_(variables), diagnostics_(diagnostics) {}

    Substitution document(TomlTable& table) {
        for (TomlEntry& entry : table.entries)
            if (!has(keys_without_variables, entry.key))
                put_into(entry.value, false, entry.key == "nodes");
        return std::move(done_);
    }

private:
    void put_into(TomlTable& table, bool for_program, bool are_nodes) {
        for (TomlEntry& entry : table.entries) {
            put_into(entry.value, for_program || has(keys_of_other_programs, entry.key), false);
            if (!names_variables(entry.key))
                continue;
            Text key{entry.key, entry.key_span};
            Filled filled = Filler(key, variables_, for_program, diagnostics_).fill();
            note(filled, entry.key_span);
            if (!filled.has_mistake)
                entry.key = filled.text;
        }
        if (!are_nodes) // of which several tables may speak, as with patterns
            refuse_equal_keys(table);
    }

    void put_into(TomlValue& value, bool for_program, bool are_nodes) {
        if (auto* table = std::get_if<TomlTable>(&value.data))
            return put_into(*table, for_program, are_nodes);
        if (auto* array = std::get_if<TomlArray>(&value.data)) {
            for (TomlValue& element : *array)
                put_into(element, for_program, false);
            return;
        }
        auto* text = std::get_if<std::string>(&value.data);
        if (text == nullptr || !names_variables(*text))
            return;
        Filled filled = Filler(text_of(value), variables_, for_program, diagnostics_).fill();
        note(filled, value.span);
        if (filled.has_mistake)
            return;
        if (filled.whole && !for_program)
            value.data = filled.whole->data;
        else
            *text = std::move(filled.text);
        value.written = std::make_shared<Written>(std::move(filled.written));
    }

    void note(Filled& filled, Span span) {
        std::move(filled.uses.begin(), filled.uses.end(), std::back_inserter(done_.uses));
        if (filled.has_mistake)
            done_.unresolved.push_back(span);
    }

    /// TOML refuses equal keys as they are written; these became equal.
    void refuse_equal_keys(TomlTable& table) {
        std::map<std::string_view, Span> seen;
        for (const TomlEntry& entry : table.entries) {
            auto [first, is_new] = seen.try_emplace(entry.key, entry.key_span);
            if (!is_new)
                diagnostics_.push_back({fmt::format("'{}' is here twice", entry.key),
                                        entry.key_span,
                                        {},
                                        {},
                                        {{"the first is here", first->second}}});
        }
    }

    const Variables& variables_;
    Diagnostics& diagnostics_;
    Substitution done_;
};

/// Follows the names in values, each variable once.
class Resolver {
public:
    Resolver(Variables& variables, Diagnostics& diagnostics)
        : variables_(variables), diagnostics_(diagnostics) {}

    void resolve(const std::string& name) {
        Variable& variable = variables_.at(name);
        auto* text = variable.value ? std::get_if<std::string>(&variable.value->data) : nullptr;
        bool names_others = text != nullptr && !variable.is_literal && names_variables(*text);
        if (!names_others || !done_.insert(name).second)
            return;
        open_.push_back(name);
        bool is_circle = false;
        for (const std::string& other : named_in(*text))
            is_circle = !follow(other, text_of(*variable.value)) || is_circle;
        open_.pop_back();
        if (is_circle) {
            variable.value.reset();
            return;
        }
        Filled filled = Filler(text_of(*variable.value), variables_, false, diagnostics_).fill();
        if (filled.has_mistake)
            variable.value.reset();
        else
            variable.value->data = filled.whole ? filled.whole->data : decltype(TomlValue::data)(filled.text);
    }

private:
    /// False, and reported, when the name leads back to a variable that is being followed.
    bool follow(const std::string& name, const Text& text) {
        if (auto begin = std::find(open_.begin(), open_.end(), name); begin != open_.end()) {
            diagnostics_.push_back({fmt::format("'{}' is made of itself: {} -> {}", name,
                                                fmt::join(begin, open_.end(), " -> "), name),
                                    text.part(text.value.find("${" + name + "}"), name.size() + 3)});
            return false;
        }
        resolve(name);
        return true;
    }

    [[nodiscard]] std::vector<std::string> named_in(const std::string& text) const {
        std::vector<std::string> names;
        for (const auto& [name, variable] : variables_)
            if (text.find("${" + name + "}") != std::string::npos)
                names.push_back(name);
        return names;
    }

    Variables& variables_;
    Diagnostics& diagnostics_;
    std::set<std::string> done_;
    std::vector<std::string> open_;
};

} // namespace

std::optional<std::string> variable_name_problem(std::string_view name) {
    if (name.empty())
        return "there is no name";
    bool good = is_letter(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
                    return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
                });
    if (good)
        return std::nullopt;
    return fmt::format("'{}' has more than letters, digits, '_' and '-', or begins with a digit or '-'",
                       name);
}

Variables load_variables(TableReader& scenario) {
    Variables variables;
    const TomlTable* table = scenario.table("variables");
    if (table == nullptr)
        return variables;
    for (const TomlEntry& entry : table->entries) {
        if (auto problem = variable_name_problem(entry.key)) {
            scenario.report(entry.key_span, "this can't name a variable: " + *problem);
            continue;
        }
        Variable variable{std::nullopt, entry.value.span};
        if (is_single(entry.value))
            variable.value = entry.value;
        else
            scenario.report(
                entry.value.span,
                fmt::format("a variable is a string, a number or a boolean, not {}", type_name(entry.value)));
        variables.emplace(entry.key, std::move(variable));
    }
    return variables;
}

template <class T>
static std::optional<T> parse_number(const std::string& text) {
    T number{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool whole = error == std::errc() && end == text.data() + text.size();
    return whole ? std::optional(number) : std::nullopt;
}

std::optional<TomlValue> parse_like(const std::string& text, const TomlValue& model) {
    TomlValue value{model.span, text};
    if (std::holds_alternative<std::int64_t>(model.data)) {
        auto number = parse_number<std::int64_t>(text);
        value.data = number.value_or(0);
        return number ? std::optional(value) : std::nullopt;
    }
    if (std::holds_alternative<double>(model.data)) {
        auto number = parse_number<double>(text);
        value.data = number.value_or(0);
        return number ? std::optional(value) : std::nullopt;
    }
    if (std::holds_alternative<bool>(model.data)) {
        value.data = text == "true";
        return text == "true" || text == "false" ? std::optional(value) : std::nullopt;
    }
    return value;
}

void resolve(Variables& variables, Diagnostics& diagnostics) {
    Resolver resolver(variables, diagnostics);
    for (const auto& [name, variable] : variables)
        resolver.resolve(name);
}

Substitution substitute(TomlTable& document, const Variables& variables, Diagnostics& diagnostics) {
    return Substituter(variables, diagnostics).document(document);
}

} // namespace netrig
