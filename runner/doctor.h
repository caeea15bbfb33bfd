// `netrig doctor`: all that the table of features has, asked of this machine, as text for people and as JSON.
#pragma once

#include "core/requirements.h"
#include "runner/descriptors.h"

#include <string>
#include <vector>

namespace netrig {

struct DoctorReport {
    std::string version, kernel, user;
    bool labs = false;                   ///< labs can be built here
    std::vector<FeatureAnswer> features; ///< in the order of the table, then the programs
    DescriptorLimit descriptors{};
    bool operator==(const DoctorReport&) const = default;
};

DoctorReport examine_machine();

/// Grouped; a line for each feature, and below what is missing what to do about it.
std::string doctor_text(const DoctorReport& report, bool colour);

/// One object; ends with a new line.
std::string doctor_json(const DoctorReport& report);

} // namespace netrig
