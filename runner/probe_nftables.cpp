#include "runner/fd.h"
#include "runner/probe.h"
#include "runner/system_error.h"

#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <memory>
#include <sys/time.h>

namespace netrig {

namespace {

struct CloseSocket {
    void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};

void put_number(nlmsghdr* header, std::uint16_t type, std::uint32_t number) {
    mnl_attr_put_u32(header, type, htonl(number));
}

/// One transaction (NFNL_MSG_BATCH_BEGIN to _END): a table, a base chain, and a rule if asked for.
class Batch {
public:
    Batch() { add(NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, AF_UNSPEC); }

    nlmsghdr* add_change(std::uint16_t type, std::uint8_t family) {
        ++changes_;
        constexpr auto flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK;
        return add(static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8 | type), flags, family);
    }

    Status send() {
        add(NFNL_MSG_BATCH_END, NLM_F_REQUEST, AF_UNSPEC);
        std::unique_ptr<mnl_socket, CloseSocket> socket(mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC));
        if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0)
            return system_failure("open a netfilter socket");
        timeval patience{2, 0}; // a batch that is refused whole may be answered once only
        setsockopt(mnl_socket_get_fd(socket.get()), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        std::size_t size = last_end();
        if (mnl_socket_sendto(socket.get(), buffer_.data(), size) < 0)
            return system_failure("ask");
        return await_answers(*socket);
    }

private:
    [[nodiscard]] std::size_t last_end() const {
        return last_ == nullptr
                   ? 0
                   : static_cast<std::size_t>(reinterpret_cast<const char*>(last_) - buffer_.data()) +
                         MNL_ALIGN(last_->nlmsg_len);
    }

    nlmsghdr* add(std::uint16_t type, std::uint16_t flags, std::uint8_t family) {
        last_ = mnl_nlmsg_put_header(buffer_.data() + last_end());
        last_->nlmsg_type = type;
        last_->nlmsg_flags = flags;
        last_->nlmsg_seq = ++sequence_;
        auto* info = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(last_, sizeof(nfgenmsg)));
        info->nfgen_family = family;
        info->version = NFNETLINK_V0;
        info->res_id = htons(NFNL_SUBSYS_NFTABLES);
        return last_;
    }

    Status await_answers(mnl_socket& socket) const {
        std::array<char, 8192> answer;
        for (std::size_t good = 0; good < changes_;) {
            ssize_t size = mnl_socket_recvfrom(&socket, answer.data(), answer.size());
            if (size < 0)
                return system_failure("ask");
            int left = static_cast<int>(size);
            for (const auto* header = reinterpret_cast<const nlmsghdr*>(answer.data());
                 mnl_nlmsg_ok(header, left); header = mnl_nlmsg_next(header, &left)) {
                if (header->nlmsg_type != NLMSG_ERROR)
                    continue;
                const auto* error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(header));
                if (error->error != 0)
                    return failure({"ask", -error->error, {}, {}});
                ++good;
            }
        }
        return {};
    }

    alignas(nlmsghdr) std::array<char, 4096> buffer_{};
    nlmsghdr* last_ = nullptr;
    std::uint32_t sequence_ = 0;
    std::size_t changes_ = 0;
};

struct Chain {
    std::uint8_t family;
    const char* type;
    std::uint32_t hook;
    std::uint32_t priority = 0;
    const char* device = nullptr;
};

void add_table_and_chain(Batch& batch, const Chain& chain) {
    mnl_attr_put_strz(batch.add_change(NFT_MSG_NEWTABLE, chain.family), NFTA_TABLE_NAME, "probe");
    nlmsghdr* header = batch.add_change(NFT_MSG_NEWCHAIN, chain.family);
    mnl_attr_put_strz(header, NFTA_CHAIN_TABLE, "probe");
    mnl_attr_put_strz(header, NFTA_CHAIN_NAME, "base");
    nlattr* hook = mnl_attr_nest_start(header, NFTA_CHAIN_HOOK);
    put_number(header, NFTA_HOOK_HOOKNUM, chain.hook);
    put_number(header, NFTA_HOOK_PRIORITY, chain.priority);
    if (chain.device != nullptr)
        mnl_attr_put_strz(header, NFTA_HOOK_DEV, chain.device);
    mnl_attr_nest_end(header, hook);
    mnl_attr_put_strz(header, NFTA_CHAIN_TYPE, chain.type);
}

