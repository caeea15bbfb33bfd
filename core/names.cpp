#include "core/names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::size_t most_names = 100'000;

/// Fallback devices, which net/ipv4 and net/ipv6 make in every namespace (fb_tunnels_only_for_init_net in
/// Documentation/admin-guide/sysctl/net.rst).
constexpr std::array<std::string_view, 9> own_tunnels{"tunl0",   "gre0",    "gretap0", "erspan0", "sit0",
                                                      "ip6tnl0", "ip6gre0", "ip_vti0", "ip6_vti0"};

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// The whole letter that begins at a byte, in UTF-8.
std::string_view letter_at(std::string_view text, std::size_t at) {
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        ++end;
    return text.substr(at, end - at);
}

struct Range {
    std::size_t first = 0, last = 0, width = 0; ///< width: digits to fill with zeros, 0 for none
};

std::optional<std::size_t> parse_number(std::string_view digits) {
    std::size_t value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return value;
}

std::optional<Range> parse_range(std::string_view text) {
    std::size_t dash = text.find('-');
    std::string_view low = text.substr(0, dash);
    std::string_view high = dash == std::string_view::npos ? low : text.substr(dash + 1);
    auto first = parse_number(low), last = parse_number(high);
    if (!first || !last || *first > *last)
        return std::nullopt;
    bool padded = low.size() > 1 && low.front() == '0';
    return Range{*first, *last, padded ? low.size() : 0};
}

} // namespace

std::optional<std::string> node_name_problem(std::string_view name) {
    if (name.empty())
        return "a node's name can't be empty";
    if (name.size() > longest_node_name)
        return fmt::format("a node's name has at most {} bytes, this one has {}", longest_node_name,
                           name.size());
    if (!is_letter_or_digit(name.front()) && name.front() != '_')
        return "a node's name begins with a letter, a digit or '_'";
    for (std::size_t i = 0; i < name.size(); ++i)
        if (char c = name[i]; !is_letter_or_digit(c) && c != '-' && c != '_' && c != '.')
            return fmt::format("'{}' can't be in a node's name (letters, digits, '-', '_' and '.' can)",
                               letter_at(name, i));
    return std::nullopt;
}

std::optional<std::string> interface_name_problem(std::string_view name) {
    if (name.empty())
        return "an interface's name can't be empty";
    if (name.size() > longest_interface_name)
        return fmt::format("an interface's name has at most {} bytes, this one has {}",
                           longest_interface_name, name.size());
    if (name == "." || name == "..")
        return "'.' and '..' can't name an interface";
    if (name == "all" || name == "default") // folders of /proc/sys/net/ipv4/conf
        return "the kernel keeps 'all' and 'default' for settings of all interfaces";
    if (std::find(own_tunnels.begin(), own_tunnels.end(), name) != own_tunnels.end())
        return fmt::format("a kernel that knows such tunnels has a '{}' of its own in every namespace", name);
    bool bad = std::any_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '/' || c == ':' || c == '%' || c == 0x7F;
    });
    if (bad)
        return "an interface's name can't have white space, '/', ':' or '%'";
    return std::nullopt;
}

tl::expected<std::vector<std::string>, std::string> expand_names(std::string_view pattern) {
    std::size_t open = pattern.find('[');
    if (open == std::string_view::npos)
        return std::vector<std::string>{std::string(pattern)};
    std::size_t close = pattern.find(']', open);
    if (close == std::string_view::npos)
        return tl::unexpected(std::string("'[' without its ']'"));
    auto rest = expand_names(pattern.substr(close + 1));
    if (!rest)
        return rest;
    std::vector<std::string> names;
    std::string_view list = pattern.substr(open + 1, close - open - 1);
    for (std::size_t at = 0; at <= list.size();) {
        std::size_t comma = std::min(list.find(',', at), list.size());
        auto range = parse_range(list.substr(at, comma - at));
        if (!range)
            return tl::unexpected(
                fmt::format("'[{}]' is no list of numbers and ranges such as [1-3,7]", list));
        if (range->last - range->first >= most_names ||
            names.size() + (range->last - range->first + 1) * rest->size() > most_names)
            return tl::unexpected(fmt::format("it stands for more than {} names", most_names));
        for (std::size_t i = range->first; i <= range->last; ++i)
            for (const std::string& tail : *rest)
                names.push_back(fmt::format("{}{:0{}}{}", pattern.substr(0, open), i, range->width, tail));
        at = comma + 1;
    }
    return names;
}

std::string_view without_number(std::string_view name) {
    return name.substr(0, name.find_last_not_of("0123456789") + 1);
}

std::string name_pattern(const std::vector<std::string>& names) {
    std::string_view prefix = without_number(names.front());
    std::vector<std::string_view> numbers;
    for (const std::string& name : names)
        numbers.push_back(std::string_view(name).substr(prefix.size()));
    if (names.size() == 1)
        return names.front();
    std::sort(numbers.begin(), numbers.end(), [](std::string_view a, std::string_view b) {
        return std::pair(parse_number(a), a) < std::pair(parse_number(b), b);
    });
    auto follows = [](std::string_view before, std::string_view after) {
        auto number = parse_number(before);
        std::size_t width = before.front() == '0' ? before.size() : 0;
        return number && fmt::format("{:0{}}", *number + 1, width) == after;
    };
    std::string list;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t last = i;
        while (last + 1 < numbers.size() && follows(numbers[last], numbers[last + 1]))
            ++last;
        list += fmt::format("{}{}", list.empty() ? "" : ",", numbers[i]);
        if (last > i)
            list += fmt::format("-{}", numbers[last]);
        i = last + 1;
    }
    return fmt::format("{}[{}]", prefix, list);
}

} // namespace netrig
