// A filter on packets in the language of pcap-filter(7), compiled once to a program that is data. Uses
// libpcap, of which only the compiler and the interpreter are used: no device is opened.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace netrig {

using Frame = std::vector<unsigned char>; ///< Ethernet, without its check sequence
using FrameView = std::span<const unsigned char>;

/// An empty one matches every frame.
struct PacketFilter {
    /// The mistake in libpcap's words when the text is no filter.
    static tl::expected<PacketFilter, std::string> compile(const std::string& text);

    [[nodiscard]] bool matches(FrameView frame) const;
    [[nodiscard]] bool empty() const { return program.empty(); }
    bool operator==(const PacketFilter&) const = default;

    /// struct bpf_insn of pcap/bpf.h.
    struct Instruction {
        std::uint16_t code = 0;
        std::uint8_t if_true = 0, if_false = 0;
        std::uint32_t value = 0;
        bool operator==(const Instruction&) const = default;
    };
    std::string text;
    std::vector<Instruction> program;
};

} // namespace netrig
