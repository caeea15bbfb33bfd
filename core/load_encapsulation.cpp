#include "core/load_encapsulation.h"

#include "core/gateway.h"
#include "core/suggest.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::array<std::pair<std::string_view, Seg6Mode>, 5> modes{{
    {"encap", Seg6Mode::encap},
    {"inline", Seg6Mode::insert},
    {"l2encap", Seg6Mode::l2encap},
    {"encap.red", Seg6Mode::encap_red},
    {"l2encap.red", Seg6Mode::l2encap_red},
}};

/// An action with the words that it takes, one of which it must have.
struct ActionWords {
    std::string_view word;
    Seg6Action action;
    std::array<std::string_view, 2> takes{};

    [[nodiscard]] bool may_take(std::string_view key) const {
        return !key.empty() && std::find(takes.begin(), takes.end(), key) != takes.end();
    }
};

constexpr std::array<ActionWords, 11> actions{{
    {"End", Seg6Action::end},
    {"End.X", Seg6Action::end_x, {"nh6"}},
    {"End.T", Seg6Action::end_t, {"table"}},
    {"End.DX2", Seg6Action::end_dx2, {"oif"}},
    {"End.DX6", Seg6Action::end_dx6, {"nh6"}},
    {"End.DX4", Seg6Action::end_dx4, {"nh4"}},
    {"End.DT6", Seg6Action::end_dt6, {"table", "vrftable"}},
    {"End.DT4", Seg6Action::end_dt4, {"vrftable"}},
    {"End.DT46", Seg6Action::end_dt46, {"vrftable"}},
    {"End.B6", Seg6Action::end_b6, {"srh"}},
    {"End.B6.Encaps", Seg6Action::end_b6_encaps, {"srh"}},
}};

using Read = std::shared_ptr<const Encapsulation>;

Read read_mpls(const Text& key, Words& words, const WordsContext& context) {
    const Text* value = words.value_of(key, context);
    auto labels = value != nullptr ? read_labels(*value, context) : std::nullopt;
    if (!labels)
        return nullptr;
    MplsEncapsulation mpls{std::move(*labels), {}};
    if (const Text* next = words.peek(); next != nullptr && next->value == "ttl") {
        value = words.value_of(*words.take(), context);
        auto ttl = value != nullptr ? read_number(*value, "TTL", 1, 255, context) : std::nullopt;
        if (!ttl)
            return nullptr;
        mpls.ttl = static_cast<unsigned>(*ttl);
    }
    return std::make_shared<Encapsulation>(std::move(mpls));
}

std::optional<Seg6Mode> read_mode(const Text& word, const WordsContext& context) {
    for (const auto& [text, mode] : modes)
        if (text == word.value)
            return mode;
    std::vector<std::string> known;
    for (const auto& [text, mode] : modes)
        known.emplace_back(text);
    context.report(word.span, fmt::format("'{}' is no mode of SRv6", word.value),
                   suggestion(word.value, known));
    return std::nullopt;
}

Read read_seg6(const Text& key, Words& words, const WordsContext& context) {
    Seg6Encapsulation seg6;
    if (const Text* next = words.peek(); next != nullptr && next->value == "mode") {
        const Text* value = words.value_of(*words.take(), context);
        auto mode = value != nullptr ? read_mode(*value, context) : std::nullopt;
        if (!mode)
            return nullptr;
        seg6.mode = *mode;
    }
    const Text* next = words.take();
    if (next == nullptr || next->value != "segs") {
        context.report(next != nullptr ? next->span : key.span, "SRv6 wants its segments here",
                       "\"encap seg6 mode encap segs fc00::1,fc00::2 dev eth0\"");
        return nullptr;
    }
    const Text* value = words.value_of(*next, context);
    auto segments = value != nullptr ? read_segments(*value, context) : std::nullopt;
    if (!segments)
        return nullptr;
    seg6.segments = std::move(*segments);
    return std::make_shared<Encapsulation>(std::move(seg6));
}

