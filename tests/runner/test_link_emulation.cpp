#include "core/verbs/link.h"
#include "tests/support/contains.h"
#include "tests/support/live_topology.h"
#include "tests/support/processes.h"
#include "tests/support/skip.h"
#include "tests/support/wait_until.h"

#include <fmt/format.h>
#include <thread>

using namespace netrig;
using namespace std::chrono_literals;

namespace {

constexpr NodeIndex red = 0, blue = 1;
constexpr const char *by_relay = "emulator = \"relay\"\n", *by_kernel = "emulator = \"kernel\"\n";

/// red -- blue with MAC addresses that are known; `link` and `red` are lines of their tables.
std::string pair(const std::string& link, const std::string& of_red = "") {
    return R"(
hosts = ["red", "blue"]
[nodes.red.interfaces.eth0]
mac = "02:00:00:00:00:01"
)" + of_red +
           R"(
[nodes.blue.interfaces.eth0]
mac = "02:00:00:00:00:02"
[[links]]
ends      = ["red", "blue"]
addresses = [["10.0.0.1/24", "2001:db8::1/64"], ["10.0.0.2/24", "2001:db8::2/64"]]
)" + link + "\n";
}

std::string in_relayed_lab(const std::string& text, const AskLab& ask) {
    return in_lab(by_relay + text, ask);
}

bool skipped_without(const char* feature) {
    if (skipped_without_namespaces())
        return true;
    FeatureAnswer answer = ask_features({feature}).answers.at(feature);
    if (answer.answer != Answer::yes)
        skip(fmt::format("{}: {}", feature, answer.words));
    return answer.answer != Answer::yes;
}

EchoAnswer ping(LiveLab& lab, EchoRequest request) {
    auto answers = lab.ping(std::array{request});
    if (!answers)
        throw std::runtime_error(describe(answers.error()));
    return answers->front();
}

EchoRequest to_blue(unsigned count = 1) {
    return {.from = red, .to = parse_ip("10.0.0.2").value(), .count = count, .interval = 1ms, .timeout = 1s};
}

std::string run(LiveLab& lab, NodeIndex on, const std::string& command) {
    auto answers = lab.run(std::array{CommandRequest{.on = on, .argv = {"sh", "-c", command}}});
    if (!answers)
        return describe(answers.error());
    return answers->front().output.text() + answers->front().errors.text();
}

/// Nobody needs to ask for addresses, which impairments would meet too.
void know_each_other(LiveLab& lab) {
    run(lab, red, "ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0 nud permanent");
    run(lab, blue, "ip neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent");
}

/// Nor does a node send of itself what IPv6 does, which takes its place in a queue as all else: reports of
/// its groups and questions for routers. Red is impaired so only then.
void impair_all_but_own_talk(LiveLab& lab, const Impairment& impairment) {
    know_each_other(lab);
    for (NodeIndex node : {red, blue})
        run(lab, node, "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6");
    Impairment of_red = impairment;
    of_red.by = ImpairedBy::relay;
    if (Status done = lab.impair({red, 1}, of_red); !done)
        throw std::runtime_error(describe(done.error()));
}

/// '1' for each of so many single requests that is answered, '.' for each that is not.
std::string answered(LiveLab& lab, unsigned count) {
    std::string text;
    for (unsigned i = 0; i < count; ++i) {
        EchoRequest request = to_blue();
        request.timeout = 500ms;
        text += ping(lab, request).received > 0 ? '1' : '.';
    }
    return text;
}

std::string report(LiveLab& lab) {
    std::string text;
    for (const std::string& line : lab.link_counts())
        text += line + "\n";
    return text;
}

/// "20 sent, 5 passed"
std::string sent_by_red(LiveLab& lab) {
    std::string text = report(lab);
    text = text.substr(0, text.find('\n'));
    return text.substr(text.rfind(": ") + 2);
}

std::string state(LiveLab& lab, NodeIndex node, const std::string& name) {
    auto found = lab.link(node, name);
    if (!found)
        return describe(found.error());
    return *found ? std::string(link_state_names[static_cast<std::size_t>((*found)->state)]) : "none";
}

