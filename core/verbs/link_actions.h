// link-up, link-down, delete-link: what a person would do to an interface with ip(8), by netlink.
#pragma once

#include "core/endpoints.h"
#include "core/verbs/verb.h"

#include <array>

namespace netrig {

/// The interfaces that an action is done to, in order. The value is a string or an array of strings.
struct ActionTargets {
    std::string text; ///< as written
    std::vector<Place> places;
};

std::optional<ActionTargets> load_targets(const TomlValue& value, std::string_view verb, LoadContext& context,
                                          InterfacePart part = InterfacePart::required);

/// Does `act` to each in order and stops at the first that fails; `done` is what each is then: "up".
Verdict act_on(const ActionTargets& targets, Lab& lab, Status (*act)(Lab&, const Place&),
               std::string_view done);

/// `Change` gives name, meaning, done and act; the rest is the same for all actions on interfaces.
template <class Change>
struct LinkAction {
    static constexpr std::string_view name = Change::name;
    static constexpr std::string_view meaning = Change::meaning;
    static constexpr bool is_action = true;
    static constexpr std::array<Key, 0> keys{};
    ActionTargets targets;

    static std::optional<LinkAction> load(const TomlValue& value, LoadContext& context) {
        auto targets = load_targets(value, name, context);
        return targets ? std::optional(LinkAction{std::move(*targets)}) : std::nullopt;
    }
    Verdict run(Lab& lab, const StepLimits&) const { return act_on(targets, lab, Change::act, Change::done); }
    [[nodiscard]] std::string describe() const { return std::string(name) + " " + targets.text; }
};

struct SetLinkUp {
    static constexpr std::string_view name = "link-up";
    static constexpr std::string_view meaning = "set interfaces up: the carrier comes when both ends are";
    static constexpr std::string_view done = "set up";
    static Status act(Lab& lab, const Place& place) {
        return lab.set_link(place.node, place.interface, true);
    }
};

struct SetLinkDown {
    static constexpr std::string_view name = "link-down";
    static constexpr std::string_view meaning = "set interfaces down: the other end loses its carrier";
    static constexpr std::string_view done = "set down";
    static Status act(Lab& lab, const Place& place) {
        return lab.set_link(place.node, place.interface, false);
    }
};

struct RemoveLink {
    static constexpr std::string_view name = "delete-link";
    static constexpr std::string_view meaning = "delete interfaces: the other end of a veth pair goes too";
    static constexpr std::string_view done = "deleted";
    static Status act(Lab& lab, const Place& place) { return lab.delete_link(place.node, place.interface); }
};

using LinkUp = LinkAction<SetLinkUp>;
using LinkDown = LinkAction<SetLinkDown>;
using DeleteLink = LinkAction<RemoveLink>;

} // namespace netrig
