#include "core/load_limits.h"

#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netrig {

namespace {

constexpr std::array<Key, 3> limit_keys{{
    {"memory", KeyType::size, "of all its programs together: \"256MiB\""},
    {"cpu", KeyType::text, "of one processor: \"50%\"; \"200%\" is two"},
    {"processes", KeyType::integer, "at once"},
}};

void load_cpu(TableReader& reader, NodeLimits& limits) {
    auto text = reader.text("cpu");
    if (!text)
        return;
    // More than all of one processor is no mistake, so it is no share from 0 to 100%.
    std::string digits = text->value.ends_with('%') ? text->value.substr(0, text->value.size() - 1) : "";
    bool whole =
        !digits.empty() && digits.size() < 6 && digits.find_first_not_of("0123456789") == std::string::npos;
    unsigned percent = whole ? static_cast<unsigned>(std::stoul(digits)) : 0;
    if (percent == 0)
        reader.report(text->span, fmt::format("'{}' is no share of a processor", text->value), {},
                      "\"50%\" is half of one, \"200%\" two");
    else
        limits.cpu_percent = percent;
}

} // namespace

std::optional<NodeLimits> load_limits(TableReader& node) {
    const TomlTable* table = node.table("limits");
    if (table == nullptr)
        return std::nullopt;
    NodeLimits limits;
    limits.span = node.find("limits")->span;
    TableReader reader(*table, limits.span, "'limits'", limit_keys, node.diagnostics());
    limits.memory = reader.size("memory");
    constexpr std::uint64_t least = 1 << 20;
    if (limits.memory && *limits.memory < least)
        reader.report(reader.find("memory")->span, "no program starts in less than 1 MiB of memory");
    load_cpu(reader, limits);
    if (auto processes = reader.integer("processes", 1, 4'194'304))
        limits.processes = static_cast<unsigned>(*processes);
    if (table->entries.empty())
        reader.report(limits.span, "'limits' is empty, so nothing would be limited");
    return limits;
}

std::string show(const NodeLimits& limits) {
    std::vector<std::string> words;
    if (limits.memory)
        words.push_back(fmt::format("memory {} bytes", *limits.memory));
    if (limits.cpu_percent)
        words.push_back(fmt::format("cpu {}%", *limits.cpu_percent));
    if (limits.processes)
        words.push_back(fmt::format("{} processes", *limits.processes));
    return fmt::format("{}", fmt::join(words, ", "));
}

} // namespace netrig
