#include "core/rulesets.h"

#include "core/node_files.h"

#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netrig {

namespace {

std::string_view line_of(std::string_view text, std::uint32_t number) {
    for (std::uint32_t i = 1; i < number; ++i)
        text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
    return text.substr(0, text.find('\n'));
}

SetupCommand shell_command(const std::string& text, const Span& span) {
    return {{"sh", "-c", text}, text.substr(0, text.find('\n')), span};
}

std::optional<SetupCommand> load_command(const TomlValue& value, Diagnostics& diagnostics) {
    if (const auto* text = std::get_if<std::string>(&value.data))
        return shell_command(*text, value.span);
    const auto* arguments = std::get_if<TomlArray>(&value.data);
    SetupCommand command{{}, {}, value.span};
    for (const TomlValue& argument : arguments != nullptr ? *arguments : TomlArray{}) {
        const auto* text = std::get_if<std::string>(&argument.data);
        if (text == nullptr)
            diagnostics.push_back(
                {fmt::format("an argument is a string, not {}", type_name(argument)), argument.span});
        else
            command.argv.push_back(*text);
    }
    if (arguments == nullptr || command.argv.empty()) {
        diagnostics.push_back({fmt::format("a command is a string or an array of arguments, not {}",
                                           arguments == nullptr ? type_name(value) : "an empty one"),
                               value.span});
        return std::nullopt;
    }
    command.shown = fmt::format("{}", fmt::join(command.argv, " "));
    return command;
}

} // namespace

std::optional<NodeFile> load_ruleset(TableReader& node) {
    const TomlValue* value = node.find("nftables");
    if (value == nullptr)
        return std::nullopt;
    NodeFile ruleset{.path = "nftables", .span = value->span};
    if (const auto* text = std::get_if<std::string>(&value->data)) {
        ruleset.text = *text;
        return ruleset;
    }
    const auto* table = std::get_if<TomlTable>(&value->data);
    if (table == nullptr) {
        node.report(value->span,
                    fmt::format("'nftables' takes a ruleset or a table, not {}", type_name(*value)), {},
                    "\"table inet filter { … }\" or { from = \"fw.nft\" }");
        return std::nullopt;
    }
    if (!load_file_content(*table, "'nftables'", ruleset, node.diagnostics()))
        return std::nullopt;
    return ruleset;
}

std::vector<SetupCommand> load_setup(TableReader& node) {
    std::vector<SetupCommand> commands;
    const TomlValue* value = node.find("setup");
    if (value == nullptr)
        return commands;
    const auto* array = std::get_if<TomlArray>(&value->data);
    for (const TomlValue& element : array != nullptr ? std::span(*array) : std::span(value, 1))
        if (auto command = load_command(element, node.diagnostics()))
            commands.push_back(std::move(*command));
    return commands;
}

std::vector<std::string_view> features_of_ruleset(std::string_view text) {
    struct Word {
        std::string_view word, feature;
    };
    static constexpr auto words = std::to_array<Word>({
        {"table inet", "kernel:nftables-inet"},
        {"table bridge", "kernel:nftables-bridge"},
        {"table netdev", "kernel:nftables-netdev"},
        {"masquerade", "kernel:nftables-nat"},
        {"snat", "kernel:nftables-nat"},
        {"dnat", "kernel:nftables-nat"},
        {"redirect", "kernel:nftables-nat"},
        {"ct ", "kernel:nftables-ct"},
        {"fib ", "kernel:nftables-fib"},
        {"numgen", "kernel:nftables-numgen"},
    });
    std::vector<std::string_view> features{"kernel:nftables"};
    for (const Word& each : words)
        if (text.find(each.word) != std::string_view::npos)
            features.push_back(each.feature);
    return features;
}

Position position_in_text(const SourceFile& source, const Span& value, std::uint32_t line,
                          std::uint32_t column) {
    std::string_view first = line_of(file_of(source, value).text, value.begin.line);
    // Columns count code points; what stands before a value is seldom anything but ASCII.
    std::string_view quotes = first.substr(std::min<std::size_t>(value.begin.column - 1, first.size()));
    bool many_lines = quotes.starts_with("\"\"\"") || quotes.starts_with("'''");
    std::uint32_t opening = many_lines ? 3 : 1;
    bool begins_below =
        many_lines && quotes.size() == opening; // a newline right behind the quotes is left out
    if (begins_below)
        return {value.begin.line + line, column};
    return {value.begin.line + line - 1, line == 1 ? value.begin.column + opening + column - 1 : column};
}

} // namespace netrig
