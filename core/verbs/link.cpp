#include "core/verbs/link.h"

#include "core/suggest.h"
#include "core/verbs/state_check.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netrig {

namespace {

void load_wanted(TableReader& reader, LinkCheck& check) {
    std::span<const std::string_view> states(link_state_names.data(), link_state_names.size() - 1);
    check.is = reader.choice_of<LinkState>("is", states);
    if (auto master = reader.text("master"))
        check.master = master->value;
    if (auto mtu = reader.integer("mtu", 1, 1 << 24))
        check.mtu = static_cast<unsigned>(*mtu);
    bool asks_state = reader.has("is") || reader.has("master") || reader.has("mtu");
    if (!check.present && asks_state)
        reader.report(reader.find("present")->span,
                      "an interface that must not be there has no state to check");
    else if (check.present && !asks_state && !reader.has("present"))
        reader.report(reader.where(), "this 'link' checks nothing", {},
                      "add one of: is, master, mtu, present");
}

std::string expected_words(const LinkCheck& check) {
    if (!check.present)
        return "no such interface";
    std::vector<std::string> words;
    if (check.is)
        words.emplace_back(link_state_names[static_cast<std::size_t>(*check.is)]);
    if (check.master)
        words.push_back(check.master->empty() ? "no master" : "master " + *check.master);
    if (check.mtu)
        words.push_back(fmt::format("mtu {}", *check.mtu));
    return words.empty() ? "the interface" : fmt::format("{}", fmt::join(words, ", "));
}

/// What the kernel has, in the terms that were asked for.
std::string found_words(const LinkCheck& check, const std::optional<FoundLink>& found) {
    if (!found)
        return "no such interface";
    std::vector<std::string> words;
    if (check.is || !check.present)
        words.emplace_back(link_state_names[static_cast<std::size_t>(found->state)]);
    if (check.master)
        words.push_back(found->master.empty() ? "no master" : "master " + found->master);
    if (check.mtu)
        words.push_back(fmt::format("mtu {}", found->mtu));
    return words.empty() ? "the interface" : fmt::format("{}", fmt::join(words, ", "));
}

bool fits(const LinkCheck& check, const std::optional<FoundLink>& found) {
    if (!check.present || !found)
        return check.present == found.has_value();
    return (!check.is || *check.is == found->state) && (!check.master || *check.master == found->master) &&
           (!check.mtu || *check.mtu == found->mtu);
}

} // namespace

bool check_interface_known(const Place& place, LoadContext& context) {
    const Topology& topology = context.topology;
    if (topology.find_interface(place.node, place.interface) ||
        topology.has_kernel_named_interface(place.node) || !context.topology_is_whole)
        return true;
    context.diagnostics.push_back({fmt::format("node '{}' has no interface '{}' in this file",
                                               topology.nodes[place.node].name, place.interface),
                                   place.span,
                                   {},
                                   suggestion(place.interface, topology.interface_names(place.node)),
                                   {}});
    return false;
}

std::optional<LinkCheck> LinkCheck::load(const TomlValue& value, LoadContext& context) {
    const TomlTable* table = table_of(value, name, "link = { on = \"red:veth0\", is = \"up\" }", context);
    if (table == nullptr)
        return std::nullopt;
    std::size_t mistakes = context.diagnostics.size();
    TableReader reader(*table, value.span, std::string(name), keys, context.diagnostics);
    LinkCheck check;
    StatePlaces places = load_state_places(reader, InterfacePart::required, context);
    check.text = std::move(places.text);
    check.on = std::move(places.on);
    check.present = places.present;
    load_wanted(reader, check);
    return context.diagnostics.size() > mistakes ? std::nullopt : std::optional(check);
}

Verdict LinkCheck::run(Lab& lab, const StepLimits&) const {
    std::string expected = expected_words(*this);
    std::vector<ProbeResult> results;
    for (const Place& place : on) {
        auto found = lab.link(place.node, place.interface);
        if (!found)
            return could_not_ask(expected, netrig::describe(found.error()));
        std::string words = found_words(*this, *found);
        std::string line =
            fmt::format("{}:{}: {}", lab.topology().nodes[place.node].name, place.interface, words);
        results.push_back({fits(*this, *found), words, line});
    }
    return judge_probes(expected, results, {"on", "interfaces"});
}

} // namespace netrig
