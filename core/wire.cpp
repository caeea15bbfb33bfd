#include "core/wire.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace netrig {

namespace {

constexpr std::uint32_t arp = 0x0806, ipv4 = 0x0800, ipv6 = 0x86DD, vlan = 0x8100, service_vlan = 0x88A8;
constexpr std::uint32_t lldp = 0x88CC, first_type = 0x0600; // below it stands a length (IEEE 802.3)
constexpr std::uint32_t igmp = 2, icmpv6 = 58, hop_by_hop = 0;

std::uint32_t number_at(FrameView frame, std::size_t at, std::size_t size) {
    std::uint32_t number = 0;
    for (std::size_t i = at; i < at + size; ++i)
        number = number << 8 | (i < frame.size() ? frame[i] : 0U);
    return number;
}

struct Protocol {
    std::uint32_t type = 0;        ///< EtherType
    std::uint32_t above = 0;       ///< of IP
    std::uint32_t icmpv6_type = 0; ///< RFC 4443
};

Protocol protocol_of(FrameView frame) {
    std::size_t at = 12;
    while (at + 4 < frame.size() &&
           (number_at(frame, at, 2) == vlan || number_at(frame, at, 2) == service_vlan))
        at += 4;
    Protocol found{number_at(frame, at, 2)};
    std::size_t payload = at + 2;
    if (found.type == ipv4)
        found.above = number_at(frame, payload + 9, 1);
    if (found.type != ipv6)
        return found;
    found.above = number_at(frame, payload + 6, 1);
    payload += 40;
    if (found.above == hop_by_hop && number_at(frame, payload, 1) == icmpv6) {
        found.above = icmpv6;
        payload += 8 + 8 * number_at(frame, payload + 1, 1);
    }
    if (found.above == icmpv6)
        found.icmpv6_type = number_at(frame, payload, 1);
    return found;
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
std::uint64_t mix(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
    return value ^ (value >> 31);
}

enum Purpose : std::uint64_t {
    for_loss,
    for_copy,
    for_order,
    for_corruption,
    for_bit,
    for_jitter,
    for_copys_jitter
};

} // namespace

struct Wire::Draw {
    std::uint64_t seed = 0;

    [[nodiscard]] std::uint64_t number(Purpose purpose) const { return mix(seed + purpose); }
    /// From 0 up to, but not including, 1.
    [[nodiscard]] double share(Purpose purpose) const {
        constexpr double bits_of_double = 9007199254740992; // 2^53
        return static_cast<double>(number(purpose) >> 11) / bits_of_double;
    }
    [[nodiscard]] bool happens(Purpose purpose, double how_often) const { return share(purpose) < how_often; }
};

std::string show(const WireCounts& counts) {
    std::string text = fmt::format("{} sent, {} passed", counts.sent, counts.passed);
    auto add = [&](std::uint64_t count, const char* what) {
        if (count > 0)
            text += fmt::format(", {} {}", count, what);
    };
    add(counts.lost, "lost");
    add(counts.dropped, "dropped");
    add(counts.duplicated, "duplicated");
    add(counts.reordered, "reordered");
    add(counts.corrupted, "corrupted");
    add(counts.over_limit, "over the limit");
    add(counts.cut, "cut off");
    return text;
}

bool is_kernels_own(FrameView frame) {
    constexpr std::uint32_t first_mld = 130, last_discovery = 137,
                            mld_version_2 = 143; // RFC 2710, 4861, 3810
    Protocol protocol = protocol_of(frame);
    if (protocol.type < first_type || protocol.type == arp || protocol.type == lldp)
        return true;
    if (protocol.type == ipv4)
        return protocol.above == igmp;
    return protocol.type == ipv6 && protocol.above == icmpv6 &&
           ((protocol.icmpv6_type >= first_mld && protocol.icmpv6_type <= last_discovery) ||
            protocol.icmpv6_type == mld_version_2);
}

void Wire::impair(const Impairment& impairment) {
    impairment_ = impairment;
    counted_ = 0;
    protocols_.clear();
    busy_until_ = last_due_ = {}; // what comes now may overtake what is under way
    counts_ = {};
    counts_.sent = waiting_.size();
}

void Wire::set_cut(bool cut) {
    if (cut && !is_cut_)
        counts_.sent -= std::exchange(counts_.cut, 0);
    is_cut_ = cut;
}

bool Wire::is_dropped(FrameView frame) {
    if (!impairment_.exact())
        return false;
    bool counts = impairment_.match.empty() ? !is_kernels_own(frame) : impairment_.match.matches(frame);
    if (!counts)
        return false;
    ++counted_;
    return counted_ <= impairment_.drop_first ||
           std::binary_search(impairment_.drop.begin(), impairment_.drop.end(), counted_);
}

Wire::Draw Wire::draw(FrameView frame) {
    Protocol protocol = protocol_of(frame);
    std::uint32_t key = protocol.type << 16 | protocol.above << 8 | protocol.icmpv6_type;
    std::uint64_t number = protocols_[key]++;
    std::uint64_t seed = mix(impairment_.seed.value_or(own_seed_)) + direction_;
    return {mix(mix(mix(seed) + key) + number)};
}

void Wire::queue(Frame frame, Time now, double jitter, bool overtakes) {
    if (waiting_.size() >= impairment_.limit) {
        ++counts_.over_limit;
        return;
    }
    Time due = now;
    if (overtakes)
        ++counts_.reordered;
    else {
        if (impairment_.rate > 0) {
            double seconds = static_cast<double>(frame.size()) * 8 / static_cast<double>(impairment_.rate);
            busy_until_ = std::max(now, busy_until_) + Time(static_cast<Time::rep>(seconds * 1e9));
            due = busy_until_;
        }
        due += impairment_.delay +
               Time(static_cast<Time::rep>(static_cast<double>(impairment_.jitter.count()) * jitter));
        due = std::max(due, last_due_);
        last_due_ = due;
    }
    waiting_.emplace(std::pair(due, order_++), std::move(frame));
}

void Wire::send(FrameView frame, Time now) {
    ++counts_.sent;
    if (is_cut_) {
        ++counts_.cut;
        return;
    }
    if (is_dropped(frame)) {
        ++counts_.dropped;
        return;
    }
    Draw random = draw(frame);
    if (random.happens(for_loss, impairment_.loss)) {
        ++counts_.lost;
        return;
    }
    Frame sent(frame.begin(), frame.end());
    bool twice = random.happens(for_copy, impairment_.duplicate);
    auto jitter_of = [&](Purpose purpose) { return 2 * random.share(purpose) - 1; };
    if (random.happens(for_corruption, impairment_.corrupt) && !sent.empty()) {
        std::uint64_t bit = random.number(for_bit) % (sent.size() * 8);
        sent[bit / 8] = static_cast<unsigned char>(sent[bit / 8] ^ (1U << (bit % 8)));
        ++counts_.corrupted;
    }
    queue(std::move(sent), now, jitter_of(for_jitter), random.happens(for_order, impairment_.reorder));
    if (!twice)
        return;
    ++counts_.duplicated;
    queue(Frame(frame.begin(), frame.end()), now, jitter_of(for_copys_jitter), false);
}

std::optional<Wire::Time> Wire::next() const {
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.begin()->first.first);
}

std::optional<Frame> Wire::take(Time now) {
    if (waiting_.empty() || waiting_.begin()->first.first > now)
        return std::nullopt;
    Frame frame = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    ++counts_.passed;
    return frame;
}

} // namespace netrig
