#include "reports/merged_runs.h"

#include "core/test_run.h"
#include "reports/words.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <set>
#include <tuple>

namespace netrig {

namespace {

int rank(Outcome outcome) {
    switch (outcome) {
    case Outcome::skipped:
        return 0;
    case Outcome::passed:
        return 1;
    case Outcome::errored:
        return 2;
    case Outcome::failed:
        return 3;
    }
    return 3;
}

/// "rig1, Linux 6.1.0, shard-1.jsonl"
std::string label_of(const RecordedRun& run) {
    std::string text;
    for (const std::string& part : {run.tree.host, run.tree.kernel, run.record})
        text += part.empty() ? "" : (text.empty() ? "" : ", ") + part;
    return text;
}

template <class Result>
std::string told(const Result& result, const std::string& label) {
    std::string text = fmt::format("{} on {}", word(result.outcome), label);
    return result.reason.empty() ? text : fmt::format("{}: {}", text, result.reason);
}

/// One result of all runs that had the scenario.
struct MergedScenario {
    ScenarioResult result;
    std::string label;
    std::vector<std::string> test_labels;
};

void add_test(TestResult& kept, std::string& kept_label, const TestResult& other, const std::string& label) {
    std::vector<std::string> elsewhere = kept.elsewhere;
    if (rank(other.outcome) > rank(kept.outcome)) {
        elsewhere.push_back(told(kept, kept_label));
        kept = other;
        kept_label = label;
    } else {
        elsewhere.push_back(told(other, label));
    }
    kept.elsewhere = std::move(elsewhere);
}

/// That a lab went wrong counts for more than that a test of another one failed, for the tests tell that
/// anyway.
int rank(const ScenarioResult& scenario) {
    if (!scenario.started)
        return 0;
    if (scenario.outcome == Outcome::errored && scenario.is_case())
        return 5;
    return 1 + rank(scenario.outcome);
}

void add_scenario(MergedScenario& merged, const ScenarioResult& other, const std::string& label) {
    std::vector<TestResult> tests = merged.result.tests;
    if (!merged.result.started) {
        tests = other.tests;
        merged.test_labels.assign(tests.size(), label);
    } else {
        for (std::size_t i = 0; i < std::min(tests.size(), other.tests.size()); ++i)
            add_test(tests[i], merged.test_labels[i], other.tests[i], label);
    }
    std::vector<std::string> elsewhere = merged.result.elsewhere;
    if (rank(other) > rank(merged.result)) {
        elsewhere.push_back(told(merged.result, merged.label));
        merged.result = other;
        merged.label = label;
    } else {
        elsewhere.push_back(told(other, label));
    }
    merged.result.elsewhere = std::move(elsewhere);
    merged.result.tests = std::move(tests);
}

/// Where a test's result is not of the run that stands for the scenario, the test says of which it is.
void name_origins(MergedScenario& merged) {
    for (std::size_t i = 0; i < merged.result.tests.size(); ++i)
        if (merged.test_labels[i] != merged.label) {
            auto& elsewhere = merged.result.tests[i].elsewhere;
            elsewhere.insert(elsewhere.begin(), "this is of " + merged.test_labels[i]);
        }
}

/// As in one run: the worst of its tests, unless its lab itself went wrong.
void settle_outcome(ScenarioResult& scenario) {
    if (scenario.outcome == Outcome::errored)
        return;
    for (const TestResult& test : scenario.tests)
        scenario.outcome = worse(scenario.outcome, test.outcome);
}

bool same_tests(const ScenarioResult& a, const ScenarioResult& b) {
    return std::equal(
        a.tests.begin(), a.tests.end(), b.tests.begin(), b.tests.end(),
        [](const TestResult& left, const TestResult& right) { return left.name == right.name; });
}

class Merging {
public:
    RunTree merge(const std::vector<RecordedRun>& runs) {
        for (const RecordedRun& run : runs)
            add(run);
        for (MergedScenario& merged : scenarios_) {
            name_origins(merged);
            settle_outcome(merged.result);
            tree_.scenarios.push_back(std::move(merged.result));
        }
        tree_.planned = tree_.scenarios.size() + not_started_;
        return std::move(tree_);
    }

private:
    /// Which scenario of a run it is; the same one may run twice in one run, and is then told apart.
    using Key = std::tuple<std::string, std::string, std::vector<std::string>, std::size_t>;

