#include "runner/features.h"

#include "core/features.h"
#include "runner/doctor.h"
#include "runner/probe.h"
#include "tests/support/catch.h"
#include "tests/support/child.h"
#include "tests/support/scenario_text.h"
#include "tests/support/skip.h"
#include "tests/support/temporary_folder.h"

#include <fmt/format.h>
#include <sys/stat.h>

using namespace netrig;

namespace {

constexpr uid_t nobody = 65534;

/// Whether a shell's words come true in a network namespace that `unshare` makes: another way to ask.
bool comes_true(const std::string& words) {
    Ended ended = start_program({"unshare", geteuid() == 0 ? "-nm" : "-rnm", "sh", "-c", words}).wait();
    INFO(words << "\n" << ended.errors);
    return ended.status == 0;
}

bool says_yes(const AskedFeatures& asked, const std::string& feature) {
    const FeatureAnswer& answer = asked.answers.at(feature);
    INFO(feature << ": " << answer.words);
    CHECK(answer.answer != Answer::could_not_ask);
    CHECK((answer.answer == Answer::yes) == answer.remedy.empty());
    return answer.answer == Answer::yes;
}

bool cannot_make_namespaces() {
    if (ask_features({"right:namespaces"}).answers.at("right:namespaces").answer == Answer::yes)
        return false;
    skip("namespaces cannot be made here");
    return true;
}

} // namespace

TEST_CASE("every feature of the table has a probe") {
    for (const Feature& feature : known_features()) {
        INFO(feature.name);
        CHECK(has_probe(feature.name));
    }
}

TEST_CASE("every probe is of a feature in the table") {
    for (auto probes : {link_probes(), qdisc_probes(), nftables_probes(), protocol_probes(), sandbox_probes(),
                        namespace_probes(), right_probes(), cgroup_probes()})
        for (const Probe& probe : probes) {
            INFO(probe.feature);
            CHECK(find_feature(probe.feature) != nullptr);
        }
}

TEST_CASE("kinds of interfaces are there where ip can make them") {
    if (cannot_make_namespaces())
        return;
    const std::string lower = "ip link add lower type veth peer name other && ";
    const std::map<std::string, std::string> kinds{
        {"kernel:veth", "ip link add x type veth peer name y"},
        {"kernel:bridge", "ip link add x type bridge"},
        {"kernel:bridge-vlan-filtering", "ip link add x type bridge vlan_filtering 1"},
        {"kernel:dummy", "ip link add x type dummy"},
        {"kernel:ifb", "ip link add x type ifb"},
        {"kernel:bond", "ip link add x type bond"},
        {"kernel:vrf", "ip link add x type vrf table 10"},
        {"kernel:vxlan", "ip link add x type vxlan id 5 dstport 4789"},
        {"kernel:geneve", "ip link add x type geneve id 5 remote 192.0.2.1"},
        {"kernel:wireguard", "ip link add x type wireguard"},
        {"kernel:vlan", lower + "ip link add x link lower type vlan id 7"},
        {"kernel:macvlan", lower + "ip link add x link lower type macvlan mode bridge"},
        {"kernel:ipvlan", lower + "ip link add x link lower type ipvlan mode l2"},
        {"kernel:gre", "ip link add x type gre local 192.0.2.1 remote 192.0.2.2"},
        {"kernel:gretap", "ip link add x type gretap local 192.0.2.1 remote 192.0.2.2"},
        {"kernel:ip6gre", "ip link add x type ip6gre local 2001:db8::1 remote 2001:db8::2"},
        {"kernel:ipip", "ip link add x type ipip local 192.0.2.1 remote 192.0.2.2"},
        {"kernel:sit", "ip link add x type sit local 192.0.2.1 remote 192.0.2.2"},
        {"kernel:tun", "ip tuntap add x mode tun"},
        {"kernel:tap", "ip tuntap add x mode tap"},
    };
    std::set<std::string> names;
    for (const auto& [name, command] : kinds)
        names.insert(name);
    AskedFeatures asked = ask_features(names);
    for (const auto& [name, command] : kinds) {
        INFO(name);
        CHECK(says_yes(asked, name) == comes_true(command));
    }
}