std::optional<IpAddress> read_next(const Text& word, Family family, const WordsContext& context) {
    if (auto address = parse_ip(word.value)) {
        if (address->family == family)
            return address;
        context.report(word.span, fmt::format("{} is no {} address", show(*address), show(family)));
        return std::nullopt;
    }
    auto node = context.topology.find(word.value);
    auto found = node ? neighbour_address(context.topology, context.node, *node, family) : std::nullopt;
    if (found)
        return found->address;
    if (node)
        context.report(word.span, fmt::format("'{}' and '{}' have no {} subnet in common",
                                              context.owner().name, word.value, show(family)));
    else
        context.report(word.span, fmt::format("'{}' is neither an address nor a node", word.value));
    return std::nullopt;
}

/// One word with its value; false when a mistake was reported.
bool read_parameter(const Text& key, Words& words, Seg6Local& local, const WordsContext& context) {
    if (key.value == "srh" && !words.take_if("segs")) {
        context.report(key.span, "'srh' wants \"segs\" and the segments after it");
        return false;
    }
    const Text* value = words.value_of(key, context);
    if (value == nullptr)
        return false;
    if (key.value == "table")
        return (local.table = read_table(*value, context)).has_value();
    if (key.value == "vrftable")
        return (local.vrf_table = read_table(*value, context)).has_value();
    if (key.value == "nh4" || key.value == "nh6") {
        Family family = key.value == "nh4" ? Family::ipv4 : Family::ipv6;
        return (local.nexthop = read_next(*value, family, context)).has_value();
    }
    if (key.value == "oif") {
        auto device = read_device(*value, context);
        if (device && !device->interface)
            context.report(value->span,
                           fmt::format("no interface of '{}' is called '{}' in the file",
                                       context.owner().name, value->value),
                           "'oif' can't speak of one that the kernel names");
        if (!device || !device->interface)
            return false;
        local.device = device->name;
        local.index = device->index(context.owner());
        return true;
    }
    auto segments = read_segments(*value, context);
    if (segments)
        local.segments = std::move(*segments);
    return segments.has_value();
}

const ActionWords* read_action(const Text& word, const WordsContext& context) {
    std::vector<std::string> known;
    for (const ActionWords& action : actions) {
        if (action.word == word.value)
            return &action;
        known.emplace_back(action.word);
    }
    context.report(word.span, fmt::format("'{}' is no action of SRv6", word.value),
                   suggestion(word.value, known));
    return nullptr;
}

Read read_seg6local(const Text& key, Words& words, const WordsContext& context) {
    const Text* next = words.take();
    if (next == nullptr || next->value != "action") {
        context.report(next != nullptr ? next->span : key.span, "SRv6 wants an action here",
                       "\"encap seg6local action End dev eth0\"");
        return nullptr;
    }
    const Text* value = words.value_of(*next, context);
    const ActionWords* action = value != nullptr ? read_action(*value, context) : nullptr;
    if (action == nullptr)
        return nullptr;
    Seg6Local local{action->action};
    if (action->takes.front().empty())
        return std::make_shared<Encapsulation>(std::move(local));
    if (const Text* parameter = words.peek(); parameter == nullptr || !action->may_take(parameter->value)) {
        context.report(value->span,
                       fmt::format("{} wants '{}' and its value next", action->word,
                                   action->takes[1].empty()
                                       ? std::string(action->takes[0])
                                       : fmt::format("{}' or '{}", action->takes[0], action->takes[1])));
        return nullptr;
    }
    const Text& parameter = *words.take();
    if (!read_parameter(parameter, words, local, context))
        return nullptr;
    return std::make_shared<Encapsulation>(std::move(local));
}

} // namespace

std::shared_ptr<const Encapsulation> read_encapsulation(const Text& key, Words& words,
                                                        const WordsContext& context) {
    const Text* kind = words.value_of(key, context);
    if (kind == nullptr)
        return nullptr;
    if (kind->value == "mpls")
        return read_mpls(*kind, words, context);
    if (kind->value == "seg6")
        return read_seg6(*kind, words, context);
    if (kind->value == "seg6local")
        return read_seg6local(*kind, words, context);
    context.report(kind->span, fmt::format("'{}' is no encapsulation of a route", kind->value),
                   suggestion(kind->value, {"mpls", "seg6", "seg6local"}));
    return nullptr;
}

std::string_view word(Seg6Mode mode) {
    return std::find_if(modes.begin(), modes.end(), [&](const auto& row) { return row.second == mode; })
        ->first;
}

std::string_view word(Seg6Action action) {
    return std::find_if(actions.begin(), actions.end(), [&](const auto& row) { return row.action == action; })
        ->word;
}

} // namespace netrig