    void add(const RecordedRun& run) {
        add_head(run.tree);
        std::map<Key, std::size_t> seen;
        for (const ScenarioResult& scenario : run.tree.scenarios) {
            Key key{std::filesystem::path(scenario.file).lexically_normal().string(), scenario.instance,
                    scenario.settings, 0};
            std::size_t times = seen[key]++;
            std::get<3>(key) = times;
            add(key, scenario, run);
        }
        std::size_t told = run.tree.scenarios.size();
        not_started_ += run.tree.planned - std::min(run.tree.planned, told);
        if (run.tree.check)
            add(*run.tree.check, label_of(run));
        tree_.broken.insert(tree_.broken.end(), run.tree.broken.begin(), run.tree.broken.end());
    }

    void add_head(const RunTree& run) {
        static constexpr std::array parts{&RunTree::version, &RunTree::kernel, &RunTree::host};
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const std::string& part = run.*parts[i];
            std::string& all = tree_.*parts[i];
            if (!part.empty() && parts_[i].insert(part).second)
                all += (all.empty() ? "" : ", ") + part;
        }
        if (tree_.started == WallTime{} || (run.started != WallTime{} && run.started < tree_.started))
            tree_.started = run.started;
        tree_.took += run.took;
        if (tree_.signal == 0)
            tree_.signal = run.signal;
    }

    void add(const Key& key, const ScenarioResult& scenario, const RecordedRun& run) {
        std::string label = label_of(run);
        auto [first, last] = places_.equal_range(key);
        for (; first != last; ++first) {
            MergedScenario& known = scenarios_[first->second];
            if (known.result.started && scenario.started && !same_tests(known.result, scenario))
                continue;
            ScenarioResult other = scenario;
            other.origin = {run.tree.version, run.tree.kernel, run.tree.host};
            add_scenario(known, other, label);
            return;
        }
        places_.emplace(key, scenarios_.size());
        scenarios_.push_back({scenario, label, std::vector<std::string>(scenario.tests.size(), label)});
        scenarios_.back().result.origin = {run.tree.version, run.tree.kernel, run.tree.host};
    }

    void add(const MachineCheck& check, const std::string& label) {
        MachineCheck more = check;
        for (auto* lines : {&more.left, &more.changed})
            for (std::string& line : *lines)
                line = fmt::format("{}: {}", label, line);
        if (!more.reason.empty())
            more.reason = fmt::format("{}: {}", label, more.reason);
        if (!tree_.check) {
            tree_.check = std::move(more);
            return;
        }
        MachineCheck& known = *tree_.check;
        known.left.insert(known.left.end(), more.left.begin(), more.left.end());
        known.changed.insert(known.changed.end(), more.changed.begin(), more.changed.end());
        known.reason += (known.reason.empty() || more.reason.empty() ? "" : "; ") + more.reason;
        known.took += more.took;
        if (rank(more.outcome) > rank(known.outcome))
            known.outcome = more.outcome;
    }

    RunTree tree_;
    std::array<std::set<std::string>, 3> parts_; ///< versions, kernels and hosts, each once
    std::vector<MergedScenario> scenarios_;
    std::multimap<Key, std::size_t> places_; ///< in scenarios_; several where their tests differ
    std::size_t not_started_ = 0;
};

} // namespace

RunTree merge(const std::vector<RecordedRun>& runs) {
    return runs.size() == 1 ? runs.front().tree : Merging().merge(runs);
}

std::string recorded_twice(const std::vector<RecordedRun>& runs) {
    for (std::size_t i = 0; i < runs.size(); ++i)
        for (std::size_t j = i + 1; j < runs.size(); ++j) {
            const RunTree &one = runs[i].tree, &other = runs[j].tree;
            if (one.started != WallTime{} && one.started == other.started && one.host == other.host &&
                one.kernel == other.kernel)
                return fmt::format("{} and {} are records of one and the same run", runs[i].record,
                                   runs[j].record);
        }
    return {};
}

void demand_all(RunTree& tree) {
    auto demand = [](auto& result) {
        result.outcome = Outcome::errored;
        result.kind = FailureKind::requirement;
    };
    for (ScenarioResult& scenario : tree.scenarios) {
        if (scenario.outcome == Outcome::skipped && !scenario.reason.empty()) {
            demand(scenario);
            continue;
        }
        bool any = false;
        if (scenario.outcome != Outcome::errored)
            for (TestResult& test : scenario.tests)
                if (test.outcome == Outcome::skipped) {
                    demand(test);
                    any = true;
                }
        if (any)
            scenario.outcome = Outcome::errored;
    }
}

} // namespace netrig
