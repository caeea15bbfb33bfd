#include "runner/features.h"

#include "core/emulation.h"
#include "core/features.h"
#include "runner/lab_process.h"
#include "runner/probe.h"
#include "runner/system_error.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netrig {

namespace {

constexpr std::chrono::seconds patience(20); // with each answer: a module may come from a slow disk

enum class AskedWhere { here, in_a_lab };

struct FoundProbe {
    const Probe* probe = nullptr;
    AskedWhere where = AskedWhere::here;
};

FoundProbe find_probe(std::string_view feature) {
    for (auto [probes, where] : {std::pair(right_probes(), AskedWhere::here),
                                 {cgroup_probes(), AskedWhere::here},
                                 {namespace_probes(), AskedWhere::in_a_lab},
                                 {link_probes(), AskedWhere::in_a_lab},
                                 {qdisc_probes(), AskedWhere::in_a_lab},
                                 {nftables_probes(), AskedWhere::in_a_lab},
                                 {protocol_probes(), AskedWhere::in_a_lab},
                                 {sandbox_probes(), AskedWhere::in_a_lab}})
        for (const Probe& probe : probes)
            if (probe.feature == feature)
                return {&probe, where};
    return {};
}

bool kernel_loads_modules() {
    return access("/proc/modules", F_OK) == 0;
}

FeatureAnswer answer_of(const std::string& feature, const Probed& probed) {
    FeatureAnswer answer{feature, probed.answer, probed.words, probed.remedy};
    if (answer.answer == Answer::yes)
        answer.remedy.clear();
    else if (answer.remedy.empty() && answer.answer == Answer::no)
        answer.remedy = remedy_for(feature, kernel_loads_modules());
    return answer;
}

// In the lab: a line for each answer, in the order of the questions.

std::string one_line_of(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return text;
}

std::string line_of(const Probed& probed) {
    return fmt::format("{}\t{}\t{}\n", static_cast<int>(probed.answer), one_line_of(probed.words),
                       one_line_of(probed.remedy));
}

std::optional<Probed> read_line(const std::string& line) {
    std::size_t first = line.find('\t'), second = line.find('\t', first + 1);
    if (first != 1 || second == std::string::npos || line[0] < '0' || line[0] > '2')
        return std::nullopt;
    return Probed{static_cast<Answer>(line[0] - '0'), line.substr(2, second - 2), line.substr(second + 1)};
}

/// A lab that cannot be made answers one question all the same: whether labs can be made.
Probed without_lab(const Probe& probe, const std::string& words, const std::string& help) {
    bool is_the_question = probe.feature == namespace_probes().front().feature;
    return {is_the_question ? Answer::no : Answer::could_not_ask, words, help};
}

Probed ask_alone(const Probe& probe) {
    if (unshare(CLONE_NEWNET) != 0)
        return without_lab(probe, describe({"make a network namespace", errno, {}, {}}), namespace_remedy());
    return probe.ask();
}

int ask_in_this_lab(const std::vector<const Probe*>& probes, const Fd& answers) {
    for (const Probe* probe : probes) {
        std::string line = line_of(ask_alone(*probe));
        if (write(answers.get(), line.data(), line.size()) < 0)
            return 1;
    }
    return 0;
}

/// False at the end, and when nothing came for as long.
bool read_more(const Fd& pipe, std::chrono::milliseconds at_most, std::string& text) {
    pollfd wait{pipe.get(), POLLIN, 0};
    int ready = poll(&wait, 1, static_cast<int>(at_most.count()));
    if (ready <= 0)
        return ready < 0 && errno == EINTR;
    std::array<char, 4096> data;
    ssize_t size = read(pipe.get(), data.data(), data.size());
    text.append(data.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    return size > 0;
}

/// What the lab writes, until there are so many lines, it ends, or patience with the next one does.
std::vector<std::string> lines_from(const Fd& pipe, std::size_t count) {
    std::string text;
    while (static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) < count &&
           read_more(pipe, patience, text)) {
    }
    std::vector<std::string> lines;
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
        lines.push_back(text.substr(at, end - at));
    return lines;
}

/// `going` is set to the lab's process; it ends when this returns, for its pipes are closed then.
std::vector<Probed> ask_in_a_lab(const std::vector<const Probe*>& probes, pid_t& going) {
    std::vector<Probed> answers;
    auto all_without = [&](const std::string& words, const std::string& help) {
        while (answers.size() < probes.size())
            answers.push_back(without_lab(*probes[answers.size()], words, help));
        return answers;
    };
    auto lab = start_lab([&](Fd pipe) { return ask_in_this_lab(probes, pipe); });
    if (!lab)
        return all_without(describe(lab.error()), lab.error().help);
    going = lab->pid;
    std::vector<std::string> lines = lines_from(lab->events, probes.size());
    if (auto refusal = lines.empty() ? std::nullopt : read_refusal(lines.front()))
        return all_without(refusal->words, refusal->help);
    for (const std::string& line : lines)
        if (auto probed = read_line(line); probed && answers.size() < probes.size())
            answers.push_back(*probed);
    return all_without("the lab that asked ended early or gave no answer", "");
}

void add_all(const std::vector<Requirement>& requirements, std::set<std::string>& names) {
    for (const Requirement& each : requirements)
        names.insert(each.feature);
}

} // namespace

/// Settings that are there only once the kernel has loaded a module, which asking for the feature makes it
/// do.
static bool has_mpls_settings(const Topology& topology) {
    return std::any_of(topology.nodes.begin(), topology.nodes.end(), [](const Node& node) {
        return std::any_of(node.sysctls.begin(), node.sysctls.end(),
                           [](const Sysctl& sysctl) { return sysctl.name.starts_with("net.mpls."); });
    });
}

std::set<std::string> features_wanted(const std::vector<std::shared_ptr<const Scenario>>& scenarios) {
    std::set<std::string> names;
    for (const auto& scenario : scenarios) {
        add_all(scenario->requirements, names);
        names.merge(emulation_features(*scenario));
        if (has_mpls_settings(scenario->topology))
            names.insert("kernel:mpls");
        for (const Test& test : scenario->tests)
            add_all(test.requirements, names);
    }
    return names;
}

AskedFeatures::~AskedFeatures() {
    if (lab_ > 0)
        waitpid(lab_, nullptr, 0);
}

AskedFeatures ask_features(const std::set<std::string>& names) {
    AskedFeatures asked;
    FeatureAnswers& answers = asked.answers;
    std::vector<const Probe*> in_a_lab;
    for (const std::string& name : names) {
        FoundProbe found = find_probe(name);
        if (auto command = command_of(name))
            answers[name] = answer_of(name, ask_command(*command));
        else if (found.probe == nullptr)
            answers[name] = answer_of(name, {Answer::could_not_ask, "there is no such feature"});
        else if (found.where == AskedWhere::in_a_lab)
            in_a_lab.push_back(found.probe);
        else
            answers[name] = answer_of(name, found.probe->ask());
    }
    if (in_a_lab.empty())
        return asked;
    std::vector<Probed> found = ask_in_a_lab(in_a_lab, asked.lab_);
    for (std::size_t i = 0; i < found.size(); ++i) {
        std::string name(in_a_lab[i]->feature);
        answers[name] = answer_of(name, found[i]);
    }
    return asked;
}

bool has_probe(std::string_view feature) {
    return find_probe(feature).probe != nullptr;
}

} // namespace netrig
