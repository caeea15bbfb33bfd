#include "runner/load_scenarios.h"

#include "core/load.h"
#include "core/suggest.h"
#include "runner/exit_status.h"
#include "runner/find_scenarios.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <tuple>

namespace netrig {

namespace {

std::string counted(std::size_t number, const char* what) {
    return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

class Loading {
public:
    explicit Loading(const WantedScenarios& wanted) : wanted_(wanted) {}

    LoadedScenarios load() {
        auto found = find_scenarios(wanted_.paths);
        if (!found)
            return {{}, fmt::format("netrig: {}\n", describe(found.error())), exit_usage};
        if (!found->problem.empty())
            return {{}, found->problem, exit_usage};
        if (found->files.empty())
            return {{},
                    fmt::format("netrig: no scenario (*.toml) in {}\n", fmt::join(wanted_.paths, ", ")),
                    exit_nothing_selected};
        files_in_all_ = found->files.size();
        for (const std::string& file : found->files)
            load(file);
        leave_out_parts();
        for (Loaded& file : files_)
            take(file);
        judge();
        return std::move(result_);
    }

private:
    void load(const std::string& path) {
        auto text = read_text(path);
        if (!text) {
            result_.said += fmt::format("netrig: {}\n", describe(text.error()));
            ++mistakes_;
            ++bad_files_;
            return;
        }
        files_.push_back(
            load_scenario({path, std::move(*text)}, {read_text, wanted_.settings, wanted_.tests_needed}));
        for (const SourceFile& included : files_.back().source->included)
            included_.insert(absolute_path(included.path));
    }

    /// They are a part of those that include them, and what is wrong with them is said there.
    void leave_out_parts() {
        files_in_all_ -= std::erase_if(files_, [&](const Loaded& file) {
            return !file.has_tests && included_.contains(absolute_path(file.source->path));
        });
    }

    void take(Loaded& file) {
        variables_.insert(file.variables.begin(), file.variables.end());
        bad_files_ += file.diagnostics.empty() ? 0 : 1;
        std::erase_if(file.diagnostics, [&](const Diagnostic& diagnostic) {
            const SourceFile& source = file_of(*file.source, diagnostic.span);
            return !said_
                        .insert(
                            {absolute_path(source.path).string(), diagnostic.span.begin, diagnostic.message})
                        .second;
        });
        mistakes_ += file.diagnostics.size();
        if (!file.diagnostics.empty())
            result_.said += render(file.diagnostics, *file.source, {.colour = wanted_.colour});
        for (Scenario& scenario : file.scenarios)
            result_.scenarios.push_back(std::make_shared<Scenario>(std::move(scenario)));
    }

    void judge() {
        if (bad_files_ == 0)
            check_settings();
        else
            result_.said += fmt::format("netrig: {} in {} of {}\n", counted(mistakes_, "mistake"), bad_files_,
                                        counted(files_in_all_, "scenario file"));
        if (bad_files_ > 0 || !result_.said.empty()) {
            result_.scenarios.clear();
            result_.status = exit_usage;
        }
    }

    void check_settings() {
        std::vector<std::string> names(variables_.begin(), variables_.end());
        for (const Setting& setting : wanted_.settings) {
            if (variables_.contains(setting.name))
                continue;
            std::string known = suggestion(setting.name, names);
            result_.said +=
                fmt::format("netrig: --set {}={}: no scenario here has a variable '{}'{}{}\n", setting.name,
                            setting.value, setting.name, known.empty() ? "" : "; ", known);
        }
    }

    const WantedScenarios& wanted_;
    std::vector<Loaded> files_;
    std::set<std::filesystem::path> included_;                      ///< absolute
    std::set<std::tuple<std::string, Position, std::string>> said_; ///< mistakes: file, place, message
    std::set<std::string> variables_;
    std::size_t files_in_all_ = 0, mistakes_ = 0, bad_files_ = 0;
    LoadedScenarios result_;
};

} // namespace

LoadedScenarios load_scenarios(const WantedScenarios& wanted) {
    return Loading(wanted).load();
}

} // namespace netrig
