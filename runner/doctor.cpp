#include "runner/doctor.h"

#include "core/features.h"
#include "core/visible_text.h"
#include "runner/features.h"

#include <algorithm>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace netrig {

namespace {

std::vector<std::string> names_in_order() {
    std::vector<std::string> names;
    for (const Feature& feature : known_features())
        names.emplace_back(feature.name);
    for (const Program& program : common_programs())
        names.push_back(fmt::format("command:{}", program.name));
    return names;
}

bool is_there(const FeatureAnswers& answers, const std::string& name) {
    auto found = answers.find(name);
    return found != answers.end() && found->second.answer == Answer::yes;
}

FeatureGroup group_of(const std::string& feature) {
    const Feature* found = find_feature(feature);
    return found == nullptr ? FeatureGroup::programs : found->group;
}

struct Word {
    const char *text, *colour; ///< the colour as a parameter of SGR (ECMA-48 8.3.117)
};

Word word_for(Answer answer) {
    switch (answer) {
    case Answer::yes:
        return {"yes", "32"};
    case Answer::no:
        return {"no ", "33"};
    case Answer::could_not_ask:
        return {"?  ", "31"};
    }
    return {"?  ", "31"};
}

std::string lines_of(const FeatureAnswer& answer, bool colour) {
    Word word = word_for(answer.answer);
    std::string shown = colour ? fmt::format("\x1b[{}m{}\x1b[0m", word.colour, word.text) : word.text;
    std::string text = fmt::format("  {}  {}", shown, answer.feature);
    if (!answer.words.empty())
        text = fmt::format("  {}  {:<28}  {}", shown, answer.feature, terminal_line(answer.words));
    text += "\n";
    if (!answer.remedy.empty())
        text += fmt::format("{:37}-> {}\n", "", terminal_line(answer.remedy));
    return text;
}

/// Said to be little where a lab of a few hundred nodes has no room.
std::string limits(const DoctorReport& report) {
    constexpr std::size_t few = 500;
    std::string text = fmt::format(
        "\nlimits\n       {} open files a process (ulimit -Hn): room for labs of about {} nodes\n",
        report.descriptors.hard, report.descriptors.nodes);
    if (report.descriptors.nodes < few)
        text += fmt::format("{:37}-> {}\n", "", "for larger ones raise it: 'ulimit -Hn 20000' as root");
    return text;
}

std::string summary(const DoctorReport& report) {
    auto count = [&](Answer answer) {
        return std::count_if(report.features.begin(), report.features.end(),
                             [&](const FeatureAnswer& each) { return each.answer == answer; });
    };
    std::string text = fmt::format("\n{} there, {} missing", count(Answer::yes), count(Answer::no));
    if (auto unknown = count(Answer::could_not_ask); unknown > 0)
        text += fmt::format(", {} could not be asked", unknown);
    return text + (report.labs ? "; labs can be built here\n" : "; labs cannot be built here\n");
}

} // namespace

DoctorReport examine_machine() {
    utsname system{};
    uname(&system);
    DoctorReport report{NETRIG_VERSION,
                        fmt::format("{} {} {}", system.sysname, system.release, system.machine),
                        fmt::format("user id {}", geteuid())};
    std::vector<std::string> names = names_in_order();
    AskedFeatures asked = ask_features({names.begin(), names.end()});
    for (const std::string& name : names)
        report.features.push_back(asked.answers.at(name));
    report.descriptors = descriptor_limit();
    report.labs = is_there(asked.answers, "right:namespaces") && is_there(asked.answers, "kernel:veth");
    return report;
}

std::string doctor_text(const DoctorReport& report, bool colour) {
    std::string text =
        fmt::format("netrig {} on {}, {}\n", report.version, terminal_line(report.kernel), report.user);
    std::string_view last;
    for (const FeatureAnswer& answer : report.features) {
        std::string_view group = word(group_of(answer.feature));
        if (group != last)
            text += fmt::format("\n{}\n", group);
        last = group;
        text += lines_of(answer, colour);
    }
    return text + limits(report) + summary(report);
}

} // namespace netrig
