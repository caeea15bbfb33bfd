#include "runner/netlink_socket.h"
#include "runner/probe.h"
#include "runner/qdisc_messages.h"

#include <array>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

namespace netrig {

namespace {

using PutOptions = void (*)(nlmsghdr*);

void no_options(nlmsghdr*) {}

void put_netem(nlmsghdr* header) {
    tc_netem_qopt options{};
    options.limit = 1000;
    mnl_attr_put(header, TCA_OPTIONS, sizeof options, &options);
}

void put_prio(nlmsghdr* header) {
    tc_prio_qopt options{};
    options.bands = 3;
    mnl_attr_put(header, TCA_OPTIONS, sizeof options, &options);
}

void put_tbf(nlmsghdr* header) {
    tc_tbf_qopt options{};
    options.rate.rate = 125'000;                    // bytes a second
    options.rate.linklayer = TC_LINKLAYER_ETHERNET; // so that no rate table is asked for
    options.limit = 10'000;
    nlattr* nest = mnl_attr_nest_start(header, TCA_OPTIONS);
    mnl_attr_put(header, TCA_TBF_PARMS, sizeof options, &options);
    mnl_attr_put_u32(header, TCA_TBF_BURST, 10'000);
    mnl_attr_nest_end(header, nest);
}

void put_htb(nlmsghdr* header) {
    tc_htb_glob options{};
    options.version = TC_HTB_PROTOVER;
    options.rate2quantum = 10;
    nlattr* nest = mnl_attr_nest_start(header, TCA_OPTIONS);
    mnl_attr_put(header, TCA_HTB_INIT, sizeof options, &options);
    mnl_attr_nest_end(header, nest);
}

/// On the namespace's own `lo`.
Probed ask(const char* kind, std::uint32_t parent, std::uint32_t handle, PutOptions put) {
    auto netlink = NetlinkSocket::open();
    if (!netlink)
        return could_not_ask(netlink.error());
    NetlinkMessage message(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL);
    auto& info = message.extra<tcmsg>();
    info.tcm_ifindex = 1;
    info.tcm_parent = parent;
    info.tcm_handle = handle;
    mnl_attr_put_strz(message.header(), TCA_KIND, kind);
    put(message.header());
    return probed(netlink->request(message, "ask"));
}

Probed ask_root(const char* kind, PutOptions put = no_options) {
    return ask(kind, TC_H_ROOT, 1U << 16, put);
}

Probed ask_ingress(const char* kind) {
    return ask(kind, TC_H_INGRESS, TC_H_MAJ(TC_H_INGRESS), no_options);
}

/// By whether it is told again: a kernel that does not know it leaves it out without a word.
Probed ask_netem_seed() {
    constexpr std::uint64_t seed = 7;
    auto netlink = NetlinkSocket::open();
    if (!netlink)
        return could_not_ask(netlink.error());
    NetlinkMessage message = netem_message(1, {}, seed);
    if (Status made = netlink->request(message, "ask"); !made)
        return probed(made);
    bool told = false;
    NetlinkMessage dump = dump_qdiscs_message(1);
    Status asked = netlink->ask(dump, "ask", [&](const nlmsghdr* header) {
        if (auto report = read_qdisc(header); report && report->seed == seed)
            told = true;
    });
    if (!asked)
        return could_not_ask(asked.error());
    return told ? Probed{} : Probed{Answer::no, "the kernel's netem takes no seed"};
}

constexpr auto table = std::to_array<Probe>({
    {"kernel:netem", [] { return ask_root("netem", put_netem); }},
    {"kernel:netem-seed", ask_netem_seed},
    {"kernel:tbf", [] { return ask_root("tbf", put_tbf); }},
    {"kernel:htb", [] { return ask_root("htb", put_htb); }},
    {"kernel:prio", [] { return ask_root("prio", put_prio); }},
    {"kernel:sfq", [] { return ask_root("sfq"); }},
    {"kernel:fq", [] { return ask_root("fq"); }},
    {"kernel:fq_codel", [] { return ask_root("fq_codel"); }},
    {"kernel:ingress", [] { return ask_ingress("ingress"); }},
    {"kernel:clsact", [] { return ask_ingress("clsact"); }},
});

} // namespace

std::span<const Probe> qdisc_probes() {
    return table;
}

} // namespace netrig
