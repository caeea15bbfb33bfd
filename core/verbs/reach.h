// reach: a table of who reaches whom, a row a source, a column a target, the cell the outcome.
#pragma once

#include "core/verbs/exchange.h"
#include "core/verbs/ping.h"

#include <array>

namespace netrig {

struct Reach {
    static constexpr std::string_view name = "reach";
    static constexpr std::string_view meaning =
        "a table of who reaches whom, and how those are refused who do not";
    static constexpr bool is_action = false;
    static constexpr std::array<Key, 5> keys{{
        {"table", KeyType::text,
         "a row a source, a column a target; cells: . reached, x not reached, - not asked, or an outcome"},
        {"port", KeyType::integer, "of a server that is started for the probe; left out: ping"},
        {"protocol", KeyType::text, "\"tcp\" (default) or \"udp\""},
        family_key,
        {"timeout", KeyType::duration, "of all cells, which are asked together; 2s"},
    }};

    enum class Wanted { reached, refused, outcome };

    struct Cell {
        Between between;
        bool asked = true;
        std::string word; ///< as written
        Wanted wanted = Wanted::reached;
        std::size_t outcome = 0; ///< of the probe's names, where one is wanted
    };
    struct Row {
        std::string name;
        std::vector<Cell> cells;
    };

    std::optional<Transport> transport; ///< nothing: ping
    std::uint16_t port = 0;
    FamilyChoice family = FamilyChoice::automatic;
    Duration timeout = std::chrono::seconds(2);
    bool own_timeout = false; ///< the timeout was written, so `within` does not shorten it
    std::vector<std::string> columns;
    std::vector<Row> rows;

    static std::optional<Reach> load(const TomlValue& value, LoadContext& context);
    Verdict run(Lab& lab, const StepLimits& limits) const;
    [[nodiscard]] std::string describe() const;
};

} // namespace netrig
