#include "core/verbs/exec.h"

#include "core/visible_text.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netrig {

namespace {

void load_command(TableReader& reader, Exec& exec) {
    reader.require("command");
    const TomlValue* value = reader.find("command");
    if (value == nullptr)
        return;
    if (const auto* text = std::get_if<std::string>(&value->data)) {
        exec.request.argv = {"sh", "-c", *text};
        exec.shown_command = *text;
        if (text->find_first_not_of(" \t\n") == std::string::npos)
            reader.report(value->span, "the command is empty");
        return;
    }
    for (const Text& argument : reader.texts("command"))
        exec.request.argv.push_back(argument.value);
    exec.shown_command = fmt::format("{}", fmt::join(exec.request.argv, " "));
    if (exec.request.argv.empty() || exec.request.argv.front().empty())
        reader.report(value->span, "the command is empty");
}

void load_environment(TableReader& reader, Exec& exec) {
    const TomlTable* table = reader.table("env");
    if (table == nullptr)
        return;
    for (const TomlEntry& entry : table->entries) {
        if (const auto* text = std::get_if<std::string>(&entry.value.data))
            exec.request.environment[entry.key] = *text;
        else
            reader.report(entry.value.span,
                          fmt::format("'{}' takes a string, not {}", entry.key, type_name(entry.value)));
    }
}

void load_expectations(TableReader& reader, Exec& exec, LoadContext& context) {
    if (auto status = reader.integer("exit", 0, 255))
        exec.exit = static_cast<int>(*status);
    if (const TomlValue* value = reader.find("stdout"))
        exec.output = TextMatch::load(*value, "stdout", context.diagnostics);
    if (const TomlValue* value = reader.find("stderr"))
        exec.errors = TextMatch::load(*value, "stderr", context.diagnostics);
}

std::string expected_words(const Exec& exec) {
    std::vector<std::string> words{fmt::format("exit status {}", exec.exit)};
    if (exec.output)
        words.push_back("stdout that " + exec.output->describe());
    if (exec.errors)
        words.push_back("stderr that " + exec.errors->describe());
    return fmt::format("{}", fmt::join(words, ", "));
}

/// What is not as expected, each part in its own words; empty when all is.
std::vector<std::string> complaints(const Exec& exec, const CommandAnswer& answer) {
    std::vector<std::string> words;
    if (answer.timed_out || answer.stopped || answer.status != exec.exit)
        words.push_back(how_it_ended(answer));
    if (exec.output && !exec.output->fits(answer.output.text()))
        words.push_back(answer.output.head.empty() ? "an empty stdout" : "another stdout");
    if (exec.errors && !exec.errors->fits(answer.errors.text()))
        words.push_back(answer.errors.head.empty() ? "an empty stderr" : "another stderr");
    return words;
}

/// What is wrong with it in short, then the output itself.
void append_output(std::vector<std::string>& details, const char* name, const std::optional<TextMatch>& match,
                   const CommandOutput& output) {
    std::string text = output.text();
    if (match && !match->fits(text))
        for (const std::string& line : match->differences(text))
            details.push_back(line.starts_with(' ') ? line : fmt::format("{}: {}", name, line));
    if (text.empty())
        return;
    details.push_back(fmt::format("{}:", name));
    constexpr std::size_t most_lines = 200;
    std::size_t lines = 0;
    for (std::size_t at = 0; at < text.size(); ++lines) {
        std::size_t end = std::min(text.find('\n', at), text.size());
        if (lines == most_lines) {
            details.push_back(fmt::format("    ... {} bytes more", text.size() - at));
            return;
        }
        details.push_back("    " + text.substr(at, end - at));
        at = end + 1;
    }
}

} // namespace

std::string Exec::describe() const {
    constexpr std::size_t longest = 60;
    std::string shown = shown_command.substr(0, shown_command.find('\n'));
    if (shown.size() < shown_command.size())
        shown += "...";
    return fmt::format("exec on {}: {}", text, shorten(shown, longest));
}

std::optional<Exec> Exec::load(const TomlValue& value, LoadContext& context) {
    const auto* table = std::get_if<TomlTable>(&value.data);
    if (table == nullptr) {
        context.diagnostics.push_back({fmt::format("'exec' takes a table, not {}", type_name(value)),
                                       value.span,
                                       {},
                                       "exec = { on = \"red\", command = \"ip route\" }",
                                       {}});
        return std::nullopt;
    }
    std::size_t mistakes = context.diagnostics.size();
    TableReader reader(*table, value.span, "exec", keys, context.diagnostics);
    Exec exec;
    reader.require("on");
    for (const Text& text : reader.texts("on")) {
        exec.text += (exec.text.empty() ? "" : ", ") + text.value;
        for (NodeIndex node : find_nodes(text, context))
            exec.on.push_back(node);
    }
    if (exec.on.empty() && context.diagnostics.size() == mistakes && reader.has("on"))
        reader.report(reader.find("on")->span, "'on' names no node, so nothing would be checked");
    load_command(reader, exec);
    load_environment(reader, exec);
    load_expectations(reader, exec, context);
    if (auto input = reader.text("stdin"))
        exec.request.input = input->value;
    if (auto directory = reader.text("cwd"))
        exec.request.directory = directory->value;
    exec.request.timeout = reader.duration("timeout");
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(std::move(exec));
}

Verdict Exec::run(Lab& lab, const StepLimits& limits) const {
    std::vector<CommandRequest> requests(on.size(), request);
    for (std::size_t i = 0; i < on.size(); ++i) {
        requests[i].on = on[i];
        requests[i].environment["NETRIG_NODE"] = lab.topology().nodes[on[i]].name;
        if (limits.timeout)
            requests[i].timeout = limits.timeout;
    }
    Verdict verdict;
    verdict.expected = expected_words(*this);
    auto answers = lab.run(requests);
    if (!answers)
        return could_not_ask(verdict.expected, netrig::describe(answers.error()));
    verdict.details.push_back("command: " + shown_command);
    for (std::size_t i = 0; i < on.size(); ++i) {
        const CommandAnswer& answer = (*answers)[i];
        const std::string& node = lab.topology().nodes[on[i]].name;
        if (!answer.not_started.empty())
            return could_not_ask(verdict.expected, fmt::format("on {}: {}", node, answer.not_started));
        std::vector<std::string> words = complaints(*this, answer);
        if (words.empty())
            continue;
        verdict.answer = Answer::no;
        verdict.actual +=
            fmt::format("{}{}: {}", verdict.actual.empty() ? "" : "; ", node, fmt::join(words, ", "));
        std::string after = answer.timed_out || answer.stopped ? "" : ", after " + netrig::show(answer.took);
        verdict.details.push_back(fmt::format("on {}: {}{}", node, how_it_ended(answer), after));
        if (!answer.perhaps.empty())
            verdict.details.push_back(answer.perhaps);
        append_output(verdict.details, "stdout", output, answer.output);
        append_output(verdict.details, "stderr", errors, answer.errors);
    }
    if (verdict.answer == Answer::yes)
        verdict.actual = verdict.expected;
    return verdict;
}

} // namespace netrig
