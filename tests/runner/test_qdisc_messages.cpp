#include "runner/qdisc_messages.h"
#include "tests/support/catch.h"

#include <cstring>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <map>

using namespace netrig;
using namespace std::chrono_literals;

namespace {

/// What a message carries behind `offset` bytes, by attribute type.
std::map<std::uint16_t, std::string> attributes(const char* data, std::size_t size) {
    std::map<std::uint16_t, std::string> found;
    while (size >= sizeof(nlattr)) {
        nlattr head{};
        std::memcpy(&head, data, sizeof head);
        std::size_t length = head.nla_len;
        REQUIRE((length >= sizeof(nlattr) && length <= size));
        found[head.nla_type & NLA_TYPE_MASK] = std::string(data + sizeof(nlattr), length - sizeof(nlattr));
        std::size_t whole = std::min<std::size_t>(MNL_ALIGN(length), size);
        data += whole;
        size -= whole;
    }
    return found;
}

std::map<std::uint16_t, std::string> attributes(NetlinkMessage& message) {
    const auto* header = message.header();
    const auto* begin = static_cast<const char*>(mnl_nlmsg_get_payload_offset(header, sizeof(tcmsg)));
    return attributes(begin, mnl_nlmsg_get_payload_len(header) - sizeof(tcmsg));
}

template <class T>
T value(const std::string& bytes) {
    REQUIRE(bytes.size() >= sizeof(T));
    T read{};
    std::memcpy(&read, bytes.data(), sizeof read);
    return read;
}

struct Netem {
    tc_netem_qopt options{};
    std::map<std::uint16_t, std::string> more;
};

Netem netem(const Impairment& impairment, std::uint64_t seed = 1) {
    NetlinkMessage message = netem_message(7, impairment, seed);
    std::string bytes = attributes(message)[TCA_OPTIONS];
    return {value<tc_netem_qopt>(bytes),
            attributes(bytes.data() + sizeof(tc_netem_qopt), bytes.size() - sizeof(tc_netem_qopt))};
}

} // namespace

TEST_CASE("netem is asked for exactly what the impairment says") {
    Netem sent = netem({.delay = 10ms,
                        .jitter = 2ms,
                        .loss = 1,
                        .duplicate = 0.5,
                        .reorder = 0.25,
                        .corrupt = 0.125,
                        .rate = 80'000,
                        .limit = 50,
                        .seed = 99});
    CHECK(sent.options.limit == 50);
    CHECK(sent.options.loss == UINT32_MAX);
    CHECK(sent.options.duplicate == 1U << 31);
    CHECK(sent.options.gap == 1);
    CHECK(value<std::int64_t>(sent.more[TCA_NETEM_LATENCY64]) == 10'000'000);
    CHECK(value<std::int64_t>(sent.more[TCA_NETEM_JITTER64]) == 2'000'000);
    CHECK(value<tc_netem_reorder>(sent.more[TCA_NETEM_REORDER]).probability == 1U << 30);
    CHECK(value<tc_netem_corrupt>(sent.more[TCA_NETEM_CORRUPT]).probability == 1U << 29);
    CHECK(value<tc_netem_rate>(sent.more[TCA_NETEM_RATE]).rate == 10'000);
    CHECK(value<std::uint64_t>(sent.more[netem_seed_attribute]) == 99);
}

TEST_CASE("what netem had before is taken back by an impairment that does not say it") {
    Netem sent = netem({.delay = 10ms}, 5);
    CHECK(sent.options.limit == 1000);
    CHECK(sent.options.gap == 0);
    CHECK(value<tc_netem_corrupt>(sent.more[TCA_NETEM_CORRUPT]).probability == 0);
    CHECK(value<tc_netem_rate>(sent.more[TCA_NETEM_RATE]).rate == 0);
    CHECK(value<std::uint64_t>(sent.more[netem_seed_attribute]) == 5);
}

TEST_CASE("a jitter alone gets a rate that takes no time, by which netem keeps the order") {
    Netem sent = netem({.delay = 10ms, .jitter = 2ms});
    CHECK(value<tc_netem_rate>(sent.more[TCA_NETEM_RATE]).rate == UINT32_MAX);
    CHECK(value<std::uint64_t>(sent.more[TCA_NETEM_RATE64]) == 1'000'000'000'000);
}

TEST_CASE("tbf lets one frame pass at once and holds as many packets as the limit says") {
    auto sent = tbf_messages(7, {.rate = 1'000'000, .limit = 30}, 1500);
    REQUIRE(sent.size() == 2);
    auto options = attributes(sent[0])[TCA_OPTIONS];
    auto parts = attributes(options.data(), options.size());
    CHECK(value<tc_tbf_qopt>(parts[TCA_TBF_PARMS]).rate.rate == 125'000);
    CHECK(value<std::uint32_t>(parts[TCA_TBF_BURST]) == 1518);
    CHECK(value<tc_fifo_qopt>(attributes(sent[1])[TCA_OPTIONS]).limit == 30);
    CHECK(attributes(sent[1])[TCA_KIND].starts_with("pfifo"));
}
