#include "core/wire.h"
#include "tests/support/catch.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <string>

using namespace netrig;
using namespace std::chrono_literals;

namespace {

/// An Ethernet frame with that EtherType and payload.
Frame frame_of(std::uint16_t type, std::initializer_list<unsigned> payload, std::size_t size = 60) {
    Frame frame(12, 0);
    frame.push_back(static_cast<unsigned char>(type >> 8));
    frame.push_back(static_cast<unsigned char>(type));
    for (unsigned byte : payload)
        frame.push_back(static_cast<unsigned char>(byte));
    frame.resize(std::max(size, frame.size()));
    return frame;
}

Frame ipv4(unsigned protocol, std::size_t size = 60) {
    return frame_of(0x0800, {0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol}, size);
}
Frame icmp(std::size_t size = 60) {
    return ipv4(1, size);
}
Frame arp() {
    return frame_of(0x0806, {0, 1, 8, 0});
}
Frame icmpv6(unsigned type) {
    Frame frame = frame_of(0x86DD, {0x60, 0, 0, 0, 0, 0, 58, 255}, 80);
    frame[54] = static_cast<unsigned char>(type);
    return frame;
}
/// Behind a hop-by-hop header, as MLD is sent (RFC 3810 section 5).
Frame multicast_report() {
    Frame frame = frame_of(0x86DD, {0x60, 0, 0, 0, 0, 0, 0, 1}, 90);
    frame[54] = 58;
    frame[62] = 143;
    return frame;
}

/// Numbered by their last byte.
Frame numbered(unsigned number, std::size_t size = 60) {
    Frame frame = icmp(size);
    frame.back() = static_cast<unsigned char>(number);
    return frame;
}

Wire wire_with(Impairment impairment, std::uint32_t direction = 0) {
    Wire wire(1, direction);
    wire.impair(impairment);
    return wire;
}

/// All that is due by then: "1@10ms 2@12ms", the number and when it came out of a clock of whole steps.
std::string come_out(Wire& wire, std::chrono::milliseconds until = 1h) {
    std::string text;
    while (auto next = wire.next()) {
        if (*next > until)
            break;
        CHECK(!wire.take(*next - 1ns));
        Frame frame = wire.take(*next).value();
        text += fmt::format("{}{}@{}", text.empty() ? "" : " ", frame.back(),
                            exact_words(std::chrono::duration_cast<Duration>(*next)));
    }
    return text;
}

/// '1' for each that passes of `count`, '.' for each that does not.
std::string passing(Wire& wire, const Frame& frame, unsigned count) {
    std::string text;
    for (unsigned i = 0; i < count; ++i) {
        wire.send(frame, 0ns);
        text += wire.take(1h) ? '1' : '.';
    }
    return text;
}

} // namespace

TEST_CASE("a wire without impairments hands everything on at once and in order") {
    Wire wire;
    CHECK(!wire.next());
    wire.send(numbered(1), 5ms);
    wire.send(numbered(2), 5ms);
    CHECK(come_out(wire) == "1@5ms 2@5ms");
    CHECK(show(wire.counts()) == "2 sent, 2 passed");
}

TEST_CASE("each frame is delayed by as much as was asked, to the nanosecond") {
    Wire wire = wire_with({.delay = 10ms});
    for (unsigned i = 1; i <= 3; ++i)
        wire.send(numbered(i), i * 1ms);
    CHECK(come_out(wire) == "1@11ms 2@12ms 3@13ms");
}

TEST_CASE("jitter stays in its bounds, and the order is kept") {
    Wire wire = wire_with({.delay = 10ms, .jitter = 4ms});
    std::vector<Wire::Time> took;
    for (unsigned i = 0; i < 200; ++i) {
        auto sent = i * 1s;
        wire.send(numbered(i), sent);
        took.push_back(wire.next().value() - sent);
        CHECK(wire.take(1h));
    }
    auto [least, most] = std::minmax_element(took.begin(), took.end());
    CHECK(*least >= 6ms);
    CHECK(*least < 7ms);
    CHECK(*most <= 14ms);
    CHECK(*most > 13ms);
    for (unsigned i = 0; i < 100; ++i)
        wire.send(numbered(i), 300s + i * 10us);
    for (unsigned i = 0; i < 100; ++i)
        CHECK(wire.take(1h).value().back() == i);
}

