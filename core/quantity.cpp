#include "core/quantity.h"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <span>

namespace netrig {

namespace {

struct Unit {
    std::string_view name;
    double factor;
};

constexpr std::array<Unit, 6> durations{
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}, {"h", 3600e9}}};
constexpr std::array<Unit, 7> sizes{
    {{"B", 1}, {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}}};
constexpr std::array<Unit, 4> rates{{{"gbit", 1e9}, {"mbit", 1e6}, {"kbit", 1e3}, {"bit", 1}}};
constexpr std::array<Unit, 1> percents{{{"%", 0.01}}};

std::optional<double> parse_with_unit(std::string_view text, std::span<const Unit> units) {
    double number = 0;
    auto [rest, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc() || !std::isfinite(number) || number < 0)
        return std::nullopt;
    std::string_view unit = text.substr(static_cast<std::size_t>(rest - text.data()));
    while (unit.starts_with(' '))
        unit.remove_prefix(1);
    for (const Unit& known : units)
        if (unit == known.name)
            return number * known.factor;
    return std::nullopt;
}

std::optional<std::uint64_t> whole_number(std::optional<double> value) {
    constexpr double most = 9e15; // a double is exact up to here
    if (!value || *value > most)
        return std::nullopt;
    double whole = std::round(*value), rounding = *value * 1e-12; // 1.001 * 1000 is not exact in a double
    if (std::abs(*value - whole) > rounding)
        return std::nullopt;
    return static_cast<std::uint64_t>(whole);
}

/// In the largest unit that makes it a whole number; `units` end with the smallest.
std::string in_whole_units(std::uint64_t value, std::span<const Unit> units) {
    for (const Unit& unit : units) {
        auto factor = static_cast<std::uint64_t>(unit.factor);
        if (value >= factor && value % factor == 0)
            return fmt::format("{}{}", value / factor, unit.name);
    }
    return fmt::format("0{}", units.back().name);
}

/// "1.23", "12.3", "123", "1234": never an exponent.
std::string three_digits(double value) {
    int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
    std::string text = fmt::format("{:.{}f}", value, decimals);
    while (decimals > 0 && (text.back() == '0' || text.back() == '.')) {
        bool was_point = text.back() == '.';
        text.pop_back();
        if (was_point)
            break;
    }
    return text;
}

} // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    constexpr double year = 365.0 * 24 * 3600e9;
    auto value = parse_with_unit(text, durations);
    if (!value || *value > year)
        return std::nullopt;
    return Duration(std::llround(*value));
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    return whole_number(parse_with_unit(text, sizes));
}

std::optional<BitsPerSecond> parse_rate(std::string_view text) {
    return whole_number(parse_with_unit(text, rates));
}

std::optional<double> parse_percent(std::string_view text) {
    auto value = parse_with_unit(text, percents);
    if (!value || *value > 1)
        return std::nullopt;
    return value;
}

std::string show(Duration duration) {
    auto nanoseconds = static_cast<double>(duration.count());
    for (const Unit& unit : {durations[3], durations[2], durations[1]})
        if (nanoseconds >= unit.factor)
            return three_digits(nanoseconds / unit.factor) + " " + std::string(unit.name);
    return fmt::format("{} ns", duration.count());
}

std::string exact_words(Duration duration) {
    constexpr std::array<Unit, 4> units{durations[3], durations[2], durations[1], durations[0]};
    return in_whole_units(static_cast<std::uint64_t>(duration.count()), units);
}

std::string rate_words(BitsPerSecond rate) {
    return in_whole_units(rate, rates);
}

std::string percent_words(double share) {
    return fmt::format("{:g}%", 100 * share);
}

} // namespace netrig
