#include "core/merged_table.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <span>

namespace netrig {

namespace {

constexpr std::array<std::string_view, 5> own_keys{"name", "description", "tags", "tests", "include"};
constexpr std::array<std::string_view, 5> list_keys{"hosts", "routers", "links", "pool", "requires"};

bool contains(const auto& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// How values that are no tables come together.
enum class Rule { top_level, including_wins, one_value };

/// One key in one file.
struct Candidate {
    const TomlEntry* entry;
    std::size_t layer;
};

struct Part {
    const TomlTable* table;
    std::size_t layer;
};

class Merger {
public:
    Merger(const std::vector<Layer>& layers, Diagnostics& diagnostics)
        : layers_(layers), diagnostics_(diagnostics) {}

    TomlTable merge() {
        std::vector<Part> parts;
        for (std::size_t i = 0; i < layers_.size(); ++i)
            parts.push_back({&layers_[i].table, i});
        return merge(parts, Rule::top_level, "");
    }

private:
    TomlTable merge(const std::vector<Part>& parts, Rule rule, const std::string& path) {
        std::vector<std::vector<Candidate>> keys; // in the order in which they are first named
        std::map<std::string_view, std::size_t> places;
        for (const Part& part : parts)
            for (const TomlEntry& entry : part.table->entries) {
                bool foreign = part.layer + 1 < layers_.size() && contains(own_keys, entry.key);
                if (rule == Rule::top_level && foreign)
                    continue;
                auto [place, is_new] = places.try_emplace(entry.key, keys.size());
                if (is_new)
                    keys.emplace_back();
                keys[place->second].push_back({&entry, part.layer});
            }
        TomlTable merged;
        for (const std::vector<Candidate>& candidates : keys) {
            const TomlEntry& first = *candidates.front().entry;
            merged.entries.push_back({first.key, first.key_span, value_of(candidates, rule, path)});
        }
        return merged;
    }

    TomlValue value_of(const std::vector<Candidate>& candidates, Rule rule, const std::string& path) {
        const TomlEntry& first = *candidates.front().entry;
        if (candidates.size() == 1)
            return first.value;
        if (all_are<TomlTable>(candidates))
            return merged_table(candidates, rule, path);
        bool is_list =
            rule == Rule::top_level && (contains(list_keys, first.key) || all_are<TomlArray>(candidates));
        if (is_list || (path == "matrix." && first.key == "exclude"))
            return joined(candidates);
        return chosen(candidates, rule, path + first.key);
    }

    template <class T>
    static bool all_are(const std::vector<Candidate>& candidates) {
        return std::all_of(candidates.begin(), candidates.end(), [](const Candidate& candidate) {
            return std::holds_alternative<T>(candidate.entry->value.data);
        });
    }

    TomlValue merged_table(const std::vector<Candidate>& candidates, Rule rule, const std::string& path) {
        const TomlEntry& first = *candidates.front().entry;
        std::vector<Part> parts;
        for (const Candidate& candidate : candidates)
            parts.push_back({&std::get<TomlTable>(candidate.entry->value.data), candidate.layer});
        bool is_default = rule == Rule::top_level && (first.key == "variables" || first.key == "matrix");
        Rule inside = is_default ? Rule::including_wins : Rule::one_value;
        return {first.value.span, merge(parts, inside, path + first.key + ".")};
    }

    /// One string stands for a list of it, as everywhere.
    static TomlValue joined(const std::vector<Candidate>& candidates) {
        TomlArray all;
        bool names = candidates.front().entry->key != "links";
        for (const Candidate& candidate : candidates) {
            const TomlValue& value = candidate.entry->value;
            const auto* list = std::get_if<TomlArray>(&value.data);
            std::size_t before = all.size(); // of other files
            for (const TomlValue& element : list != nullptr ? std::span(*list) : std::span(&value, 1)) {
                auto end = all.begin() + static_cast<std::ptrdiff_t>(before);
                bool is_known = std::any_of(all.begin(), end, [&](const TomlValue& known) {
                    return names && same_value(known, element);
                });
                if (!is_known)
                    all.push_back(element);
            }
        }
        return {candidates.back().entry->value.span, std::move(all)};
    }

    /// The last layer that names it comes after all that it includes.
    TomlValue chosen(const std::vector<Candidate>& candidates, Rule rule, const std::string& what) {
        const Candidate& last = candidates.back();
        for (const Candidate& other : candidates) {
            if (same_value(other.entry->value, last.entry->value))
                continue;
            bool overrides = layers_[last.layer].below.contains(other.layer);
            if (overrides && rule != Rule::one_value)
                continue;
            diagnostics_.push_back(
                {fmt::format("'{}' is given a second value", what),
                 last.entry->value.span,
                 {},
                 rule == Rule::one_value
                     ? "a file can add to what it includes; what is to differ is a variable there"
                     : "say which holds in the file that includes both",
                 {{"the other is here", other.entry->value.span}}});
            break;
        }
        return last.entry->value;
    }

    const std::vector<Layer>& layers_;
    Diagnostics& diagnostics_;
};

} // namespace

TomlTable merge_layers(std::vector<Layer> layers, Diagnostics& diagnostics) {
    if (layers.size() == 1)
        return std::move(layers.front().table);
    return Merger(layers, diagnostics).merge();
}

} // namespace netrig