using PutExpression = void (*)(nlmsghdr*);

void add_rule(Batch& batch, std::uint8_t family, const char* expression, PutExpression put) {
    nlmsghdr* header = batch.add_change(NFT_MSG_NEWRULE, family);
    mnl_attr_put_strz(header, NFTA_RULE_TABLE, "probe");
    mnl_attr_put_strz(header, NFTA_RULE_CHAIN, "base");
    nlattr* list = mnl_attr_nest_start(header, NFTA_RULE_EXPRESSIONS);
    nlattr* element = mnl_attr_nest_start(header, NFTA_LIST_ELEM);
    mnl_attr_put_strz(header, NFTA_EXPR_NAME, expression);
    nlattr* data = mnl_attr_nest_start(header, NFTA_EXPR_DATA);
    put(header);
    mnl_attr_nest_end(header, data);
    mnl_attr_nest_end(header, element);
    mnl_attr_nest_end(header, list);
}

Probed ask_chain(const Chain& chain) {
    Batch batch;
    add_table_and_chain(batch, chain);
    return probed(batch.send());
}

Probed ask_rule(const Chain& chain, const char* expression, PutExpression put) {
    Batch batch;
    add_table_and_chain(batch, chain);
    add_rule(batch, chain.family, expression, put);
    return probed(batch.send());
}

constexpr Chain input{NFPROTO_IPV4, "filter", NF_INET_LOCAL_IN};
constexpr Chain prerouting{NFPROTO_IPV4, "filter", NF_INET_PRE_ROUTING};
constexpr Chain source_nat{NFPROTO_IPV4, "nat", NF_INET_POST_ROUTING, 100};

void put_fib(nlmsghdr* header) {
    put_number(header, NFTA_FIB_DREG, NFT_REG_1);
    put_number(header, NFTA_FIB_RESULT, NFT_FIB_RESULT_OIF);
    put_number(header, NFTA_FIB_FLAGS, NFTA_FIB_F_SADDR);
}

void put_ct(nlmsghdr* header) {
    put_number(header, NFTA_CT_DREG, NFT_REG_1);
    put_number(header, NFTA_CT_KEY, NFT_CT_STATE);
}

void put_numgen(nlmsghdr* header) {
    put_number(header, NFTA_NG_DREG, NFT_REG_1);
    put_number(header, NFTA_NG_MODULUS, 100);
    put_number(header, NFTA_NG_TYPE, NFT_NG_RANDOM);
}

constexpr auto table = std::to_array<Probe>({
    {"kernel:nftables", [] { return ask_chain(input); }},
    {"kernel:nftables-inet",
     [] {
         return ask_chain({NFPROTO_INET, "filter", NF_INET_LOCAL_IN});
     }},
    {"kernel:nftables-nat", [] { return ask_rule(source_nat, "masq", [](nlmsghdr*) {}); }},
    {"kernel:nftables-ct", [] { return ask_rule(input, "ct", put_ct); }},
    {"kernel:nftables-fib", [] { return ask_rule(prerouting, "fib", put_fib); }},
    {"kernel:nftables-numgen", [] { return ask_rule(input, "numgen", put_numgen); }},
    {"kernel:nftables-bridge",
     [] {
         return ask_chain({NFPROTO_BRIDGE, "filter", NF_INET_FORWARD});
     }},
    {"kernel:nftables-netdev",
     [] {
         return ask_chain({NFPROTO_NETDEV, "filter", NF_NETDEV_INGRESS, 0, "lo"});
     }},
});

} // namespace

std::span<const Probe> nftables_probes() {
    return table;
}

} // namespace netrig
