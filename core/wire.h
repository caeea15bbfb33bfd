// One direction of a link that the relay emulates, without clock and devices: frames go in with the time, and
// come out when they are due. What happens to a frame depends on nothing but the seed, its protocol and how
// many frames of that protocol came before it, so the same packets are lost on every run, whatever else the
// kernel sends at its own times.
#pragma once

#include "core/impairment.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace netrig {

/// What became of the frames that went in. `sent` is all of them, `passed` those that came out, copies
/// included.
struct WireCounts {
    std::uint64_t sent = 0, passed = 0, lost = 0, dropped = 0, duplicated = 0, reordered = 0, corrupted = 0;
    std::uint64_t over_limit = 0, cut = 0;
    bool operator==(const WireCounts&) const = default;
};

/// "7 sent, 5 passed, 2 lost": what is not zero, sent and passed always.
std::string show(const WireCounts& counts);

/// Of the kernel's own talk: ARP, neighbour discovery, group membership, spanning trees and the like. Without
/// `match` such frames are not counted, for when they come is nobody's choice.
bool is_kernels_own(FrameView frame);

class Wire {
public:
    using Time = std::chrono::nanoseconds; ///< since any moment that stays the same

    /// `seed` is used where the impairment has none; `direction` tells the two of one link apart.
    explicit Wire(std::uint64_t seed = 0, std::uint32_t direction = 0)
        : own_seed_(seed), direction_(direction) {}

    /// Replaces what was before and counts packets anew. What is under way stays as it is and counts as sent.
    void impair(const Impairment& impairment);

    /// What goes in while it is cut is lost. Each cut counts anew.
    void set_cut(bool cut);

    void send(FrameView frame, Time now);

    /// When the next frame is due.
    [[nodiscard]] std::optional<Time> next() const;

    /// The next frame, if it is due by now.
    std::optional<Frame> take(Time now);

    [[nodiscard]] const WireCounts& counts() const { return counts_; }

private:
    struct Draw; ///< the random numbers of one frame

    [[nodiscard]] bool is_dropped(FrameView frame);
    void queue(Frame frame, Time now, double jitter, bool overtakes);
    Draw draw(FrameView frame);

    std::uint64_t own_seed_;
    std::uint32_t direction_;
    Impairment impairment_;
    bool is_cut_ = false;
    std::uint64_t counted_ = 0;                        ///< for `drop` and `drop-first`
    std::map<std::uint32_t, std::uint64_t> protocols_; ///< how many frames of each
    Time busy_until_{};                                ///< by what `rate` allows
    Time last_due_{};                                  ///< of those in order
    std::uint64_t order_ = 0;                          ///< of what is due at the same time
    std::map<std::pair<Time, std::uint64_t>, Frame> waiting_;
    WireCounts counts_;
};

} // namespace netrig
