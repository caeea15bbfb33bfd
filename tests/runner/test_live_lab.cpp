#include "tests/support/contains.h"
#include "tests/support/live_topology.h"
#include "tests/support/skip.h"

#include <fmt/format.h>

using namespace netrig;
using namespace std::chrono_literals;

namespace {

const std::string pair_and_bridge = R"(
hosts = ["red", "blue"]

[[links]]
ends      = ["red:veth0", "blue:veth1"]
addresses = ["10.0.0.1/24", "10.0.0.2/24"]
mtu       = 1400

[bridges.br0]
ports  = ["red", "blue"]
subnet = "10.1.1.0/24"
)";

constexpr NodeIndex red = 0, blue = 1;

std::string show(const Result<std::optional<FoundLink>>& found) {
    if (!found)
        return describe(found.error());
    if (!*found)
        return "none";
    static constexpr const char* states[] = {"up", "down", "lower-layer-down", "other"};
    const FoundLink& link = **found;
    return fmt::format("{} {} '{}'", states[static_cast<int>(link.state)], link.mtu, link.master);
}

std::string show(const Status& status) {
    return status ? "done" : describe(status.error());
}

/// Waits by what the kernel reports until the link looks so, as a step with `within` does.
std::string wait_for(LiveLab& lab, NodeIndex node, const std::string& name, const std::string& wanted) {
    auto deadline = Clock::now() + 10s;
    std::string found;
    while ((found = show(lab.link(node, name))) != wanted && Clock::now() < deadline)
        if (Status waited = lab.wait_for_change(1s); !waited)
            return describe(waited.error());
    return found;
}

} // namespace

TEST_CASE("a link is found with its state, MTU and master, or not at all") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(pair_and_bridge, [](LiveLab& lab) {
        NodeIndex bridge = lab.topology().find("br0").value();
        std::string text;
        for (auto [node, name] : {std::pair(red, "veth0"),
                                  {blue, "veth1"},
                                  {bridge, "red"},
                                  {bridge, "br0"},
                                  {red, "veth1"},
                                  {red, "lo"}})
            text += show(lab.link(node, name)) + "\n";
        return text;
    });
    CHECK(said == "up 1400 ''\nup 1400 ''\nup 1500 'br0'\nup 1500 ''\nnone\nup 65536 ''\n");
}

TEST_CASE("a link that is set down takes the carrier from its other end, and back") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(pair_and_bridge, [](LiveLab& lab) {
        std::string text = show(lab.set_link(red, "veth0", false)) + "\n";
        text += show(lab.link(red, "veth0")) + "\n";
        text += wait_for(lab, blue, "veth1", "lower-layer-down 1400 ''") + "\n";
        text += show(lab.set_link(red, "veth0", true)) + "\n";
        return text + wait_for(lab, blue, "veth1", "up 1400 ''");
    });
    CHECK(said == "done\ndown 1400 ''\nlower-layer-down 1400 ''\ndone\nup 1400 ''");
}

TEST_CASE("a link that is deleted is gone at both ends, and can't be changed any more") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(pair_and_bridge, [](LiveLab& lab) {
        std::string text = show(lab.delete_link(red, "veth0")) + "\n";
        text += show(lab.link(red, "veth0")) + " " + show(lab.link(blue, "veth1")) + "\n";
        text += show(lab.delete_link(blue, "veth1")) + "\n";
        return text + show(lab.set_link(red, "veth0", true));
    });
    CHECK(said == "done\nnone none\ncannot delete blue:veth1: No such device (ENODEV)\n"
                  "cannot set red:veth0 up: No such device (ENODEV)");
}

TEST_CASE("whoever waits for a change is woken by one in any node, long before the time is over") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(pair_and_bridge, [](LiveLab& lab) {
        std::string text = show(lab.wait_for_change(1ms));    // opens what listens
        while (lab.wait_for_change(50ms) && text.size() < 20) // what came by then
            text += ".";
        if (Status set = lab.set_link(blue, "veth1", false); !set)
            return describe(set.error());
        auto begin = Clock::now();
        text = show(lab.wait_for_change(60s));
        return text + (Clock::now() - begin < 30s ? ", woken" : ", not woken");
    });
    CHECK(said == "done, woken");
}

