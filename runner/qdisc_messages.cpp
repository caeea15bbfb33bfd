#include "runner/qdisc_messages.h"

#include "core/kernel_emulation.h"
#include "runner/netlink_attributes.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

namespace netrig {

namespace {

constexpr std::uint32_t root_handle = 1U << 16, queue_handle = 2U << 16;
constexpr std::uint32_t most = UINT32_MAX;

NetlinkMessage qdisc_message(Ifindex index, std::uint32_t parent, std::uint32_t handle, const char* kind) {
    NetlinkMessage message(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE);
    auto& info = message.extra<tcmsg>();
    info.tcm_ifindex = index;
    info.tcm_parent = parent;
    info.tcm_handle = handle;
    mnl_attr_put_strz(message.header(), TCA_KIND, kind);
    return message;
}

std::uint32_t of_all(double share) {
    return static_cast<std::uint32_t>(std::llround(share * most));
}

template <class T>
void put(nlmsghdr* header, std::uint16_t type, const T& value) {
    mnl_attr_put(header, type, sizeof value, &value);
}

void put_rate(nlmsghdr* header, std::uint64_t rate) {
    tc_netem_rate options{};
    options.rate = static_cast<std::uint32_t>(std::min<std::uint64_t>(rate, most));
    put(header, TCA_NETEM_RATE, options);
    if (rate > most)
        mnl_attr_put_u64(header, TCA_NETEM_RATE64, rate);
}

template <class T>
T value_in(const nlattr* attribute) {
    T value{};
    std::memcpy(&value, mnl_attr_get_payload(attribute),
                std::min<std::size_t>(sizeof value, mnl_attr_get_payload_len(attribute)));
    return value;
}

void read_counts(const nlattr* stats, QdiscReport& report) {
    for_each_nested(stats, [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) == TCA_STATS_BASIC)
            report.passed = value_in<gnet_stats_basic>(attribute).packets;
        if (mnl_attr_get_type(attribute) == TCA_STATS_QUEUE)
            report.dropped = value_in<gnet_stats_queue>(attribute).drops;
    });
}

/// The attributes of netem stand behind a struct.
void read_netem(const nlattr* options, QdiscReport& report) {
    std::size_t size = mnl_attr_get_payload_len(options);
    if (size < sizeof(tc_netem_qopt))
        return;
    auto read = [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) == netem_seed_attribute)
            report.seed = value_in<std::uint64_t>(attribute);
    };
    const auto* rest = static_cast<const char*>(mnl_attr_get_payload(options)) + sizeof(tc_netem_qopt);
    mnl_attr_parse_payload(rest, size - sizeof(tc_netem_qopt), visit_attribute<decltype(read)>, &read);
}

} // namespace

NetlinkMessage netem_message(Ifindex index, const Impairment& impairment, std::uint64_t seed) {
    NetlinkMessage message = qdisc_message(index, TC_H_ROOT, root_handle, "netem");
    nlmsghdr* header = message.header();
    nlattr* nest = mnl_attr_nest_start(header, TCA_OPTIONS);
    auto& options = message.extra<tc_netem_qopt>();
    options.limit = impairment.limit;
    options.loss = of_all(impairment.loss);
    options.duplicate = of_all(impairment.duplicate);
    options.gap = impairment.reorder > 0 ? 1 : 0;
    mnl_attr_put_u64(header, TCA_NETEM_LATENCY64, static_cast<std::uint64_t>(impairment.delay.count()));
    mnl_attr_put_u64(header, TCA_NETEM_JITTER64, static_cast<std::uint64_t>(impairment.jitter.count()));
    // All of them, also those that are zero: what is left out stays as it was before.
    if (impairment.reorder > 0)
        put(header, TCA_NETEM_REORDER, tc_netem_reorder{of_all(impairment.reorder), 0});
    put(header, TCA_NETEM_CORRUPT, tc_netem_corrupt{of_all(impairment.corrupt), 0});
    put_rate(header, netem_rate(impairment));
    mnl_attr_put_u64(header, netem_seed_attribute, impairment.seed.value_or(seed));
    mnl_attr_nest_end(header, nest);
    return message;
}

std::vector<NetlinkMessage> tbf_messages(Ifindex index, const Impairment& impairment, unsigned mtu) {
    std::uint64_t rate = std::max<std::uint64_t>(impairment.rate / 8, 1);
    std::uint32_t burst = tbf_burst(impairment, mtu);
    NetlinkMessage message = qdisc_message(index, TC_H_ROOT, root_handle, "tbf");
    nlmsghdr* header = message.header();
    tc_tbf_qopt options{};
    options.rate.rate = static_cast<std::uint32_t>(std::min<std::uint64_t>(rate, most));
    options.rate.linklayer = TC_LINKLAYER_ETHERNET; // so that no rate table is asked for
    options.limit = impairment.limit; // handed to the queue below when it is there already (fifo_set_limit())
    nlattr* nest = mnl_attr_nest_start(header, TCA_OPTIONS);
    put(header, TCA_TBF_PARMS, options);
    mnl_attr_put_u32(header, TCA_TBF_BURST, burst);
    if (rate > most)
        mnl_attr_put_u64(header, TCA_TBF_RATE64, rate);
    mnl_attr_nest_end(header, nest);
    NetlinkMessage queue = qdisc_message(index, root_handle | 1, queue_handle, "pfifo");
    put(queue.header(), TCA_OPTIONS, tc_fifo_qopt{impairment.limit});
    return {message, queue};
}

NetlinkMessage delete_root_qdisc_message(Ifindex index) {
    NetlinkMessage message(RTM_DELQDISC, 0);
    auto& info = message.extra<tcmsg>();
    info.tcm_ifindex = index;
    info.tcm_parent = TC_H_ROOT;
    return message;
}

NetlinkMessage dump_qdiscs_message(Ifindex index) {
    NetlinkMessage message(RTM_GETQDISC, NLM_F_DUMP);
    message.extra<tcmsg>().tcm_ifindex = index;
    return message;
}

std::optional<QdiscReport> read_qdisc(const nlmsghdr* header) {
    if (header->nlmsg_type != RTM_NEWQDISC)
        return std::nullopt;
    const auto& info = *static_cast<const tcmsg*>(mnl_nlmsg_get_payload(header));
    QdiscReport report{info.tcm_ifindex, info.tcm_parent == TC_H_ROOT, {}, 0, 0, {}};
    const nlattr* options = nullptr;
    for_each_attribute(header, sizeof(tcmsg), [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) == TCA_KIND)
            report.kind = mnl_attr_get_str(attribute);
        if (mnl_attr_get_type(attribute) == TCA_STATS2)
            read_counts(attribute, report);
        if (mnl_attr_get_type(attribute) == TCA_OPTIONS)
            options = attribute;
    });
    if (report.kind == "netem" && options != nullptr)
        read_netem(options, report);
    return report;
}

} // namespace netrig
