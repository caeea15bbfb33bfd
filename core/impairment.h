// What a link does to the packets that one of its ends sends: the keys by which scenarios say so, the same
// wherever they stand, and their checks. The words are those of tc-netem(8).
#pragma once

#include "core/key.h"
#include "core/packet_filter.h"
#include "core/quantity.h"
#include "core/source.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace netrig {

class TableReader;

/// Who carries an impairment out; see core/emulation.
enum class ImpairedBy {
    nobody,
    netem,     ///< tc-netem(8)
    tbf,       ///< tc-tbf(8), a rate alone
    drop_rule, ///< a rule of nftables, loss alone
    relay,     ///< the runner's own, between two taps
};

struct Impairment {
    Duration delay{}, jitter{}; ///< delay, give or take jitter; the order is kept
    double loss = 0, duplicate = 0, reorder = 0, corrupt = 0; ///< shares of packets
    BitsPerSecond rate = 0;             ///< of frames without their check sequence; 0: unlimited
    std::uint32_t limit = usual_limit;  ///< packets that delay and rate may hold back; more are dropped
    std::optional<std::uint64_t> seed;  ///< of all that is random
    std::vector<std::uint32_t> drop;    ///< which of the counted packets, from 1, in order
    std::uint32_t drop_first = 0;       ///< of the counted packets
    PacketFilter match;                 ///< which packets are counted; empty: see Wire
    Span span{};                        ///< of the last key that was read; all the same else
    Span exact_span{};                  ///< of one of the exact keys
    ImpairedBy by = ImpairedBy::nobody; ///< decided by choose_emulation

    static constexpr std::uint32_t usual_limit = 1000; ///< as tc-netem(8) has it

    [[nodiscard]] bool any() const {
        return delay.count() > 0 || loss > 0 || duplicate > 0 || corrupt > 0 || rate > 0 || exact();
    }
    /// Packets chosen by their number, which no kernel can do.
    [[nodiscard]] bool exact() const { return !drop.empty() || drop_first > 0; }
};

inline constexpr std::array<Key, 12> impairment_keys{{
    {"delay", KeyType::duration, "how long each packet is under way"},
    {"jitter", KeyType::duration, "how much shorter or longer than 'delay', at random; the order is kept"},
    {"loss", KeyType::percent, "share of packets lost at random"},
    {"duplicate", KeyType::percent, "share of packets that come twice"},
    {"reorder", KeyType::percent, "share of packets that are not delayed, and so overtake others"},
    {"corrupt", KeyType::percent, "share of packets in which one bit is wrong"},
    {"rate", KeyType::rate, "\"10mbit\""},
    {"limit", KeyType::integer, "packets held back at most, by 'delay' or 'rate'; 1000"},
    {"seed", KeyType::integer, "of what is random: the same packets on every run"},
    {"drop", KeyType::any, "the packets with these numbers are lost: [3, 7]"},
    {"drop-first", KeyType::integer, "so many packets are lost"},
    {"match", KeyType::text, "which packets 'drop' and 'drop-first' count, as pcap-filter(7) says it"},
}};

/// A place's own keys, and those of impairments behind them.
std::vector<Key> with_impairment_keys(Keys own);

/// Reads what stands in the table over what is there already, and reports what does not fit together.
void load_impairment(TableReader& reader, Impairment& impairment);

/// "delay 10ms 2ms loss 1%", as tc-netem(8) takes it, and "drop 3,7 match 'icmp'". "nothing" for none.
std::string words(const Impairment& impairment);

/// "netem", "relay"
std::string_view word(ImpairedBy by);

} // namespace netrig