TEST_CASE("in a random graph of routers every host reaches every other by routes that nobody wrote") {
    if (skipped_without_namespaces())
        return;
    std::string links = "\"h[1-20] -- r[1-20]\", \"h[21-30] -- r[1-10]\",";
    std::uint32_t random = 1;
    auto one_of = [&](std::uint32_t count) {
        random = random * 1'664'525 + 1'013'904'223; // Numerical Recipes
        return 1 + (random >> 16) % count;
    };
    for (std::uint32_t router = 2; router <= 20; ++router) // a tree, so that all are joined
        links += fmt::format("\"r{} -- r{}\",", one_of(router - 1), router);
    for (int more = 0; more < 15; ++more) {
        std::uint32_t a = one_of(20);
        links += fmt::format("\"r{} -- r{}\",", a, a % 20 + 1);
    }
    std::string said =
        in_lab("hosts = [\"h[1-30]\"]\nrouters = [\"r[1-20]\"]\nrouting = \"static\"\n"
               "pool = [\"10.0.0.0/16\", \"2001:db8::/48\"]\nlinks = [" +
                   links + "]\n",
               [](LiveLab& lab) {
                   std::vector<EchoRequest> requests;
                   for (NodeIndex from = 0; from < 50; ++from)
                       for (NodeIndex to = 0; to < 50; ++to)
                           for (Family family : {Family::ipv4, Family::ipv6})
                               if (from != to)
                                   requests.push_back(
                                       {.from = from, .to = *address_of(lab.topology(), from, to, family)});
                   auto answers = lab.ping(requests);
                   if (!answers)
                       return describe(answers.error());
                   std::size_t replies = 0;
                   for (const EchoAnswer& answer : *answers)
                       replies += answer.outcome == EchoOutcome::reply ? 1 : 0;
                   return fmt::format("{} of {}", replies, answers->size());
               });
    CHECK(said == "4900 of 4900");
}

namespace {

std::string run_on(LiveLab& lab, NodeIndex node, const std::string& command) {
    std::vector<CommandRequest> requests{{.on = node, .argv = {"sh", "-c", command}}};
    auto answers = lab.run(requests);
    return answers ? answers->front().output.text() + answers->front().errors.text()
                   : describe(answers.error());
}

} // namespace

TEST_CASE("a lab that waits for duplicate address detection is built when no address is tentative") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(R"(
dad   = true
hosts = ["a", "b"]
links = [{ ends = ["a", "b"], subnet = "2001:db8::/64" }]
)",
                              [](LiveLab& lab) {
                                  return run_on(lab, 0,
                                                "cat /proc/sys/net/ipv6/conf/eth0/accept_dad; "
                                                "ip -6 -o addr show dev eth0 | grep -c inet6; "
                                                "ip -6 addr show tentative");
                              });
    CHECK(said == "1\n2\n");
}

TEST_CASE(
    "an address that duplicate address detection finds elsewhere ends the build with node and address") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(R"(
dad   = true
hosts = ["a", "b", "c"]
[bridges.br0]
ports  = ["a", "b", "c"]
subnet = "2001:db8::/64"
[nodes.a.interfaces.eth0]
mac = "02:00:00:00:00:07"
[nodes.b.interfaces.eth0]
mac = "02:00:00:00:00:07"
)",
                              [](LiveLab&) { return std::string("built"); });
    CHECK_THAT(said,
               contains("cannot give ") && contains(":eth0 the address fe80::ff:fe00:7") &&
                   contains("duplicate address detection found it at another interface of its network"));
    CHECK(said.find("c:eth0") == std::string::npos);
}

TEST_CASE("static neighbours are permanent from the start, and frames pass by them") {
    if (skipped_without_namespaces())
        return;
    std::string said =
        in_lab(R"(
neighbours = "static"
hosts = ["a", "b", "c"]
[bridges.br0]
ports   = ["a", "b", "c"]
subnets = ["10.0.0.0/24", "2001:db8::/64"]
)",
               [](LiveLab& lab) {
                   std::string text = run_on(lab, 0, "ip neigh show nud permanent | sort | cut -d' ' -f1");
                   std::vector<EchoRequest> requests;
                   for (Family family : {Family::ipv4, Family::ipv6})
                       requests.push_back({.from = 0, .to = *address_of(lab.topology(), 0, 2, family)});
                   auto answers = lab.ping(requests);
                   for (const EchoAnswer& answer : answers ? *answers : std::vector<EchoAnswer>{})
                       text += answer.outcome == EchoOutcome::reply ? "reply\n" : "none\n";
                   return text;
               });
    CHECK(said == "10.0.0.2\n10.0.0.3\n2001:db8::2\n2001:db8::3\nreply\nreply\n");
}

TEST_CASE("an operation that the kernel refuses ends the build with its name and the kernel's words") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_lab(R"(
hosts = ["red"]

[nodes.red]
sysctls = { "net.ipv4.no_such_setting" = 1 }
)",
                              [](LiveLab&) { return std::string("built"); });
    CHECK_THAT(said, contains("cannot build the lab: cannot ") && contains("net.ipv4.no_such_setting") &&
                         contains("red") && contains("No such file or directory (ENOENT)"));
}