TEST_CASE("qdiscs are there where tc can make them") {
    if (cannot_make_namespaces())
        return;
    const std::map<std::string, std::string> kinds{
        {"kernel:netem", "root netem delay 1ms"},
        {"kernel:tbf", "root tbf rate 10mbit burst 32k latency 50ms"},
        {"kernel:htb", "root htb default 1"},
        {"kernel:prio", "root prio"},
        {"kernel:sfq", "root sfq"},
        {"kernel:fq", "root fq"},
        {"kernel:fq_codel", "root fq_codel"},
        {"kernel:ingress", "ingress"},
        {"kernel:clsact", "clsact"},
    };
    std::set<std::string> names;
    for (const auto& [name, words] : kinds)
        names.insert(name);
    AskedFeatures asked = ask_features(names);
    for (const auto& [name, words] : kinds) {
        INFO(name);
        CHECK(says_yes(asked, name) == comes_true("tc qdisc add dev lo " + words));
    }
}

TEST_CASE("nftables has what nft can load") {
    if (cannot_make_namespaces())
        return;
    const std::map<std::string, std::string> rulesets{
        {"kernel:nftables", "table ip t { chain c { type filter hook input priority 0; }; }"},
        {"kernel:nftables-inet", "table inet t { chain c { type filter hook input priority 0; }; }"},
        {"kernel:nftables-nat",
         "table ip t { chain c { type nat hook postrouting priority 100; masquerade; }; }"},
        {"kernel:nftables-ct",
         "table ip t { chain c { type filter hook input priority 0; ct state new accept; }; }"},
        {"kernel:nftables-fib",
         "table ip t { chain c { type filter hook prerouting priority 0; fib saddr oif 0 drop; }; }"},
        {"kernel:nftables-numgen",
         "table ip t { chain c { type filter hook input priority 0; numgen random mod 100 < 3 drop; }; }"},
        {"kernel:nftables-bridge", "table bridge t { chain c { type filter hook forward priority 0; }; }"},
        {"kernel:nftables-netdev",
         "table netdev t { chain c { type filter hook ingress device \"lo\" priority 0; }; }"},
    };
    std::set<std::string> names;
    for (const auto& [name, ruleset] : rulesets)
        names.insert(name);
    AskedFeatures asked = ask_features(names);
    for (const auto& [name, ruleset] : rulesets) {
        INFO(name);
        CHECK(says_yes(asked, name) == comes_true(fmt::format("nft -f - <<'END'\n{}\nEND\n", ruleset)));
    }
}

TEST_CASE("protocols and mounts are there where other programs find them") {
    if (cannot_make_namespaces())
        return;
    AskedFeatures asked = ask_features({"kernel:ipv6", "kernel:mpls", "kernel:seg6", "kernel:overlayfs",
                                        "kernel:multipath", "kernel:policy-routing"});
    CHECK(says_yes(asked, "kernel:policy-routing") == comes_true("ip rule add from 192.0.2.1 table 100"));
    CHECK(says_yes(asked, "kernel:multipath") ==
          comes_true("ip link set lo up && ip route add 192.0.2.0/24 nexthop dev lo nexthop dev lo"));
    CHECK(says_yes(asked, "kernel:ipv6") == comes_true("ip addr add 2001:db8::1/128 dev lo"));
    CHECK(says_yes(asked, "kernel:mpls") ==
          comes_true("ip link set lo up && ip route add 192.0.2.1/32 encap mpls 100 dev lo && "
                     "echo 1000 > /proc/sys/net/mpls/platform_labels && ip -f mpls route add 100 dev lo"));
    CHECK(says_yes(asked, "kernel:seg6") ==
          comes_true("ip link set lo up && "
                     "ip route add 192.0.2.1/32 encap seg6 mode encap segs 2001:db8::1 dev lo"));
    CHECK(says_yes(asked, "kernel:overlayfs") ==
          comes_true("mount -t tmpfs x /tmp && mkdir /tmp/l /tmp/u /tmp/w /tmp/m && "
                     "mount -t overlay x -o lowerdir=/tmp/l,upperdir=/tmp/u,workdir=/tmp/w /tmp/m"));
}

TEST_CASE("asking leaves the host's interfaces as they are") {
    auto interfaces = [] { return start_program({"ip", "-o", "link"}).wait().output; };
    std::string before = interfaces();
    {
        AskedFeatures asked = ask_features({"kernel:veth", "kernel:bridge", "kernel:tun", "kernel:tbf"});
        CHECK(interfaces() == before);
    }
    CHECK(interfaces() == before);
}