/// What the kernel of a node has counted, of the line that /proc/net/snmp has for ICMP.
unsigned long icmp_requests(LiveLab& lab, NodeIndex node) {
    std::string text = run(lab, node, "awk '/^Icmp:/ && $2 ~ /[0-9]/ {print $10}' /proc/net/snmp");
    return std::stoul(text);
}

std::string round_trips_are(LiveLab& lab, Duration least) {
    EchoAnswer answer = ping(lab, to_blue(3));
    if (answer.received == 3 && answer.least >= least)
        return "slow";
    return fmt::format("{} received, least {}", answer.received, show(answer.least));
}

} // namespace

TEST_CASE("the relay delays each direction by as much as was asked") {
    if (skipped_without("kernel:tap"))
        return;
    CHECK(in_relayed_lab(pair("delay = \"15ms\""), [](LiveLab& lab) { return round_trips_are(lab, 30ms); }) ==
          "slow");
    CHECK(in_relayed_lab(pair("", "delay = \"15ms\"\n"),
                         [](LiveLab& lab) { return round_trips_are(lab, 15ms); }) == "slow");
}

TEST_CASE("the kernel's netem delays each direction by as much as was asked", "[netem]") {
    if (skipped_without("kernel:netem"))
        return;
    CHECK(in_lab(by_kernel + pair("delay = \"15ms\"\njitter = \"1ms\"\nloss = \"0.001%\"\nduplicate = "
                                  "\"0.001%\"\ncorrupt = \"0.001%\"\nrate = \"1gbit\"\nreorder = \"0.001%\""),
                 [](LiveLab& lab) {
                     return round_trips_are(lab, 28ms) + ", " + run(lab, red, "tc qdisc show dev eth0");
                 })
              .starts_with("slow, qdisc netem 1: root "));
}

TEST_CASE("netem loses the same packets on every run where the kernel takes a seed", "[netem]") {
    if (skipped_without("kernel:netem-seed"))
        return;
    auto lost = [] {
        return in_lab(by_kernel + pair("", "loss = \"30%\"\nseed = 11\n"), [](LiveLab& lab) {
            know_each_other(lab);
            return answered(lab, 12);
        });
    };
    CHECK(lost() == lost());
}

TEST_CASE("exactly the packets with these numbers are lost") {
    if (skipped_without("kernel:tap"))
        return;
    CHECK(in_lab(pair("", "drop = [2, 5]\n"), [](LiveLab& lab) { return answered(lab, 6); }) == "1.11.1");
    CHECK(in_lab(pair("", "drop-first = 2\nmatch = \"icmp\"\n"),
                 [](LiveLab& lab) { return answered(lab, 4); }) == "..11");
    CHECK(in_lab(pair("drop-first = 1\nmatch = \"udp\"\n"), [](LiveLab& lab) {
              return answered(lab, 2) + " " + report(lab);
          }).starts_with("11 impaired: what red:eth0 sends, by relay, drop-first 1 match 'udp': "));
}

TEST_CASE("the relay loses the same packets on every run, and says how many") {
    if (skipped_without("kernel:tap"))
        return;
    auto lost = [](int seed) {
        return in_relayed_lab(pair("", fmt::format("loss = \"30%\"\nseed = {}\n", seed)), [](LiveLab& lab) {
            know_each_other(lab);
            std::string text = answered(lab, 12);
            return text + (report(lab).find(" lost\n") == std::string::npos ? report(lab) : " counted");
        });
    };
    std::string eleven = lost(11);
    CHECK_THAT(eleven, contains("1") && contains("."));
    CHECK(lost(11) == eleven);
    CHECK(lost(12) != eleven);
}

TEST_CASE("without netem a loss alone is a rule of nftables, with its counter, that no flush takes away") {
    if (skipped_without("kernel:nftables-netdev"))
        return;
    if (ask_features({"kernel:netem"}).answers.at("kernel:netem").answer == Answer::yes) {
        skip("this kernel has netem");
        return;
    }
    CHECK(in_lab(pair("", "loss = \"100%\"\n"), [](LiveLab& lab) {
              know_each_other(lab);
              run(lab, blue, "nft flush ruleset");
              std::string text = answered(lab, 2);
              return text + (report(lab).find(": 0 lost") == std::string::npos ? " counted" : report(lab)) +
                     (report(lab).starts_with("impaired: what red:eth0 sends, by nftables, loss 100%: ")
                          ? ""
                          : report(lab));
          }) == ".. counted");
}

