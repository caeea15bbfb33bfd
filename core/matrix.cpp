#include "core/matrix.h"

#include "core/suggest.h"

#include <algorithm>
#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::size_t most_combinations = 1000;

std::string problem_of_value(const TomlValue& value) {
    if (!is_single(value))
        return fmt::format("a value of the matrix is a string, a number or a boolean, not {}",
                           type_name(value));
    const auto* text = std::get_if<std::string>(&value.data);
    if (text != nullptr && text->find("${") != std::string::npos)
        return "a value of the matrix is written out; it can't name variables";
    if (text != nullptr && text->find('\n') != std::string::npos)
        return "a value of the matrix is one line, for it stands in the scenario's name";
    return {};
}

Axis load_axis(const TomlEntry& entry, const TableReader& scenario) {
    Axis axis{entry.key, entry.key_span, {}};
    if (auto problem = variable_name_problem(entry.key))
        scenario.report(entry.key_span, "this can't name a variable: " + *problem);
    const auto* list = std::get_if<TomlArray>(&entry.value.data);
    if (list == nullptr)
        scenario.report(entry.value.span,
                        fmt::format("'{}' takes a list of values, not {}", entry.key, type_name(entry.value)),
                        {}, "family = [\"ipv4\", \"ipv6\"]; a single value is one of the 'variables'");
    else if (list->empty())
        scenario.report(entry.value.span,
                        fmt::format("'{}' has no values, so there would be no scenario", entry.key));
    for (const TomlValue& value : list == nullptr ? TomlArray{} : *list) {
        std::string problem = problem_of_value(value);
        bool is_twice = std::any_of(axis.values.begin(), axis.values.end(),
                                    [&](const TomlValue& known) { return show(known) == show(value); });
        if (problem.empty() && is_twice)
            problem = fmt::format("'{}' has the value {} twice", entry.key, show(value));
        if (problem.empty())
            axis.values.push_back(value);
        else
            scenario.report(value.span, problem);
    }
    return axis;
}

std::optional<std::pair<std::size_t, std::size_t>> find_value(const TomlEntry& entry, const Matrix& matrix,
                                                              const TableReader& scenario) {
    std::vector<std::string> names, values;
    for (const Axis& axis : matrix.axes)
        names.push_back(axis.name);
    auto name = std::find(names.begin(), names.end(), entry.key);
    if (name == names.end()) {
        scenario.report(entry.key_span, fmt::format("the matrix has no list '{}'", entry.key), {},
                        suggestion(entry.key, names));
        return std::nullopt;
    }
    auto axis = static_cast<std::size_t>(name - names.begin());
    for (const TomlValue& value : matrix.axes[axis].values)
        values.push_back(show(value));
    auto value = std::find(values.begin(), values.end(), show(entry.value));
    if (value != values.end())
        return std::pair(axis, static_cast<std::size_t>(value - values.begin()));
    if (!values.empty())
        scenario.report(entry.value.span, fmt::format("'{}' has no value {}", entry.key, show(entry.value)),
                        {}, suggestion(show(entry.value), values));
    return std::nullopt;
}

void load_exclude(const TomlEntry& entry, Matrix& matrix, const TableReader& scenario) {
    const auto* list = std::get_if<TomlArray>(&entry.value.data);
    if (list == nullptr)
        scenario.report(entry.value.span,
                        fmt::format("'exclude' takes a list of tables, not {}", type_name(entry.value)), {},
                        "exclude = [{ family = \"ipv4\", mtu = 1280 }]");
    for (const TomlValue& value : list == nullptr ? TomlArray{} : *list) {
        const auto* table = std::get_if<TomlTable>(&value.data);
        if (table == nullptr || table->entries.empty()) {
            scenario.report(value.span, "what 'exclude' leaves out is a table of values, such as "
                                        "{ family = \"ipv4\", mtu = 1280 }");
            continue;
        }
        std::vector<std::pair<std::size_t, std::size_t>> excluded;
        for (const TomlEntry& each : table->entries)
            if (auto found = find_value(each, matrix, scenario))
                excluded.push_back(*found);
        if (excluded.size() == table->entries.size())
            matrix.excluded.push_back(std::move(excluded));
    }
}

bool is_excluded(const Combination& combination, const Matrix& matrix) {
    for (std::size_t i = 0; i < combination.size(); ++i)
        if (matrix.axes[i].only && *matrix.axes[i].only != combination[i])
            return true;
    return std::any_of(matrix.excluded.begin(), matrix.excluded.end(), [&](const auto& excluded) {
        return std::all_of(excluded.begin(), excluded.end(), [&](const auto& axis_and_value) {
            return combination[axis_and_value.first] == axis_and_value.second;
        });
    });
}

/// The next combination, as a counter whose last digit is the last axis; false after the last.
bool advance(Combination& combination, const Matrix& matrix) {
    for (std::size_t axis = combination.size(); axis-- > 0;) {
        if (++combination[axis] < matrix.axes[axis].values.size())
            return true;
        combination[axis] = 0;
    }
    return false;
}

} // namespace

Matrix load_matrix(TableReader& scenario) {
    Matrix matrix;
    const TomlTable* table = scenario.table("matrix");
    if (table == nullptr)
        return matrix;
    matrix.span = scenario.find("matrix")->span;
    for (const TomlEntry& entry : table->entries)
        if (entry.key != "exclude")
            matrix.axes.push_back(load_axis(entry, scenario));
    for (const TomlEntry& entry : table->entries)
        if (entry.key == "exclude")
            load_exclude(entry, matrix, scenario);
    if (matrix.axes.empty())
        scenario.report(matrix.span, "the matrix has no list of values", {}, "family = [\"ipv4\", \"ipv6\"]");
    return matrix;
}

bool take_only(const std::string& value, Axis& axis) {
    for (std::size_t i = 0; i < axis.values.size(); ++i)
        if (show(axis.values[i]) == value) {
            axis.only = i;
            return true;
        }
    auto added = axis.values.empty() ? std::nullopt : parse_like(value, axis.values.front());
    if (!added)
        return axis.values.empty(); // a mistake in the list has been reported
    axis.only = axis.values.size();
    axis.values.push_back(std::move(*added));
    return true;
}

std::vector<Combination> combinations(const Matrix& matrix, Diagnostics& diagnostics) {
    std::size_t count = 1;
    for (const Axis& axis : matrix.axes)
        count = std::min(count * std::max<std::size_t>(axis.values.size(), 1), most_combinations + 1);
    if (count > most_combinations) {
        diagnostics.push_back(
            {fmt::format("the matrix has more than {} combinations", most_combinations), matrix.span});
        return {};
    }
    std::vector<Combination> all;
    Combination combination(matrix.axes.size(), 0);
    do
        if (!is_excluded(combination, matrix))
            all.push_back(combination);
    while (advance(combination, matrix));
    if (all.empty())
        diagnostics.push_back({"no combination of the matrix is left", matrix.span});
    return all;
}

} // namespace netrig
