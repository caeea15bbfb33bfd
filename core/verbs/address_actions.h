// add-address, delete-address: what a person would do with ip-address(8), by netlink.
#pragma once

#include "core/verbs/state_check.h"

#include <array>

namespace netrig {

/// The interfaces whose addresses are changed, and the addresses.
struct AddressTargets {
    std::string text, addresses_text; ///< as written
    std::vector<Place> on;
    std::vector<Prefix> addresses;
};

std::optional<AddressTargets> load_address_targets(const TomlValue& value, std::string_view verb, Keys keys,
                                                   LoadContext& context);
Verdict change_addresses(const AddressTargets& targets, Lab& lab, Change change);

template <Change change>
struct AddressAction {
    static constexpr bool adds = change == Change::add;
    static constexpr std::string_view name = adds ? "add-address" : "delete-address";
    static constexpr std::string_view meaning =
        adds ? "give an interface another address" : "take an address from an interface";
    static constexpr bool is_action = true;
    static constexpr std::array<Key, 2> keys{{
        {"on", KeyType::texts, "\"red:veth0\""},
        {"address", KeyType::texts, "\"10.0.0.5/24\", or several"},
    }};
    AddressTargets targets;

    static std::optional<AddressAction> load(const TomlValue& value, LoadContext& context) {
        auto targets = load_address_targets(value, name, keys, context);
        return targets ? std::optional(AddressAction{std::move(*targets)}) : std::nullopt;
    }
    Verdict run(Lab& lab, const StepLimits&) const { return change_addresses(targets, lab, change); }
    [[nodiscard]] std::string describe() const {
        return std::string(name) + " " + targets.addresses_text + " on " + targets.text;
    }
};

using AddAddressAction = AddressAction<Change::add>;
using DeleteAddressAction = AddressAction<Change::remove>;

} // namespace netrig