TEST_CASE("a rate alone is the kernel's, in one direction if asked, and large packets take their time") {
    if (skipped_without("kernel:tbf"))
        return;
    CHECK(in_lab(pair("", "rate = \"1mbit\"\nlimit = 50\n"), [](LiveLab& lab) {
              EchoRequest request = to_blue();
              request.size = 20'000; // 14 frames, 160 ms
              EchoAnswer answer = ping(lab, request);
              std::string text = answer.received == 1 && answer.least >= 140ms ? "thin" : show(answer.least);
              return text + ", " + run(lab, red, "tc qdisc show dev eth0") +
                     run(lab, blue, "tc qdisc show dev eth0");
          }).starts_with("thin, qdisc "));
}

TEST_CASE("the relay holds a rate and its limit") {
    if (skipped_without("kernel:tap"))
        return;
    CHECK(in_relayed_lab(pair("", "loss = \"1%\"\n"), [](LiveLab& lab) {
              impair_all_but_own_talk(lab, {.rate = 1'000'000, .limit = 5});
              EchoRequest request = to_blue(20);
              request.size = 1400;
              request.interval = 0ns;
              EchoAnswer answer = ping(lab, request);
              bool slow = answer.most >= 5 * 11ms, few = answer.received >= 5 && answer.received < 20;
              bool told = sent_by_red(lab) == fmt::format("20 sent, {} passed, {} over the limit",
                                                          answer.received, 20 - answer.received);
              return fmt::format("{} {} {}", slow, few, told);
          }) == "true true true");
    // So slow that nothing leaves the queue while the test lasts.
    CHECK(in_relayed_lab(pair("", "loss = \"1%\"\n"), [](LiveLab& lab) {
              impair_all_but_own_talk(lab, {.rate = 8, .limit = 5});
              EchoRequest request = to_blue(20);
              request.interval = 0ns;
              request.timeout = 1ms;
              ping(lab, request);
              return sent_by_red(lab);
          }) == "20 sent, 0 passed, 15 over the limit");
}

TEST_CASE("what was sent before the counts are asked for is in them") {
    if (skipped_without("kernel:tap"))
        return;
    CHECK(in_relayed_lab(pair("", "loss = \"1%\"\n"), [](LiveLab& lab) {
              impair_all_but_own_talk(lab, {.loss = 1});
              pid_t relay = children_of(getpid()).at(0);
              kill(relay, SIGSTOP);
              EchoRequest request = to_blue(500);
              request.interval = 0ns;
              request.timeout = 1ms;
              ping(lab, request);
              std::string counts;
              std::thread asking([&] { counts = sent_by_red(lab); });
              kill(relay, SIGCONT);
              asking.join();
              return counts;
          }) == "500 sent, 0 passed, 500 lost");
}

TEST_CASE("packets are doubled, corrupted and overtake others on the way, as the receiver sees") {
    if (skipped_without("kernel:tap"))
        return;
    CHECK(in_relayed_lab(pair("", "duplicate = \"100%\"\n"), [](LiveLab& lab) {
              ping(lab, to_blue(10));
              return std::to_string(icmp_requests(lab, blue));
          }) == "20");
    CHECK(in_relayed_lab(pair("", "corrupt = \"100%\"\nseed = 3\n"), [](LiveLab& lab) {
              know_each_other(lab);
              EchoRequest request = to_blue(10);
              request.size = 1400; // hardly a bit that no checksum covers
              EchoAnswer answer = ping(lab, request);
              return fmt::format("{} of {}", answer.received, answer.sent);
          }) == "0 of 10");
    CHECK(in_relayed_lab(pair("", "delay = \"200ms\"\nreorder = \"50%\"\nseed = 1\n"), [](LiveLab& lab) {
              know_each_other(lab);
              EchoAnswer answer = ping(lab, to_blue(10));
              return fmt::format("{} {} {}", answer.received, answer.least < 100ms, answer.most >= 200ms);
          }) == "10 true true");
}

