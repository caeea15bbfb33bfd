#include "core/features.h"

#include "core/suggest.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace netrig {

namespace {

using enum FeatureGroup;

constexpr std::string_view command_prefix = "command:";
constexpr std::string_view controller_remedy =
    "run as root, or in a cgroup that is delegated to you (systemd-run --user --scope -p Delegate=yes)";

constexpr auto table = std::to_array<Feature>({
    {"root", rights, "the machine's own root", "", "", "run as root"},
    {"right:subordinate-ids", rights, "several user ids in a lab", "", "",
     "apt install uidmap, and see subuid(5)"},
    {"right:namespaces", namespaces, "making labs", "", "", "run as root"},
    {"right:user-namespaces", namespaces, "making labs without root", "", "",
     "sysctl -w user.max_user_namespaces=10000"},

    {"kernel:veth", links, "pairs of interfaces", "veth", "VETH"},
    {"kernel:bridge", links, "bridges", "bridge", "BRIDGE"},
    {"kernel:bridge-vlan-filtering", links, "bridges that know VLANs", "", "BRIDGE_VLAN_FILTERING"},
    {"kernel:dummy", links, "interfaces that lead nowhere", "dummy", "DUMMY"},
    {"kernel:vlan", links, "802.1Q", "8021q", "VLAN_8021Q"},
    {"kernel:vxlan", links, "Ethernet in UDP (RFC 7348)", "vxlan", "VXLAN"},
    {"kernel:macvlan", links, "several MAC addresses on one interface", "macvlan", "MACVLAN"},
    {"kernel:ipvlan", links, "several interfaces with one MAC address", "ipvlan", "IPVLAN"},
    {"kernel:vrf", links, "virtual routing and forwarding", "vrf", "NET_VRF"},
    {"kernel:bond", links, "interfaces joined to one", "bonding", "BONDING"},
    {"kernel:gre", links, "IP in GRE", "ip_gre", "NET_IPGRE"},
    {"kernel:gretap", links, "Ethernet in GRE", "ip_gre", "NET_IPGRE"},
    {"kernel:ip6gre", links, "GRE over IPv6", "ip6_gre", "IPV6_GRE"},
    {"kernel:ipip", links, "IPv4 in IPv4", "ipip", "NET_IPIP"},
    {"kernel:sit", links, "IPv6 in IPv4", "sit", "IPV6_SIT"},
    {"kernel:geneve", links, "Ethernet in UDP (RFC 8926)", "geneve", "GENEVE"},
    {"kernel:wireguard", links, "WireGuard", "wireguard", "WIREGUARD"},
    {"kernel:ifb", links, "intermediate functional blocks", "ifb", "IFB"},
    {"kernel:tun", links, "IP packets to a program", "tun", "TUN"},
    {"kernel:tap", links, "Ethernet frames to a program", "tun", "TUN"},

    {"kernel:netem", qdiscs, "delay, loss and the like", "sch_netem", "NET_SCH_NETEM"},
    {"kernel:netem-seed", qdiscs, "the same packets lost on every run", "", "NET_SCH_NETEM",
     "a kernel from 6.6 on, or let 'emulator' be \"auto\""},
    {"kernel:tbf", qdiscs, "rates", "sch_tbf", "NET_SCH_TBF"},
    {"kernel:htb", qdiscs, "rates by class", "sch_htb", "NET_SCH_HTB"},
    {"kernel:prio", qdiscs, "bands", "sch_prio", "NET_SCH_PRIO"},
    {"kernel:sfq", qdiscs, "fair queues by hash", "sch_sfq", "NET_SCH_SFQ"},
    {"kernel:fq", qdiscs, "fair queues with pacing", "sch_fq", "NET_SCH_FQ"},
    {"kernel:fq_codel", qdiscs, "fair queues with controlled delay", "sch_fq_codel", "NET_SCH_FQ_CODEL"},
    {"kernel:ingress", qdiscs, "filters on what comes in", "sch_ingress", "NET_SCH_INGRESS"},
    {"kernel:clsact", qdiscs, "filters on both ways", "sch_ingress", "NET_SCH_INGRESS"},

    {"kernel:nftables", nftables, "tables and base chains, the family ip", "nf_tables", "NF_TABLES_IPV4"},
    {"kernel:nftables-inet", nftables, "the family inet", "nf_tables", "NF_TABLES_INET"},
    {"kernel:nftables-nat", nftables, "masquerading", "nft_masq", "NFT_MASQ"},
    {"kernel:nftables-ct", nftables, "connection tracking", "nft_ct", "NFT_CT"},
    {"kernel:nftables-fib", nftables, "look-ups in the routing table", "nft_fib_ipv4", "NFT_FIB_IPV4"},
    {"kernel:nftables-numgen", nftables, "random and counted numbers", "nft_numgen", "NFT_NUMGEN"},
    {"kernel:nftables-bridge", nftables, "the family bridge", "nf_tables", "NF_TABLES_BRIDGE"},
    {"kernel:nftables-netdev", nftables, "the family netdev, ingress", "nf_tables", "NF_TABLES_NETDEV"},

    {"kernel:ipv6", protocols, "IPv6", "ipv6", "IPV6",
     "sysctl -w net.ipv6.conf.default.disable_ipv6=0, and boot without ipv6.disable=1"},
    {"kernel:multipath", protocols, "several next hops in one IPv4 route", "", "IP_ROUTE_MULTIPATH"},
    {"kernel:policy-routing", protocols, "rules and further routing tables", "", "IP_MULTIPLE_TABLES"},
    {"kernel:mpls", protocols, "MPLS routes and encapsulation", "mpls_iptunnel", "MPLS_IPTUNNEL"},
    {"kernel:seg6", protocols, "SRv6 encapsulation", "", "IPV6_SEG6_LWTUNNEL"},
    {"kernel:mptcp", protocols, "Multipath TCP", "", "MPTCP"},

    {"cgroup:cpu", cgroups, "a limit on processor time", "", "", controller_remedy},
    {"cgroup:memory", cgroups, "a limit on memory", "", "", controller_remedy},
    {"cgroup:pids", cgroups, "a limit on processes", "", "", controller_remedy},

    {"kernel:overlayfs", sandbox, "files seen only inside a node", "overlay", "OVERLAY_FS"},
    {"kernel:landlock", sandbox, "fences around files", "", "SECURITY_LANDLOCK",
     "boot with landlock in 'lsm='"},
    {"kernel:seccomp", sandbox, "filters on system calls", "", "SECCOMP_FILTER"},
});

constexpr auto programs_table = std::to_array<Program>({
    {"ip", "iproute2"},
    {"tc", "iproute2"},
    {"bridge", "iproute2"},
    {"ss", "iproute2"},
    {"nft", "nftables"},
    {"ping", "iputils-ping"},
    {"tcpdump", "tcpdump"},
    {"iperf3", "iperf3"},
    {"ethtool", "ethtool"},
    {"conntrack", "conntrack"},
    {"wg", "wireguard-tools"},
    {"dnsmasq", "dnsmasq-base"},
    {"dig", "bind9-dnsutils"},
    {"curl", "curl"},
    {"socat", "socat"},
    {"zebra", "frr"},
    {"bgpd", "frr"},
    {"ospfd", "frr"},
    {"isisd", "frr"},
    {"ripd", "frr"},
    {"bfdd", "frr"},
    {"pimd", "frr"},
    {"vtysh", "frr"},
    {"bird", "bird2"},
    {"keepalived", "keepalived"},
    {"radvd", "radvd"},
    {"bwrap", "bubblewrap"},
    {"newuidmap", "uidmap"},
    {"newgidmap", "uidmap"},
});

constexpr std::array<std::string_view, 9> group_words{
    "rights", "namespaces", "links", "qdiscs", "nftables", "protocols", "cgroups", "sandbox", "programs"};

std::string kernel_remedy(const Feature& feature, bool kernel_loads_modules) {
    std::string other = fmt::format("a kernel with CONFIG_{}", feature.option);
    if (!kernel_loads_modules)
        return other + " (this one loads no modules)";
    return feature.module.empty() ? other : fmt::format("modprobe {}, or {}", feature.module, other);
}

std::string command_remedy(std::string_view command) {
    for (const Program& program : programs_table)
        if (program.name == command)
            return fmt::format("apt install {}", program.package);
    return "install it, or add its folder to PATH";
}

} // namespace

