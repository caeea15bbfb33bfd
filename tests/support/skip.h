// A skip is loud: CTest shows a test that prints this as skipped, with the reason in its output. The test
// returns right after it.
#pragma once

#include "tests/support/machine.h"

#include <iostream>
#include <string>

namespace netrig {

inline void skip(const std::string& reason) {
    std::cout << "skipped: " << reason << std::endl;
}

/// Where this user may make no namespaces, says so and returns true: `if (skipped_without_namespaces())
/// return;`
inline bool skipped_without_namespaces() {
    auto machine = Machine::make();
    if (!machine)
        skip(describe(machine.error()));
    return !machine;
}

} // namespace netrig