TEST_CASE("over a relayed link all protocols work, with the addresses and the MTU of the file") {
    if (skipped_without("kernel:tap"))
        return;
    CHECK(in_relayed_lab(pair("duplicate = \"10%\"\nmtu = 1400"), [](LiveLab& lab) {
              EchoRequest six{.from = red, .to = parse_ip("2001:db8::2").value()};
              std::string text = fmt::format("{} ", ping(lab, six).received);
              ExchangeRequest much{
                  .from = red, .server = blue, .to = parse_ip("10.0.0.2").value(), .size = 1'000'000};
              auto echo = lab.exchange(std::array{much});
              text += echo && echo->front().outcome == ExchangeOutcome::done ? "echo " : "no echo ";
              return text + run(lab, red, "cat /sys/class/net/eth0/mtu /sys/class/net/eth0/address");
          }) == "1 echo 1400\n02:00:00:00:00:01\n");
}

TEST_CASE("a relayed link is usable while both ends are up, as a veth pair is") {
    if (skipped_without("kernel:tap"))
        return;
    CHECK(in_relayed_lab(pair("delay = \"1ms\""), [](LiveLab& lab) {
              auto states = [&] { return state(lab, red, "eth0") + " " + state(lab, blue, "eth0") + "\n"; };
              std::string text = states();
              static_cast<void>(lab.set_link(red, "eth0", false));
              text += states();
              static_cast<void>(lab.set_link(red, "eth0", true));
              while (state(lab, blue, "eth0") != "up" && lab.wait_for_change(10s)) {
              }
              text += states();
              run(lab, blue, "ip link set eth0 down"); // whoever does it
              while (state(lab, red, "eth0") == "up" && lab.wait_for_change(10s)) {
              }
              text += states();
              static_cast<void>(lab.delete_link(red, "eth0"));
              return text + states();
          }) == "up up\ndown lower-layer-down\nup up\nlower-layer-down down\nnone none\n");
    CHECK(in_relayed_lab(pair("delay = \"1ms\"", "up = false\n"), [](LiveLab& lab) {
              return state(lab, red, "eth0") + " " + state(lab, blue, "eth0");
          }) == "down lower-layer-down");
}

TEST_CASE("ports of bridges and links that the kernel names are relayed, too") {
    if (skipped_without("kernel:tap"))
        return;
    CHECK(in_relayed_lab(R"(
hosts = ["red", "blue"]
[bridges.br0]
ports  = [{ port = "red", delay = "10ms" }, "blue"]
subnet = "10.0.0.0/24"
[[links]]
ends   = ["red", "blue"]
name   = "kernel"
subnet = "10.0.1.0/24"
delay  = "10ms"
)",
                         [](LiveLab& lab) {
                             std::string text = round_trips_are(lab, 20ms) + " ";
                             EchoRequest other = to_blue();
                             other.to = parse_ip("10.0.1.2").value();
                             text += ping(lab, other).least >= 20ms ? "slow " : "fast ";
                             return text + state(lab, red, "veth0") + " " +
                                    run(lab, 2, "cat /sys/class/net/red/brport/state");
                         }) == "slow slow up 3\n");
}

TEST_CASE("an answer says nothing once the relay has ended unasked") {
    if (skipped_without("kernel:tap"))
        return;
    CHECK(in_relayed_lab(pair("delay = \"1ms\""),
                         [](LiveLab& lab) {
                             std::string text = lab.sound() ? "sound " : "not sound ";
                             for (pid_t child : children_of(getpid()))
                                 kill(child, SIGKILL);
                             wait_until([&] { return !lab.sound(); });
                             return text + (lab.sound() ? "sound" : "not sound, ") +
                                    describe(lab.sound().error());
                         }) ==
          "sound not sound, cannot carry frames any more: the relay between taps ended: signal 9 (Killed)");
}
