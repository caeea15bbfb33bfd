// Values with a unit, as people write them in strings: "50ms", "64KiB", "10mbit", "1%".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace netrig {

using Duration = std::chrono::nanoseconds;
using BitsPerSecond = std::uint64_t;

inline constexpr std::string_view duration_units = "ns, us, ms, s, min, h";
inline constexpr std::string_view size_units = "B, KiB, MiB, GiB, kB, MB, GB";
inline constexpr std::string_view rate_units = "bit, kbit, mbit, gbit";

/// A number, whole or decimal, and one of duration_units. Nothing when it is anything else or over a year.
std::optional<Duration> parse_duration(std::string_view text);

/// Bytes. A whole or decimal number and one of size_units.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// Bits a second, in the units of tc(8): thousands, not 1024. A whole or decimal number and one of
/// rate_units.
std::optional<BitsPerSecond> parse_rate(std::string_view text);

/// A share from 0 to 1. A number from 0 to 100 and "%".
std::optional<double> parse_percent(std::string_view text);

/// "1.2 ms", "3 s": three significant digits in the largest unit that keeps the number at 1 or more.
std::string show(Duration duration);

/// "1500us", "2s": exact, in the largest unit that makes it a whole number, as tc(8) takes it.
std::string exact_words(Duration duration);

/// "10mbit", "1500kbit": exact, in the largest unit that makes it a whole number.
std::string rate_words(BitsPerSecond rate);

/// "1%", "0.5%"
std::string percent_words(double share);

} // namespace netrig
