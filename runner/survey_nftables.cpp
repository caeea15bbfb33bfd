#include "runner/attribute_words.h"
#include "runner/machine_survey.h"
#include "runner/netlink_socket.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <fstream>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace netrig {

namespace {

bool has_line_with(const std::string& path, std::string_view words) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (line.find(words) != std::string::npos)
            return true;
    return false;
}

/// Merely asking would load the module, and the machine would not be as before. Where it is not loaded there
/// are no tables.
bool is_loaded() {
    if (access("/proc/modules", F_OK) != 0)
        return true; // a kernel without modules
    utsname system{};
    uname(&system);
    return has_line_with("/proc/modules", "nf_tables ") ||
           has_line_with(fmt::format("/lib/modules/{}/modules.builtin", system.release), "/nf_tables.ko");
}

NetlinkMessage message_of(std::uint16_t type, std::uint16_t flags) {
    NetlinkMessage message(static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8 | type), flags);
    auto& info = message.extra<nfgenmsg>();
    info.nfgen_family = AF_UNSPEC;
    info.version = NFNETLINK_V0;
    return message;
}

std::string family_word(int family) {
    static constexpr std::array<std::pair<int, std::string_view>, 6> words{{{NFPROTO_INET, "inet"},
                                                                            {NFPROTO_IPV4, "ip"},
                                                                            {NFPROTO_IPV6, "ip6"},
                                                                            {NFPROTO_ARP, "arp"},
                                                                            {NFPROTO_BRIDGE, "bridge"},
                                                                            {NFPROTO_NETDEV, "netdev"}}};
    for (const auto& [number, word] : words)
        if (number == family)
            return std::string(word);
    return fmt::format("family {}", family);
}

void read_table(const nlmsghdr* header, MachineState& state) {
    const nlattr* name = find_attribute(header, sizeof(nfgenmsg), NFTA_TABLE_NAME);
    if (name == nullptr)
        return;
    int family = static_cast<const nfgenmsg*>(mnl_nlmsg_get_payload(header))->nfgen_family;
    state.add(MachinePart::nftables, fmt::format("table {} {}", family_word(family), mnl_attr_get_str(name)),
              {});
}

void read_generation(const nlmsghdr* header, MachineState& state) {
    if (const nlattr* id = find_attribute(header, sizeof(nfgenmsg), NFTA_GEN_ID))
        state.add(MachinePart::nftables, "ruleset",
                  fmt::format("generation {}", ntohl(mnl_attr_get_u32(id))));
}

/// Whoever is refused could not have changed them.
bool is_refusal(const Error& error) {
    static constexpr std::array codes{EPERM, EACCES, EPROTONOSUPPORT, EAFNOSUPPORT, EOPNOTSUPP, EINVAL};
    return std::find(codes.begin(), codes.end(), error.code) != codes.end();
}

Status ask_all(MachineState& state) {
    auto socket = NetlinkSocket::open_netfilter();
    if (!socket)
        return failure(socket.error());
    NetlinkMessage tables = message_of(NFT_MSG_GETTABLE, NLM_F_DUMP);
    Status asked = socket->ask(tables, "read the machine's nftables",
                               [&](const nlmsghdr* header) { read_table(header, state); });
    if (!asked)
        return asked;
    NetlinkMessage generation = message_of(NFT_MSG_GETGEN, 0);
    return socket->ask(generation, "read the generation of the machine's nftables",
                       [&](const nlmsghdr* header) { read_generation(header, state); });
}

} // namespace

Status survey_nftables(MachineState& state) {
    if (!is_loaded())
        return {};
    Status asked = ask_all(state);
    return asked || is_refusal(asked.error()) ? Status() : asked;
}

} // namespace netrig
