// CHECK_THAT(text, contains("words")), with the Catch2 that this system has.
#pragma once

#include "tests/support/catch.h"

#include <string>

namespace netrig {

inline auto contains(const std::string& words) {
#if __has_include(<catch2/catch_all.hpp>)
    return Catch::Matchers::ContainsSubstring(words);
#else
    return Catch::Contains(words);
#endif
}

} // namespace netrig
