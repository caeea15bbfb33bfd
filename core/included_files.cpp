#include "core/included_files.h"

#include "core/toml_reader.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace netrig {

namespace {

constexpr std::size_t most_files = 1000;

/// A file that can't be TOML at all gets one message that says so, not the parser's view of its bytes.
std::optional<Diagnostic> check_text(const SourceFile& source, bool is_scenario) {
    if (source.text.size() > largest_file)
        return Diagnostic{fmt::format("the file has more than {} MiB, the most that a scenario may have",
                                      largest_file >> 20)};
    if (source.text.find('\0') != std::string::npos)
        return Diagnostic{"this is a binary file, not a scenario in TOML"};
    if (source.text.find_first_not_of(" \t\r\n") == std::string::npos)
        return Diagnostic{"the file is empty",
                          {},
                          {},
                          is_scenario ? "a scenario needs at least 'hosts' and a [[tests]]" : ""};
    return std::nullopt;
}

std::string normal(const std::string& path) {
    return std::filesystem::path(path).lexically_normal().string();
}

/// "common/net.toml", included from "scenarios/a.toml", is "scenarios/common/net.toml".
std::string path_from(const std::string& file, const std::string& path) {
    return (std::filesystem::path(file).parent_path() / path).lexically_normal().string();
}

/// Entries of `include`, whatever else stands in the file.
std::vector<Text> included_by(const TomlTable& table, Diagnostics& diagnostics) {
    static constexpr std::array<Key, 1> keys{{{"include", KeyType::texts, "files"}}};
    TomlTable alone;
    for (const TomlEntry& entry : table.entries)
        if (entry.key == "include")
            alone.entries.push_back(entry);
    return TableReader(alone, {}, "a scenario", keys, diagnostics).texts("include");
}

class LayerReader {
public:
    LayerReader(SourceFile& scenario, const ReadFile& read, Diagnostics& diagnostics)
        : scenario_(scenario), read_(read), diagnostics_(diagnostics) {}

    std::optional<std::vector<Layer>> read() {
        std::size_t mistakes = diagnostics_.size();
        open_.push_back(normal(scenario_.path));
        Diagnostics own;
        auto layer = parse(scenario_, own);
        diagnostics_.insert(diagnostics_.end(), own.begin(), own.end());
        if (diagnostics_.size() > mistakes || !layer)
            return std::nullopt;
        layers_.push_back(std::move(*layer));
        return std::move(layers_);
    }

private:
    /// Reads what the file includes, too. `own` are the mistakes in this file, whose number is not known yet.
    std::optional<Layer> parse(const SourceFile& source, Diagnostics& own) {
        if (auto problem = check_text(source, &source == &scenario_)) {
            own.push_back(*problem);
            return std::nullopt;
        }
        auto table = parse_toml(source.text);
        if (!table) {
            own.push_back(table.error());
            return std::nullopt;
        }
        Layer layer{std::move(*table), {}};
        for (const Text& text : included_by(layer.table, own))
            if (auto included = find(text, source.path, own)) {
                layer.below.insert(*included);
                layer.below.insert(layers_[*included].below.begin(), layers_[*included].below.end());
            }
        return layer;
    }

    std::optional<std::size_t> find(const Text& text, const std::string& from, Diagnostics& own) {
        if (text.value.find("${") != std::string::npos || text.value.empty()) {
            own.push_back(
                {"the path of an included file is written out; it can't have variables", text.span});
            return std::nullopt;
        }
        std::string path = path_from(from, text.value);
        if (auto done = done_.find(path); done != done_.end())
            return done->second;
        if (auto begin = std::find(open_.begin(), open_.end(), path); begin != open_.end()) {
            std::vector<std::string> circle(begin, open_.end());
            circle.push_back(path);
            own.push_back({fmt::format("'{}' is included in a circle: {}", path, fmt::join(circle, " -> ")),
                           text.span});
            return std::nullopt;
        }
        return add(path, text, own);
    }

    std::optional<std::size_t> add(const std::string& path, const Text& text, Diagnostics& own) {
        Result<std::string> content =
            open_.size() + scenario_.included.size() > most_files
                ? failure({"include " + path, 0, fmt::format("{} files are the most", most_files), {}})
                : read_(path);
        if (!content) {
            own.push_back({describe(content.error()), text.span});
            return done_[path];
        }
        SourceFile source{path, std::move(*content)};
        Diagnostics mistakes;
        open_.push_back(path);
        auto layer = parse(source, mistakes);
        open_.pop_back();
        auto number = static_cast<std::uint16_t>(scenario_.included.size() + 1);
        for (Diagnostic& mistake : mistakes)
            mistake.span.file = number;
        diagnostics_.insert(diagnostics_.end(), mistakes.begin(), mistakes.end());
        scenario_.included.push_back(std::move(source));
        if (!layer)
            return done_[path];
        set_file(layer->table, number);
        layers_.push_back(std::move(*layer));
        return done_[path] = layers_.size() - 1;
    }

    SourceFile& scenario_;
    const ReadFile& read_;
    Diagnostics& diagnostics_;
    std::vector<Layer> layers_;
    std::vector<std::string> open_;                          ///< that are being parsed, each included by
                                                             ///< the one before
    std::map<std::string, std::optional<std::size_t>> done_; ///< nothing for one with a mistake
};

} // namespace

std::optional<std::vector<Layer>> read_layers(SourceFile& scenario, const ReadFile& read,
                                              Diagnostics& diagnostics) {
    return LayerReader(scenario, read, diagnostics).read();
}

} // namespace netrig
