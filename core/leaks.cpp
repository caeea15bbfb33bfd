#include "core/leaks.h"

#include <array>
#include <fmt/format.h>
#include <map>
#include <set>
#include <tuple>

namespace netrig {

namespace {

/// In the order in which they are told.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kind_words{
    {{"net", "network"}, {"mnt", "mount"}, {"uts", "UTS"}, {"ipc", "IPC"}, {"pid", "PID"}, {"user", "user"}}};

std::vector<std::string> words_of(const std::set<std::string>& kinds) {
    std::vector<std::string> found;
    for (const auto& [kind, word] : kind_words)
        if (kinds.contains(std::string(kind)))
            found.emplace_back(word);
    return found;
}

/// "network", "network and mount", "network, mount and UTS"
std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
    return text;
}

std::string whose(const HeldNamespace& held) {
    return held.what.whose.empty() ? "the lab of " + held.file
                                   : fmt::format("{} in {}", held.what.whose, held.file);
}

std::string line(const HeldNamespace& held, const std::vector<std::string>& kinds) {
    std::string what =
        fmt::format("the {} namespace{} of {}", listed(kinds), kinds.size() == 1 ? "" : "s", whose(held));
    std::string doubt = held.sure ? "" : ", or another of the same number: this kernel can't tell them apart";
    switch (held.holding) {
    case Holding::is_in:
        return fmt::format("{} is in {}{}", held.holder, what, doubt);
    case Holding::has_open:
        return fmt::format("{} has {} open{}", held.holder, what, doubt);
    case Holding::is_mounted:
        return fmt::format("{} {} mounted at {}{}", what, kinds.size() == 1 ? "is" : "are", held.holder,
                           doubt);
    }
    return {};
}

/// One line for all that one holder has of one node, in the order in which they were found.
void tell_held(const std::vector<HeldNamespace>& held, Leaks& leaks) {
    using Key = std::tuple<Holding, std::string, std::string, std::string, bool>;
    std::map<Key, std::set<std::string>> kinds;
    auto key_of = [](const HeldNamespace& each) {
        return Key{each.holding, each.holder, each.file, each.what.whose, each.sure};
    };
    for (const HeldNamespace& each : held)
        kinds[key_of(each)].insert(each.what.kind);
    for (const HeldNamespace& each : held)
        if (auto found = kinds.extract(key_of(each)))
            (each.sure ? leaks.left : leaks.changed).push_back(line(each, words_of(found.mapped())));
}

/// Takes them out of `after`.
void tell_groups(const MachineState& before, MachineState& after, const std::string& prefix, Leaks& leaks) {
    if (prefix.empty())
        return;
    std::erase_if(after.found, [&](const auto& each) {
        const auto& [part, name] = each.first;
        bool is_own = part == MachinePart::cgroup && !before.found.contains(each.first) &&
                      name.find("/" + prefix) != std::string::npos;
        if (is_own)
            leaks.left.push_back(fmt::format("cgroup {}, which the run made, is still there", name));
        return is_own;
    });
}

} // namespace

Leaks find_leaks(const MachineState& before, MachineState after, const std::vector<HeldNamespace>& held,
                 const OwnThings& own, CheckLeaks wanted) {
    Leaks leaks;
    for (const std::string& process : own.processes)
        leaks.left.push_back(process + ", which the run started, still runs");
    tell_held(held, leaks);
    tell_groups(before, after, own.group_prefix, leaks);
    for (std::string& difference : differences(before, after))
        leaks.changed.push_back(std::move(difference));
    if (wanted == CheckLeaks::all) {
        leaks.left.insert(leaks.left.end(), leaks.changed.begin(), leaks.changed.end());
        leaks.changed.clear();
    }
    return leaks;
}

} // namespace netrig
