#include "core/verbs/flap.h"

#include <fmt/format.h>
#include <set>

namespace netrig {

namespace {

std::string show_times(unsigned times) {
    return times == 1 ? "once" : fmt::format("{} times", times);
}

std::vector<InterfaceRef> one_of_each_link(const Directions& of, const Topology& topology) {
    std::vector<InterfaceRef> ends;
    std::set<std::size_t> seen;
    for (InterfaceRef end : of.senders)
        if (seen.insert(link_number(end, topology)).second)
            ends.push_back(end);
    return ends;
}

void load_times(TableReader& reader, Flap& flap) {
    constexpr std::int64_t most_times = 100'000;
    if (auto times = reader.integer("times", 1, most_times))
        flap.times = static_cast<unsigned>(*times);
    flap.down = reader.duration("down").value_or(flap.down);
    flap.up = reader.duration("up").value_or(flap.up);
    if (reader.has("up") && flap.times == 1)
        reader.report(reader.find("up")->span,
                      "'up' is the time between two flaps, and 'times' asks for one only");
}

} // namespace

std::optional<Flap> Flap::load(const TomlValue& value, LoadContext& context) {
    std::size_t mistakes = context.diagnostics.size();
    Flap flap;
    std::optional<Directions> of;
    if (const auto* table = std::get_if<TomlTable>(&value.data)) {
        TableReader reader(*table, value.span, "'flap'", keys, context.diagnostics);
        load_times(reader, flap);
        of = load_directions(reader, DirectionsOf::links, context);
    } else
        of = load_directions(value, name, keys, context);
    if (!of || context.diagnostics.size() > mistakes)
        return std::nullopt;
    flap.text = of->text;
    flap.ends = one_of_each_link(*of, context.topology);
    return flap;
}

Status Flap::set_carriers(Lab& lab, bool on) const {
    for (InterfaceRef end : ends)
        if (Status done = lab.set_carrier(end, on); !done)
            return done;
    return {};
}

Verdict Flap::run(Lab& lab, const StepLimits&) const {
    std::string expected = fmt::format("{} without carrier {}", text, show_times(times));
    for (unsigned i = 0; i < times; ++i) {
        bool in_time = i == 0 || lab.let_pass(up);
        if (Status done = in_time ? set_carriers(lab, false) : Status(); !done)
            return could_not_ask(std::move(expected), netrig::describe(done.error()));
        in_time = in_time && lab.let_pass(down);
        if (Status done = set_carriers(lab, true); !done) // out of time, too: it is as it was
            return could_not_ask(std::move(expected), netrig::describe(done.error()));
        if (!in_time)
            return could_not_ask(std::move(expected),
                                 fmt::format("the time was over in flap {} of {}", i + 1, times));
    }
    return {Answer::yes, expected, expected, {}};
}

std::string Flap::describe() const {
    return fmt::format("flap {}", text);
}

} // namespace netrig
