// Catch2 as this system has it: version 3 (catch_all.hpp) or version 2 (catch.hpp).
#pragma once

#define CATCH_CONFIG_ENABLE_OPTIONAL_STRINGMAKER

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