TEST_CASE("the same packets are lost on every run, whatever else is sent between them") {
    Wire one = wire_with({.loss = 0.3, .seed = 7}), two = wire_with({.loss = 0.3, .seed = 7});
    std::string quiet = passing(one, icmp(), 50), noisy;
    for (unsigned i = 0; i < 50; ++i) {
        passing(two, arp(), i % 3);
        passing(two, icmpv6(134), i % 2);
        passing(two, ipv4(17), i % 4);
        noisy += passing(two, icmp(), 1);
    }
    CHECK(quiet == noisy);
}

TEST_CASE("another seed and the other direction lose other packets") {
    Wire seven = wire_with({.loss = 0.3, .seed = 7}), eight = wire_with({.loss = 0.3, .seed = 8}),
         back = wire_with({.loss = 0.3, .seed = 7}, 1);
    std::string lost = passing(seven, icmp(), 50);
    CHECK(passing(eight, icmp(), 50) != lost);
    CHECK(passing(back, icmp(), 50) != lost);
}

TEST_CASE("as many are lost, doubled and corrupted as was asked") {
    constexpr unsigned many = 20'000;
    Wire wire = wire_with({.loss = 0.1, .duplicate = 0.2, .corrupt = 0.5});
    unsigned passed = 0, changed = 0;
    for (unsigned i = 0; i < many; ++i) {
        wire.send(icmp(), 0ns);
        while (auto frame = wire.take(0ns)) {
            ++passed;
            Frame sent = icmp();
            int bits = std::transform_reduce(sent.begin(), sent.end(), frame->begin(), 0, std::plus<>(),
                                             [](unsigned char a, unsigned char b) {
                                                 return __builtin_popcount(static_cast<unsigned>(a ^ b));
                                             });
            CHECK(bits <= 1);
            changed += bits == 1 ? 1 : 0;
        }
    }
    auto about = [](double share, std::uint64_t count) {
        return std::abs(static_cast<double>(count) / many - share) < 0.02;
    };
    CHECK(about(0.1, wire.counts().lost));
    CHECK(about(0.9 * 0.2, wire.counts().duplicated));
    CHECK(about(0.9 * 0.5, changed));
    CHECK(changed == wire.counts().corrupted);
    CHECK(passed == wire.counts().passed);
    CHECK(passed == many - wire.counts().lost + wire.counts().duplicated);
}

TEST_CASE("all or nothing is exactly that") {
    Wire all = wire_with({.loss = 1}), none = wire_with({.duplicate = 1});
    CHECK(passing(all, icmp(), 100) == std::string(100, '.'));
    none.send(numbered(1), 0ns);
    CHECK(come_out(none) == "1@0ns 1@0ns");
}

TEST_CASE("what is reordered overtakes all that is under way") {
    Wire wire = wire_with({.delay = 10ms, .reorder = 0.5, .seed = 4});
    std::string before, after;
    for (unsigned i = 1; i <= 8; ++i) {
        wire.send(numbered(i), i * 1ms);
        if (auto frame = wire.take(i * 1ms))
            before += std::to_string(frame->back());
    }
    while (auto frame = wire.take(1h))
        after += std::to_string(frame->back());
    CHECK(before.size() == wire.counts().reordered);
    CHECK(!before.empty());
    CHECK(!after.empty());
    CHECK(std::is_sorted(after.begin(), after.end()));
    CHECK(before.size() + after.size() == 8);
}

TEST_CASE("a rate spaces frames by their length, and a delay comes on top") {
    Wire wire = wire_with({.delay = 100ms, .rate = 8'000'000}); // a byte a microsecond
    for (unsigned i = 1; i <= 3; ++i)
        wire.send(numbered(i, 1000), 0ms);
    wire.send(numbered(4, 500), 50ms);
    CHECK(come_out(wire) == "1@101ms 2@102ms 3@103ms 4@150500us");
}

TEST_CASE("no more frames are held back than the limit") {
    Wire wire = wire_with({.delay = 10ms, .limit = 2});
    for (unsigned i = 1; i <= 4; ++i)
        wire.send(numbered(i), 0ms);
    CHECK(come_out(wire) == "1@10ms 2@10ms");
    wire.send(numbered(5), 20ms);
    CHECK(come_out(wire) == "5@30ms");
    CHECK(show(wire.counts()) == "5 sent, 3 passed, 2 over the limit");
}