TEST_CASE("a program is found in PATH, and where system programs are") {
    TemporaryFolder folder;
    std::string agent = folder.write("agent", "#!/bin/sh\n"), text = folder.write("text", "no program\n");
    chmod(agent.c_str(), 0755);
    AskedFeatures asked = ask_features({"command:sh", "command:" + agent, "command:" + text,
                                        "command:netrig-no-such-program", "command:" + folder.path()});
    CHECK(asked.answers.at("command:sh").answer == Answer::yes);
    CHECK(asked.answers.at("command:sh").words.ends_with("/sh"));
    CHECK(asked.answers.at("command:" + agent).words == agent);
    CHECK(asked.answers.at("command:" + text).answer == Answer::no);
    CHECK(asked.answers.at("command:" + folder.path()).answer == Answer::no);
    CHECK(asked.answers.at("command:netrig-no-such-program") ==
          FeatureAnswer{"command:netrig-no-such-program", Answer::no,
                        "there is no program 'netrig-no-such-program'",
                        "install it, or add its folder to PATH"});
}

TEST_CASE("only what is asked for is answered, and a name that nobody knows could not be asked") {
    AskedFeatures asked = ask_features({"root", "kernel:no-such-thing"});
    CHECK(asked.answers.size() == 2);
    CHECK(asked.answers.at("kernel:no-such-thing").answer == Answer::could_not_ask);
    CHECK(ask_features({}).answers.empty());
}

TEST_CASE("scenarios want what they and their tests require") {
    auto scenario = std::make_shared<Scenario>(scenario_of(R"(
hosts    = ["red", "blue"]
links    = ["red -- blue"]
requires = "root"
[[tests]]
name     = "t"
requires = "command:bgpd"
link     = { on = "red:lo", is = "up" }
)"));
    CHECK(features_wanted({scenario, scenario}) == std::set<std::string>{"command:bgpd", "root"});
}

TEST_CASE("root is root of the machine, not of a user namespace") {
    if (geteuid() != 0)
        return skip("needs root");
    auto ask = [] {
        AskedFeatures asked = ask_features({"root"});
        return asked.answers.at("root").words;
    };
    CHECK(start_child(ask, {.user = nobody}).wait().output == "the user id is 65534");
    auto inside = Machine::make({.own_users = true});
    if (!inside)
        return skip("user namespaces cannot be made here");
    CHECK(start_child(ask, {.machine = &*inside}).wait().output == "this is root of a user namespace only");
}

TEST_CASE("where namespaces are refused, the question for them is answered no and all others not at all") {
    auto refusing = Machine::make({.own_users = true, .limit = "max_net_namespaces"});
    if (!refusing)
        return skip("user namespaces cannot be made here");
    auto ask = [] {
        AskedFeatures asked = ask_features({"right:namespaces", "kernel:veth", "command:sh"});
        std::string text;
        for (const auto& [name, answer] : asked.answers)
            text += fmt::format("{} {}: {}\n", name, static_cast<int>(answer.answer), answer.words);
        return text;
    };
    Ended ended = start_child(ask, {.machine = &*refusing}).wait();
    INFO(ended.output << ended.errors);
    CHECK(ended.output.find("\nkernel:veth 2: cannot make the lab's namespaces") != std::string::npos);
    CHECK(ended.output.find("\nright:namespaces 1: cannot make the lab's namespaces") != std::string::npos);
    CHECK(ended.output.starts_with("command:sh 0: /"));
}

TEST_CASE("the doctor's text has a group, a line for each answer and a remedy below what is missing") {
    DoctorReport report{"1.2.3", "Linux 6.1", "user id 0", true, {}};
    report.features = {{"root", Answer::yes, "", ""},
                       {"kernel:veth", Answer::yes, "", ""},
                       {"kernel:vlan", Answer::no, "Unknown device type", "modprobe 8021q"},
                       {"command:ip", Answer::yes, "/bin/ip", ""},
                       {"command:odd", Answer::could_not_ask, "it \x1b[31mbroke", ""}};
    report.descriptors = {1024, 132};
    CHECK(doctor_text(report, false) == R"(netrig 1.2.3 on Linux 6.1, user id 0

rights
  yes  root

links
  yes  kernel:veth
  no   kernel:vlan                   Unknown device type
                                     -> modprobe 8021q

programs
  yes  command:ip                    /bin/ip
  ?    command:odd                   it \x1b[31mbroke

limits
       1024 open files a process (ulimit -Hn): room for labs of about 132 nodes
                                     -> for larger ones raise it: 'ulimit -Hn 20000' as root

3 there, 1 missing, 1 could not be asked; labs can be built here
)");
    CHECK(doctor_text(report, true).find("\x1b[33mno \x1b[0m  kernel:vlan") != std::string::npos);
}