std::span<const Feature> known_features() {
    return table;
}

std::span<const Program> common_programs() {
    return programs_table;
}

const Feature* find_feature(std::string_view name) {
    const auto* found = std::find_if(table.begin(), table.end(),
                                     [&](const Feature& feature) { return feature.name == name; });
    return found == table.end() ? nullptr : found;
}

std::optional<std::string> command_of(std::string_view feature) {
    if (!feature.starts_with(command_prefix))
        return std::nullopt;
    std::string_view command = feature.substr(command_prefix.size());
    bool is_path = command.find('/') != std::string_view::npos;
    if (command.empty() || (is_path && command.front() != '/') ||
        command.find_first_of(" \t\r\n") != std::string_view::npos ||
        command.find('\0') != std::string_view::npos)
        return std::nullopt;
    return std::string(command);
}

bool is_feature(std::string_view name) {
    return find_feature(name) != nullptr || command_of(name).has_value();
}

std::string feature_suggestion(std::string_view name) {
    if (name.starts_with(command_prefix))
        return "\"command:bgpd\" or \"command:/opt/bin/agent\"";
    std::vector<std::string> names;
    for (const Feature& feature : table) {
        if (feature.name.ends_with(fmt::format(":{}", name))) // "netem" for "kernel:netem"
            return fmt::format("did you mean '{}'?", feature.name);
        names.emplace_back(feature.name);
    }
    if (auto near = nearest(name, names))
        return fmt::format("did you mean '{}'?", *near);
    return "'netrig doctor' lists what there is; a program is \"command:NAME\"";
}

std::string remedy_for(std::string_view name, bool kernel_loads_modules) {
    if (auto command = command_of(name))
        return command_remedy(*command);
    const Feature* feature = find_feature(name);
    if (feature == nullptr)
        return {};
    if (feature->option.empty())
        return std::string(feature->remedy);
    std::string remedy = kernel_remedy(*feature, kernel_loads_modules);
    return feature->remedy.empty() ? remedy : fmt::format("{}; {}", feature->remedy, remedy);
}

std::string_view word(FeatureGroup group) {
    return group_words[static_cast<std::size_t>(group)];
}

} // namespace netrig