TEST_CASE("exact drops take the packets with these numbers and no others") {
    Wire wire = wire_with({.drop = {3, 7}, .drop_first = 1});
    CHECK(passing(wire, icmp(), 9) == ".1.111.11");
    CHECK(show(wire.counts()) == "9 sent, 6 passed, 3 dropped");
}

TEST_CASE("a filter says which packets are counted, the others pass") {
    Wire wire = wire_with({.drop_first = 2, .match = PacketFilter::compile("udp").value()});
    CHECK(passing(wire, icmp(), 3) == "111");
    CHECK(passing(wire, ipv4(17), 3) == "..1");
}

TEST_CASE("without a filter the kernel's own talk is not counted") {
    for (const Frame& own : {arp(), icmpv6(133), icmpv6(136), icmpv6(143), multicast_report(), ipv4(2),
                             frame_of(38, {0x42, 0x42, 3}), frame_of(0x88CC, {})}) {
        Wire wire = wire_with({.drop_first = 1});
        CHECK(passing(wire, own, 2) == "11");
        CHECK(passing(wire, icmp(), 2) == ".1");
    }
    for (const Frame& asked : {icmp(), ipv4(6), ipv4(17), icmpv6(128), icmpv6(129)}) {
        Wire wire = wire_with({.drop_first = 1});
        CHECK(passing(wire, asked, 2) == ".1");
    }
}

TEST_CASE("a VLAN tag hides neither the kernel's own talk nor what a packet is") {
    Frame tagged = arp(), request = icmp();
    for (Frame* frame : {&tagged, &request})
        frame->insert(frame->begin() + 12, {0x81, 0x00, 0x00, 0x07});
    CHECK(is_kernels_own(tagged));
    CHECK(!is_kernels_own(request));
}

TEST_CASE("frames of any length are looked at without harm") {
    for (std::size_t size = 0; size < 70; ++size)
        for (const Frame& whole : {arp(), icmp(), multicast_report()}) {
            Frame cut(whole.begin(),
                      whole.begin() + static_cast<std::ptrdiff_t>(std::min(size, whole.size())));
            Wire wire = wire_with({.corrupt = 1, .drop_first = 1});
            wire.send(cut, 0ns);
            wire.send(cut, 0ns);
            CHECK(wire.counts().sent == 2);
        }
}

TEST_CASE("what is sent while a wire is cut is lost, what was under way comes") {
    Wire wire = wire_with({.delay = 10ms});
    wire.send(numbered(1), 0ms);
    wire.set_cut(true);
    wire.send(numbered(2), 1ms);
    wire.set_cut(false);
    wire.send(numbered(3), 2ms);
    CHECK(come_out(wire) == "1@10ms 3@12ms");
    CHECK(show(wire.counts()) == "3 sent, 2 passed, 1 cut off");
}

TEST_CASE("each cut counts anew, and one that is there already goes on") {
    Wire wire = wire_with({});
    wire.send(numbered(1), 0ms);
    wire.set_cut(true);
    wire.send(numbered(2), 0ms);
    wire.set_cut(true);
    wire.send(numbered(3), 0ms);
    CHECK(show(wire.counts()) == "3 sent, 0 passed, 2 cut off");
    wire.set_cut(false);
    wire.set_cut(true);
    CHECK(show(wire.counts()) == "1 sent, 0 passed");
    wire.send(numbered(4), 0ms);
    CHECK(show(wire.counts()) == "2 sent, 0 passed, 1 cut off");
}

TEST_CASE("a new impairment holds from then on and counts anew, and what is under way stays") {
    Wire wire = wire_with({.delay = 100ms, .drop = {2}});
    wire.send(numbered(1), 0ms);
    wire.impair({.delay = 10ms, .drop = {2}});
    for (unsigned i = 2; i <= 4; ++i)
        wire.send(numbered(i), 1ms);
    wire.impair({});
    wire.send(numbered(5), 2ms);
    CHECK(show(wire.counts()) == "4 sent, 0 passed"); // three were under way
    CHECK(come_out(wire) == "5@2ms 2@11ms 4@11ms 1@100ms");
    CHECK(show(wire.counts()) == "4 sent, 4 passed");
}
