#include "core/ip_words.h"

#include "core/suggest.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace netrig {

namespace {

/// Decimal, or hexadecimal after "0x".
std::optional<std::uint64_t> parse_number(std::string_view text) {
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        base = 16;
        text.remove_prefix(2);
    }
    std::uint64_t value = 0;
    auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || rest != text.data() + text.size())
        return std::nullopt;
    return value;
}

} // namespace

void WordsContext::report(Span span, std::string message, std::string help) const {
    diagnostics.push_back({std::move(message), span, {}, std::move(help), {}});
}

Words::Words(const Text& text) {
    for (std::size_t at = 0; at < text.value.size();) {
        std::size_t end = std::min(text.value.find_first_of(" \t\n", at), text.value.size());
        if (end > at)
            words_.push_back(text.sub(at, end - at));
        at = end + 1;
    }
}

bool Words::take_if(std::string_view word) {
    bool is_next = next_ < words_.size() && words_[next_].value == word;
    next_ += is_next ? 1 : 0;
    return is_next;
}

const Text* Words::value_of(const Text& key, const WordsContext& context) {
    const Text* value = take();
    if (value == nullptr)
        context.report(key.span, fmt::format("'{}' wants a word after it", key.value));
    return value;
}

std::optional<std::uint64_t> read_number(const Text& word, std::string_view what, std::uint64_t least,
                                         std::uint64_t most, const WordsContext& context) {
    auto value = parse_number(word.value);
    if (value && *value >= least && *value <= most)
        return value;
    context.report(word.span, fmt::format("'{}' is no {}", word.value, what),
                   fmt::format("a number from {} to {}", least, most));
    return std::nullopt;
}

std::optional<std::uint32_t> read_table(const Text& word, const WordsContext& context) {
    for (std::uint32_t table : {default_table, main_table, local_table})
        if (word.value == show_table(table))
            return table;
    auto value = parse_number(word.value);
    if (value && *value >= 1 && *value <= UINT32_MAX)
        return static_cast<std::uint32_t>(*value);
    auto near = nearest(word.value, {"main", "local", "default"});
    context.report(word.span, fmt::format("'{}' is no routing table", word.value),
                   near ? fmt::format("did you mean '{}'?", *near)
                        : "a number from 1 to 4294967295, or main, local or default");
    return std::nullopt;
}

std::optional<Prefix> read_network(const Text& word, std::string_view what, std::string_view examples,
                                   const WordsContext& context) {
    auto network = parse_prefix(word.value);
    if (auto host = parse_ip(word.value))
        network = Prefix{*host, static_cast<unsigned>(host->size()) * 8};
    if (!network) {
        context.report(word.span, fmt::format("'{}' is no {}", word.value, what), std::string(examples));
        return std::nullopt;
    }
    if (*network == network->network())
        return network;
    context.report(word.span, fmt::format("'{}' has bits set beyond its prefix length", word.value),
                   fmt::format("did you mean '{}'?", show(network->network())));
    return std::nullopt;
}

std::optional<Labels> read_labels(const Text& word, const WordsContext& context) {
    constexpr std::uint64_t most = (1U << 20) - 1; // RFC 3032: 20 bits
    constexpr std::size_t most_labels = 30;        // MAX_NEW_LABELS of net/mpls/internal.h
    Labels labels;
    for (const Text& piece : split(word, "/")) {
        auto label = read_number(piece, "MPLS label", 0, most, context);
        if (!label)
            return std::nullopt;
        labels.push_back(static_cast<std::uint32_t>(*label));
    }
    if (labels.size() <= most_labels)
        return labels;
    context.report(word.span, fmt::format("{} labels are more than the kernel takes", labels.size()),
                   fmt::format("{} at most", most_labels));
    return std::nullopt;
}

std::optional<std::vector<IpAddress>> read_segments(const Text& word, const WordsContext& context) {
    constexpr std::size_t most = 16; // of which a route must still fit into one message, with its other words
    std::vector<IpAddress> segments;
    for (const Text& piece : split(word, ",")) {
        auto segment = parse_ip(piece.value);
        if (!segment || segment->family != Family::ipv6) {
            context.report(piece.span, fmt::format("'{}' is no segment", piece.value),
                           "IPv6 addresses with commas between: \"fc00::1,fc00::2\"");
            return std::nullopt;
        }
        segments.push_back(*segment);
    }
    if (segments.size() <= most)
        return segments;
    context.report(word.span, fmt::format("{} segments are too many", segments.size()),
                   fmt::format("{} at most", most));
    return std::nullopt;
}

std::optional<ReadDevice> read_device(const Text& word, const WordsContext& context) {
    auto found = context.topology.find_interface(context.node, word.value);
    if (found || context.topology.has_kernel_named_interface(context.node))
        return ReadDevice{word.value, found};
    context.report(word.span,
                   fmt::format("node '{}' has no interface '{}'", context.owner().name, word.value),
                   suggestion(word.value, context.topology.interface_names(context.node)));
    return std::nullopt;
}

void report_unknown_word(const Text& word, std::string_view where, const std::vector<std::string>& known,
                         const WordsContext& context) {
    context.report(word.span, fmt::format("unknown word '{}' in {}", word.value, where),
                   suggestion(word.value, known));
}

} // namespace netrig
