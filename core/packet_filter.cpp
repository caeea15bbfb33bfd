#include "core/packet_filter.h"

#include "core/shared_library.h"

#include <memory>
#include <pcap/pcap.h>

namespace netrig {

namespace {

/// The functions of the library that are used here.
struct Library {
    decltype(&pcap_open_dead) open = nullptr;
    decltype(&pcap_close) close = nullptr;
    decltype(&pcap_compile) compile = nullptr;
    decltype(&pcap_geterr) error = nullptr;
    decltype(&pcap_freecode) free_program = nullptr;
    decltype(&bpf_filter) run = nullptr;
    std::string missing; ///< why it can't be used; empty when it can
};

Library load() {
    Library library;
    SharedLibrary pcap{"libpcap.so.0.8", "libpcap.so.1"}; // Debian's name, and everybody else's
    pcap.find("pcap_open_dead", library.open);
    pcap.find("pcap_close", library.close);
    pcap.find("pcap_compile", library.compile);
    pcap.find("pcap_geterr", library.error);
    pcap.find("pcap_freecode", library.free_program);
    pcap.find("bpf_filter", library.run);
    library.missing = pcap.missing();
    if (!pcap.loaded())
        library.missing = "packet filters need libpcap (apt install libpcap0.8): " + pcap.missing();
    return library;
}

const Library& library() {
    static const Library loaded = load();
    return loaded;
}

std::string words_of(std::string_view error) {
    constexpr std::string_view before = "can't parse filter expression: ";
    return std::string(error.starts_with(before) ? error.substr(before.size()) : error);
}

} // namespace

static_assert(sizeof(PacketFilter::Instruction) == sizeof(bpf_insn));

tl::expected<PacketFilter, std::string> PacketFilter::compile(const std::string& text) {
    constexpr int longest_frame = 1 << 18; // as tcpdump(1) takes it
    if (!library().missing.empty())
        return tl::make_unexpected(library().missing);
    std::unique_ptr<pcap_t, decltype(&pcap_close)> pcap(library().open(DLT_EN10MB, longest_frame),
                                                        library().close);
    if (!pcap)
        return tl::make_unexpected("libpcap has no memory");
    bpf_program compiled{};
    if (library().compile(pcap.get(), &compiled, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
        return tl::make_unexpected(words_of(library().error(pcap.get())));
    PacketFilter filter;
    filter.text = text;
    for (const bpf_insn& each : std::span(compiled.bf_insns, compiled.bf_len))
        filter.program.push_back({each.code, each.jt, each.jf, each.k});
    library().free_program(&compiled);
    return filter;
}

bool PacketFilter::matches(FrameView frame) const {
    if (program.empty())
        return true;
    auto size = static_cast<u_int>(frame.size());
    return library().run(reinterpret_cast<const bpf_insn*>(program.data()), frame.data(), size, size) != 0;
}

} // namespace netrig
