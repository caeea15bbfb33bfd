// What the checks of a node's state share: `on` and `present`, values that may be a text or a number, and the
// judgement of a list of what is there by what must be in it.
#pragma once

#include "core/endpoints.h"
#include "core/node_state.h"
#include "core/verbs/probe_verdict.h"
#include "core/verbs/verb.h"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace netrig {

/// The value of a verb that takes a table; reported, with an example, when it is none.
const TomlTable* table_of(const TomlValue& value, std::string_view verb, std::string_view example,
                          LoadContext& context);

/// Where a check looks, and whether what it looks for must be there.
struct StatePlaces {
    std::string text; ///< of `on`, as written
    std::vector<Place> on;
    bool present = true;
};

/// Reads `on`, which is required, and `present`. The interface of a check with `present = false` must stand
/// in the file: what has a misspelt name is never there.
StatePlaces load_state_places(TableReader& reader, InterfacePart part, LoadContext& context);

/// "red:veth0", or "red" where no interface was named.
std::string show(const Place& place, const Topology& topology);

/// A string, or an integer as its digits.
std::optional<Text> text_or_number(TableReader& reader, std::string_view key);
std::optional<IpAddress> address_at(TableReader& reader, std::string_view key);

/// "ipv4" or "ipv6".
std::optional<Family> family_at(TableReader& reader);

/// An address as it stands in the file, or whoever has it: a node's, whichever they are when asked.
struct AddressOrNode {
    std::string text; ///< as written
    std::optional<IpAddress> address;
    std::optional<NodeIndex> node;
};
std::optional<AddressOrNode> load_address_or_node(const Text& text, LoadContext& context);

/// The addresses that it stands for: of a node those in the file, and those that the kernel has given it.
Result<std::set<IpAddress>> addresses_of(const AddressOrNode& wanted, Lab& lab);

/// A hardware address, or whose: a node's, or that of one of its interfaces.
struct MacOrPlace {
    std::string text;
    std::optional<MacAddress> mac;
    std::optional<Place> place;
};
std::optional<MacOrPlace> load_mac_or_place(const Text& text, LoadContext& context);
Result<std::set<MacAddress>> macs_of(const MacOrPlace& wanted, Lab& lab);

/// What entries are asked by, resolved for the moment. Nothing: any will do.
struct AskedBy {
    std::optional<std::set<MacAddress>> macs;
    std::optional<std::set<IpAddress>> addresses;
};
Result<AskedBy> resolve(const std::optional<MacOrPlace>& mac, const std::optional<AddressOrNode>& address,
                        Lab& lab);

/// What was found at one place, each as it is told.
struct FoundEntries {
    std::vector<std::string> fitting; ///< all that was asked for is true of them
    std::vector<std::string> near;    ///< what they are asked by is, but not the rest
    std::vector<std::string> others;
    bool tell_others = false; ///< also beside what is near
};

/// `none`: "no such address".
ProbeResult judge_entries(const std::string& place, bool present, std::string_view none,
                          const FoundEntries& found);

/// Bounded: "a, b and 12 more".
std::string list_some(const std::vector<std::string>& texts);

} // namespace netrig
