#include "core/instances.h"

#include "core/matrix.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

namespace netrig {

namespace {

constexpr std::array<Key, 2> shared_keys{{
    {"variables", KeyType::table, "defaults for ${name}"},
    {"matrix", KeyType::table, "one scenario for each combination"},
}};

/// A mistake and the instances that have it.
struct Found {
    Diagnostic diagnostic;
    std::set<std::size_t> instances;
};

bool overlap(const Span& a, const Span& b) {
    return a.file == b.file && a.begin < b.end && b.begin < a.end;
}

/// A mistake in what came from a variable is told with where the value was written, and what it is.
void add_notes(Diagnostic& diagnostic, const std::vector<VariableUse>& uses) {
    constexpr std::size_t most_notes = 3;
    for (const VariableUse& use : uses) {
        DiagnosticNote note{
            fmt::format("${{{}}} is {} {}", use.name, use.value, use.is_set ? "by --set" : "here"), use.from};
        bool is_new =
            std::find(diagnostic.notes.begin(), diagnostic.notes.end(), note) == diagnostic.notes.end();
        if (is_new && diagnostic.notes.size() < most_notes && use.text.holds(diagnostic.span) &&
            overlap(use.span, diagnostic.span))
            diagnostic.notes.push_back(std::move(note));
    }
}

class Instances {
public:
    Instances(const TomlTable& document, Loaded& loaded, const LoadDocument& load)
        : document_(document), loaded_(loaded), load_(load) {
        TomlTable shared;
        for (const TomlEntry& entry : document.entries)
            if (entry.key == "variables" || entry.key == "matrix")
                shared.entries.push_back(entry);
        TableReader reader(shared, {}, "a scenario", shared_keys, loaded.diagnostics);
        variables_ = load_variables(reader);
        matrix_ = load_matrix(reader);
        for (const Axis& axis : matrix_.axes)
            loaded.variables.push_back(axis.name);
        for (const auto& [name, variable] : variables_)
            loaded.variables.push_back(name);
    }

    void apply(const std::vector<Setting>& settings) {
        for (const Setting& setting : settings) {
            auto axis = std::find_if(matrix_.axes.begin(), matrix_.axes.end(),
                                     [&](const Axis& each) { return each.name == setting.name; });
            if (axis == matrix_.axes.end())
                apply(setting);
            else if (!take_only(setting.value, *axis))
                refuse(setting, axis->values.front());
        }
    }

    void load_all() {
        combinations_ = combinations(matrix_, loaded_.diagnostics);
        for (std::size_t i = 0; i < combinations_.size(); ++i)
            load_one(i);
        for (Found& found : found_) {
            std::string words = words_for(found.instances);
            found.diagnostic.message += words.empty() ? "" : " (with " + words + ")";
            loaded_.diagnostics.push_back(std::move(found.diagnostic));
        }
    }

private:
    void apply(const Setting& setting) {
        auto found = variables_.find(setting.name);
        if (found == variables_.end())
            return;
        settings_.push_back(setting);
        Variable& variable = found->second;
        variable.is_literal = variable.is_set = true;
        if (!variable.value)
            return;
        auto value = parse_like(setting.value, *variable.value);
        if (!value)
            refuse(setting, *variable.value);
        variable.value = std::move(value);
    }

    void refuse(const Setting& setting, const TomlValue& model) {
        loaded_.diagnostics.push_back({fmt::format("--set {}={}: '{}' takes {}", setting.name, setting.value,
                                                   setting.name, type_name(model)),
                                       model.span});
    }

    void load_one(std::size_t number) {
        Diagnostics mistakes;
        Scenario scenario;
        scenario.source = loaded_.source;
        scenario.settings = settings_;
        Variables variables = variables_;
        std::string& name = scenario.instance;
        for (std::size_t i = 0; i < matrix_.axes.size(); ++i) {
            const Axis& axis = matrix_.axes[i];
            Variable& variable = variables[axis.name];
            variable = {std::nullopt, axis.span, true, axis.only.has_value()};
            if (axis.values.empty())
                continue;
            variable.value = axis.values[combinations_[number][i]];
            variable.span = variable.value->span;
            scenario.settings.push_back({axis.name, show(*variable.value)});
            name += fmt::format("{}{}={}", name.empty() ? "" : ",", axis.name, show(*variable.value));
        }
        resolve(variables, mistakes);
        TomlTable document = document_;
        Substitution done = substitute(document, variables, mistakes);
        std::size_t own = mistakes.size();
        load_(document, scenario, mistakes);
        if (!name.empty())
            scenario.name += "[" + name + "]";
        for (std::size_t i = 0; i < mistakes.size(); ++i) {
            // A string whose variables are unknown is one mistake, whatever it would have meant.
            bool follows =
                i >= own && std::any_of(done.unresolved.begin(), done.unresolved.end(),
                                        [&](const Span& text) { return text.holds(mistakes[i].span); });
            if (follows)
                continue;
            add_notes(mistakes[i], done.uses);
            add(std::move(mistakes[i]), number);
        }
        loaded_.scenarios.push_back(std::move(scenario));
    }

    void add(Diagnostic diagnostic, std::size_t instance) {
        auto [place, is_new] = places_.try_emplace({diagnostic.span, diagnostic.message}, found_.size());
        if (is_new)
            found_.push_back({std::move(diagnostic), {}});
        found_[place->second].instances.insert(instance);
    }

    /// "family=ipv6": what the instances have in common and no others have; nothing for all of them.
    [[nodiscard]] std::string words_for(const std::set<std::size_t>& instances) const {
        if (instances.size() == combinations_.size())
            return {};
        const Combination& first = combinations_[*instances.begin()];
        std::vector<std::string> shared, all;
        std::set<std::size_t> alike;
        for (std::size_t i = 0; i < combinations_.size(); ++i)
            alike.insert(i);
        for (std::size_t axis = 0; axis < first.size(); ++axis) {
            all.push_back(matrix_.axes[axis].name + "=" + show(matrix_.axes[axis].values[first[axis]]));
            auto has_value = [&](std::size_t instance) {
                return combinations_[instance][axis] == first[axis];
            };
            if (!std::all_of(instances.begin(), instances.end(), has_value) ||
                std::all_of(alike.begin(), alike.end(), has_value))
                continue;
            shared.push_back(all.back());
            std::erase_if(alike, [&](std::size_t instance) { return !has_value(instance); });
        }
        if (alike == instances)
            return fmt::format("{}", fmt::join(shared, ", "));
        return fmt::format("{} and {} more", fmt::join(all, ", "), instances.size() - 1);
    }

    const TomlTable& document_;
    Loaded& loaded_;
    const LoadDocument& load_;
    Variables variables_;
    Matrix matrix_;
    std::vector<Setting> settings_; ///< of variables; those of the matrix are in its combinations
    std::vector<Combination> combinations_;
    std::vector<Found> found_;
    std::map<std::pair<Span, std::string>, std::size_t> places_; ///< in found_
};

} // namespace

void load_instances(const TomlTable& document, const std::vector<Setting>& settings, Loaded& loaded,
                    const LoadDocument& load) {
    Instances instances(document, loaded, load);
    instances.apply(settings);
    instances.load_all();
}

} // namespace netrig
