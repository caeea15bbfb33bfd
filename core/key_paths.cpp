#include "core/key_paths.h"

#include "core/toml_document.h"

#include <algorithm>

namespace netrig {

namespace {

using Keys = std::vector<std::pair<Position, std::string>>;

/// TOML takes letters, digits, '-' and '_' without quotes.
std::string as_written(const std::string& key) {
    bool bare = !key.empty() && key.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                      "0123456789-_") == std::string::npos;
    return bare ? key : "\"" + key + "\"";
}

void collect(const TomlTable& table, const std::string& path, Keys& keys);

void collect(const TomlValue& value, const std::string& path, Keys& keys) {
    keys.emplace_back(value.span.begin, path);
    if (const auto* table = std::get_if<TomlTable>(&value.data))
        collect(*table, path, keys);
    if (const auto* array = std::get_if<TomlArray>(&value.data))
        for (const TomlValue& element : *array)
            collect(element, path, keys);
}

void collect(const TomlTable& table, const std::string& path, Keys& keys) {
    for (const TomlEntry& entry : table.entries) {
        std::string own = (path.empty() ? "" : path + ".") + as_written(entry.key);
        keys.emplace_back(entry.key_span.begin, own);
        collect(entry.value, own, keys);
    }
}

Keys keys_of(const std::string& text) {
    Keys keys;
    if (auto table = parse_toml(text))
        collect(*table, {}, keys);
    // Of those that begin together, a table's head counts for less than the key in it.
    std::stable_sort(keys.begin(), keys.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return keys;
}

} // namespace

KeyPaths::KeyPaths(const SourceFile& source) {
    files_.push_back(keys_of(source.text));
    for (const SourceFile& file : source.included)
        files_.push_back(keys_of(file.text));
}

std::string KeyPaths::at(const Span& span) const {
    if (span.begin.line == 0 || span.file >= files_.size())
        return {};
    const Keys& keys = files_[span.file];
    auto after = std::upper_bound(keys.begin(), keys.end(), span.begin,
                                  [](const Position& place, const auto& key) { return place < key.first; });
    return after == keys.begin() ? std::string() : std::prev(after)->second;
}

} // namespace netrig
