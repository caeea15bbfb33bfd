#include "core/kinds/bond.h"

#include <fmt/format.h>

namespace netrig {

namespace {

constexpr std::array<std::string_view, 7> modes{"balance-rr", "active-backup", "balance-xor", "broadcast",
                                                "802.3ad",    "balance-tlb",   "balance-alb"};
constexpr std::array<std::string_view, 2> lacp_rates{"slow", "fast"};
constexpr std::array<std::string_view, 3> hashes{"layer2", "layer3+4", "layer2+3"};

void check_mode(TableReader& reader, const Bond& bond) {
    auto belongs_to = [&](const char* key, BondMode mode) {
        if (reader.has(key) && bond.mode != mode)
            reader.report(reader.find(key)->span, fmt::format("'{}' belongs to a bond of mode \"{}\"", key,
                                                              modes[static_cast<std::size_t>(mode)]));
    };
    belongs_to("primary", BondMode::active_backup);
    belongs_to("lacp-rate", BondMode::ieee_802_3ad);
    belongs_to("min-links", BondMode::ieee_802_3ad);
}

} // namespace

std::optional<Bond> Bond::load(TableReader& reader, KindContext& context) {
    Bond bond;
    bond.mode = reader.choice_of<BondMode>("mode", modes).value_or(BondMode::active_backup);
    if (auto miimon = reader.duration("miimon"))
        bond.miimon = *miimon;
    if (auto rate = reader.choice("lacp-rate", lacp_rates))
        bond.lacp_fast = *rate == "fast";
    if (auto links = reader.integer("min-links", 0, 255))
        bond.min_links = static_cast<std::uint32_t>(*links);
    bond.hash = reader.choice_of<std::uint8_t>("hash", hashes);
    check_mode(reader, bond);
    if (auto primary = reader.text("primary")) {
        bond.primary = find_own_interface(*primary, context);
        bond.primary_span = primary->span;
    }
    return bond;
}

std::string Bond::ip_words() const {
    std::string words = fmt::format(" mode {} miimon {}", modes[static_cast<std::size_t>(mode)],
                                    std::chrono::duration_cast<std::chrono::milliseconds>(miimon).count());
    if (mode == BondMode::ieee_802_3ad)
        words += fmt::format(" lacp_rate {}", lacp_rates[lacp_fast ? 1 : 0]);
    if (min_links)
        words += fmt::format(" min_links {}", *min_links);
    if (hash)
        words += fmt::format(" xmit_hash_policy {}", hashes[*hash]);
    return words;
}

std::optional<Vrf> Vrf::load(TableReader& reader, KindContext&) {
    Vrf vrf;
    reader.require("table");
    auto table = reader.integer("table", 1, 4'294'967'295);
    if (table && (*table == 253 || *table == 254 || *table == 255))
        reader.report(reader.find("table")->span, fmt::format("{} is the number of the table '{}'", *table,
                                                              *table == 253   ? "default"
                                                              : *table == 254 ? "main"
                                                                              : "local"));
    vrf.table = static_cast<std::uint32_t>(table.value_or(0));
    return table ? std::optional(vrf) : std::nullopt;
}

std::string Vrf::ip_words() const {
    return fmt::format(" table {}", table);
}

} // namespace netrig
