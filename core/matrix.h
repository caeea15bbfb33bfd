// The matrix: lists of values for variables, of which each combination is one instance of the scenario.
#pragma once

#include "core/variables.h"

#include <string>
#include <vector>

namespace netrig {

struct Axis {
    std::string name;
    Span span;                         ///< of the name
    std::vector<TomlValue> values;     ///< strings, numbers or booleans; empty: a mistake was reported
    std::optional<std::size_t> only{}; ///< the one that is taken, by --set
};

struct Matrix {
    std::vector<Axis> axes;
    /// Combinations that are left out: for each an axis and one of its values, as places in the lists.
    std::vector<std::vector<std::pair<std::size_t, std::size_t>>> excluded;
    Span span; ///< of the table
};

/// One combination: the place of its value in each axis.
using Combination = std::vector<std::size_t>;

/// `matrix` of a scenario, and mistakes in it.
Matrix load_matrix(TableReader& scenario);

/// Takes the one value alone, which need not be in the list. False when it is not of the list's type.
bool take_only(const std::string& value, Axis& axis);

/// All that are not left out, the last axis changing fastest; one that is empty where there is no matrix. An
/// axis with a mistake counts as one value. None left is a mistake.
std::vector<Combination> combinations(const Matrix& matrix, Diagnostics& diagnostics);

} // namespace netrig
