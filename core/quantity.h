// Values with a unit, as people write them in strings: "50ms", "64KiB", "1%".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace netrig {

using Duration = std::chrono::nanoseconds;

inline constexpr std::string_view duration_units = "ns, us, ms, s, min, h";
inline constexpr std::string_view size_units = "B, KiB, MiB, GiB, kB, MB, GB";

/// A number, whole or decimal, and one of duration_units. Nothing when it is anything else or over a year.
std::optional<Duration> parse_duration(std::string_view text);

/// Bytes. A whole or decimal number and one of size_units.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// A share from 0 to 1. A number from 0 to 100 and "%".
std::optional<double> parse_percent(std::string_view text);

/// "1.2 ms", "3 s": three significant digits in the largest unit that keeps the number at 1 or more.
std::string show(Duration duration);

} // namespace netrig
