// What links do is changed in the middle of tests: impairments, cuts, partitions, carriers; in real labs,
// with the checks that a person would write.

#include "runner/features.h"
#include "tests/support/catch.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/skip.h"
#include "tests/support/temporary_folder.h"

#include <fmt/format.h>

using namespace netrig;

namespace {

struct Ran {
    std::string result; ///< "passed", or what a person is told
    std::string junit;
};

Ran run(const std::string& text) {
    TemporaryFolder folder;
    folder.write("net.toml", text);
    Ended ended =
        run_netrig({"run", "--check-leaks", "--junit", "-", "net.toml"}, {.directory = folder.path()});
    return {ended.status == 0 ? "passed" : ended.errors, ended.output};
}

bool has(const char* feature) {
    return ask_features({feature}).answers.at(feature).answer == Answer::yes;
}

bool skipped_without(const char* feature) {
    if (skipped_without_namespaces())
        return true;
    if (has(feature))
        return false;
    skip(fmt::format("this kernel has no {}", feature));
    return true;
}

constexpr const char* no_ipv6 = "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6";

/// Neighbours are known and there is no IPv6, so that nothing is sent but what the test sends.
std::string pair(const std::string& emulator, const std::string& steps) {
    return fmt::format(R"(
hosts      = ["red", "blue"]
emulator   = "{}"
neighbours = "static"
nodes.red.setup  = ["{}"]
nodes.blue.setup = ["{}"]
[[links]]
ends      = ["red", "blue"]
addresses = ["10.0.0.1/24", "10.0.0.2/24"]
{}
)",
                       emulator, no_ipv6, no_ipv6, steps);
}

std::string test(const std::string& name, const std::string& steps) {
    return fmt::format("[[tests]]\nname = '{}'\n{}", name, steps);
}
std::string step(const std::string& verb) {
    return "[[tests.steps]]\n" + verb + "\n";
}
std::string replies(const std::string& between, unsigned count = 1) {
    return step(fmt::format("ping = {{ between = '{}', count = {}, interval = '1ms', max-loss = '0%' }}",
                            between, count));
}
std::string silence(const std::string& between, unsigned count = 1) {
    return step(fmt::format("ping = {{ between = '{}', count = {}, interval = '1ms', timeout = '200ms', "
                            "expect = 'no-reply' }}",
                            between, count));
}
/// A file of the node, and later how much the same number has grown by.
std::string remember(const std::string& on, const std::string& number) {
    return step(fmt::format("exec = {{ on = '{}', command = '''{} > /tmp/before''' }}", on, number));
}
std::string grown(const std::string& on, const std::string& number, unsigned by) {
    return step(fmt::format(
        "exec = {{ on = '{}', command = '''echo $(($({}) - $(cat /tmp/before)))''', stdout = {{ equals = "
        "\"{}\\n\" }} }}",
        on, number, by));
}
const std::string echo_requests = "awk '/^Icmp:/ && $2 ~ /[0-9]/ {print $10}' /proc/net/snmp"; // RFC 2011
const std::string carrier_losses = "cat /sys/class/net/eth0/carrier_down_count";

} // namespace

TEST_CASE("exact drops begin anew with each impair step, are lost in one direction only, and are counted") {
    if (skipped_without("kernel:tap"))
        return;
    std::string second_lost = step("impair = { on = 'red:eth0', direction = 'send', drop = [2] }") +
                              replies("red -> blue") + silence("red -> blue") + replies("red -> blue", 5);
    Ran ran = run(pair(
        "auto", test("twice the same", second_lost + second_lost + replies("blue -> red", 5)) +
                    test("none again", step("impair = { on = 'red:eth0' }") + replies("red <-> blue", 10))));
    CHECK(ran.result == "passed");
    CHECK_THAT(ran.junit, contains("impaired: what red:eth0 sends, by relay, drop 2: ") &&
                              contains(" passed, 1 dropped\n") && !contains("what blue:eth0 sends"));
}

TEST_CASE("impair replaces what the file says of a link, in both directions unless one is named") {
    if (skipped_without("kernel:tap"))
        return;
    Ran ran = run(
        pair("relay",
             "loss = \"100%\"\n" + test("as the file says", silence("red <-> blue")) +
                 test("slow", step("impair = { link = 'red -- blue', delay = '30ms' }") +
                                  step("ping = { between = 'red -> blue', min-rtt = '60ms' }")) +
                 test("one way", step("impair = { on = 'blue:eth0', direction = 'receive', loss = '100%' }") +
                                     remember("red", echo_requests) + silence("blue -> red") +
                                     grown("red", echo_requests, 1) + remember("blue", echo_requests) +
                                     silence("red -> blue") + grown("blue", echo_requests, 0))));
    CHECK(ran.result == "passed");
}

TEST_CASE("the kernel's rate and loss come and go in mid-test, each with its counter, and nothing stays") {
    if (skipped_without("kernel:tbf") || skipped_without("kernel:nftables-numgen"))
        return;
    if (has("kernel:netem")) {
        skip("this kernel has netem");
        return;
    }
    auto at_red = [](const std::string& words) {
        return step("exec = { on = 'red', command = 'tc qdisc show dev eth0', stdout = '" + words + "' }");
    };
    std::string lossy = step("impair = { on = 'red:eth0', direction = 'send', loss = '100%' }");
    Ran ran = run(
        pair("kernel",
             test("loss alone", lossy + silence("red -> blue", 3)) +
                 test("the same again counts anew", lossy + silence("red -> blue", 2)) +
                 test("rate alone in its place",
                      step("impair = { on = 'red:eth0', direction = 'send', rate = '1mbit' }") +
                          at_red("tbf") + replies("red <-> blue", 3) +
                          step("exec = { on = 'blue', command = '! nft list ruleset | grep drop' }")) +
                 test("another rate",
                      step("impair = { on = 'red:eth0', direction = 'send', rate = '2mbit', limit = 10 }") +
                          at_red("rate 2Mbit")) +
                 test("nothing", step("impair = { link = 'red -- blue' }") + at_red("noqueue") +
                                     replies("red <-> blue", 10))));
    CHECK(ran.result == "passed");
    CHECK_THAT(ran.junit, contains("impaired: what red:eth0 sends, by nftables, loss 100%: 3 lost\n") &&
                              contains("impaired: what red:eth0 sends, by nftables, loss 100%: 2 lost\n") &&
                              contains("impaired: what red:eth0 sends, by tbf, rate 1mbit: ") &&
                              contains(" passed, 0 dropped\n"));
}

TEST_CASE("a test whose impairment this kernel can't do is skipped and says so, the others run") {
    if (skipped_without("kernel:tbf"))
        return;
    if (has("kernel:netem")) {
        skip("this kernel has netem");
        return;
    }
    Ran ran = run(pair("kernel", test("slow", step("impair = { on = 'red:eth0', delay = '30ms' }")) +
                                     test("plain", replies("red <-> blue"))));
    CHECK(ran.result == "passed");
    CHECK_THAT(ran.junit, contains("<skipped") && contains("kernel:netem") && contains("skipped=\"1\""));
}

TEST_CASE("a cut takes what is asked, and the carrier stays") {
    if (skipped_without("kernel:nftables-netdev") || skipped_without("kernel:tap"))
        return;
    for (const char* extra : {"", "delay = \"1ms\"\n"}) { // a veth pair, taps
        INFO(extra);
        Ran ran = run(pair(
            "auto",
            extra +
                test("both", step("cut = 'red:eth0'") + silence("red <-> blue", 2) +
                                 step("link = { on = ['red:eth0', 'blue:eth0'], is = 'up' }")) +
                test("one", step("heal = 'red:eth0'") +
                                step("cut = { on = 'red:eth0', direction = 'send' }") +
                                remember("red", echo_requests) + silence("blue -> red", 3) +
                                grown("red", echo_requests, 3) + remember("blue", echo_requests) +
                                silence("red -> blue", 4) + grown("blue", echo_requests, 0)) +
                test("twice is once", step("cut = 'blue:eth0'") + step("cut = 'red -- blue'") +
                                          step("heal = { on = 'red:eth0' }") + replies("red <-> blue", 5))));
        CHECK(ran.result == "passed");
        CHECK_THAT(ran.junit, contains("cut: what red:eth0 sends: 2 lost\n") &&
                                  contains("cut: what blue:eth0 sends: 2 lost\n") &&
                                  contains("cut: what red:eth0 sends: 7 lost\n"));
    }
}

TEST_CASE("of a cut and a partition that overlap, undoing one leaves the other") {
    if (skipped_without("kernel:nftables-netdev") || skipped_without("kernel:tap"))
        return;
    for (const char* extra : {"", "delay = \"1ms\"\n"}) {
        INFO(extra);
        std::string both = step("cut = 'red:eth0'") + step("partition = [['red'], ['blue']]");
        Ran ran = run(
            pair("auto",
                 extra + test("the cut goes", both + step("heal = 'red:eth0'") + silence("red <-> blue")) +
                     test("all goes", step("heal = true") + replies("red <-> blue", 3)) +
                     test("the partition is replaced",
                          both + step("partition = [['red', 'blue'], ['green']]") + silence("red <-> blue")) +
                     test("then the cut goes", step("heal = 'red -- blue'") + replies("red <-> blue", 3)) +
                     "[nodes.green]\n"));
        CHECK(ran.result == "passed");
    }
}

TEST_CASE("groups of a partition hear each other by no way, and who is in none hears all") {
    if (skipped_without("kernel:nftables-netdev"))
        return;
    auto both = [](const std::string& between, const char* expect) {
        return step(
            fmt::format("ping = {{ between = '{}', family = 'both', expect = '{}', timeout = '300ms' }}",
                        between, expect));
    };
    // a, b and r1 on a bridge of two switches; c behind r2, which has a way to r1 and one to the second
    // switch.
    Ran ran =
        run(R"(
neighbours = "static"
hosts   = ["a", "b", "c"]
routers = ["r1", "r2"]
pool    = ["10.0.0.0/16", "2001:db8::/48"]
routing = "static"
links   = ["r1 -- r2", "r2 -- c"]
[bridges]
s1 = { ports = ["a", "r1", "s2"] }
s2 = { ports = ["b"] }
)" +
            test("by a router in no group", step("partition = [['a'], ['c']]") + both("a <-> c", "no-reply") +
                                                both("b <-> a, c", "reply") +
                                                both("r1, r2 <-> a, b, c", "reply")) +
            test("over a bridge", step("partition = [['a'], ['b', 'c']]") + both("a <-> b, c", "no-reply") +
                                      both("b <-> c", "reply") + both("r1 <-> *", "reply")) +
            test("by the links between two bridges and two routers",
                 step("partition = [['s1', 'r1'], ['s2', 'r2']]") + both("a, r1 <-> b, c, r2", "no-reply") +
                     both("a <-> r1", "reply") + both("r2 <-> c", "reply")) +
            test("three groups", step("partition = [['a'], ['b'], ['c']]") + both("a <-> b, c", "no-reply") +
                                     both("b <-> c", "no-reply") + both("r1, r2 <-> a, b, c", "reply")) +
            test("healed", step("heal = true") +
                               step("ping = { between = '* <-> *', family = 'both' }\nwithin = '5s'")));
    CHECK(ran.result == "passed");
}

TEST_CASE("a partition knows the addresses that commands gave, and those between two points") {
    if (skipped_without("kernel:nftables-netdev"))
        return;
    Ran ran =
        run(R"(
neighbours = "static"
hosts   = ["a", "b"]
routers = ["r"]
[bridges.br0]
ports  = ["a", "b", "r"]
subnet = "10.0.0.0/24"
[nodes.r]
setup = ["ip route add 10.8.0.1 via 10.0.0.1", "ip route add 10.9.0.1 via 10.0.0.2"]
[nodes.a]
setup = ["ip address add 10.8.0.1 peer 10.8.0.2 dev lo", "ip route add 10.9.0.1 via 10.0.0.3 src 10.8.0.1"]
[nodes.b]
setup = ["ip address add 10.9.0.1/32 dev lo", "ip route add 10.8.0.1 via 10.0.0.3 src 10.9.0.1"]
)" + test("before", step("ping = 'a -> 10.9.0.1'") + step("ping = 'b -> 10.8.0.1'")) +
            test("apart",
                 step("partition = [['a'], ['b']]") +
                     step("ping = { between = 'a -> 10.9.0.1', expect = 'no-reply', timeout = '300ms' }") +
                     step("ping = { between = 'b -> 10.8.0.1', expect = 'no-reply', timeout = '300ms' }") +
                     step("ping = 'a, b -> r'")));
    CHECK(ran.result == "passed");
}

TEST_CASE("a flap takes the carrier from both ends as often as was asked, and leaves addresses and routes") {
    if (skipped_without("kernel:tap"))
        return;
    // All news of links in red, which the last step waits for: an end of the kernel's own comes after 50.
    Ran ran = run(R"(
hosts = ["red", "blue"]
[[links]]
ends      = ["red", "blue"]
addresses = [["10.0.0.1/24", "2001:db8::1/64"], ["10.0.0.2/24", "2001:db8::2/64"]]
[nodes.red]
routes = ["10.9.0.0/16 via blue"]
)" + test("three times",
          remember("red", carrier_losses) + remember("blue", carrier_losses) +
              step("flap = { on = 'red:eth0', times = 3, down = '10ms', up = '5ms' }") +
              grown("red", carrier_losses, 3) + grown("blue", carrier_losses, 3) +
              step("link = { on = ['red:eth0', 'blue:eth0'], is = 'up' }") +
              step("ping = { between = 'red <-> blue', family = 'both' }\nwithin = '5s'") +
              step("exec = { on = 'red', command = 'ip route get 10.9.0.1', stdout = 'via 10.0.0.2' }")));
    CHECK(ran.result == "passed");
}

TEST_CASE("what is done to a link that was deleted is an error that names it") {
    if (skipped_without("kernel:nftables-netdev") || skipped_without("kernel:tap"))
        return;
    for (const char* verb :
         {"cut = 'red:eth0'", "flap = 'red:eth0'", "impair = { on = 'red:eth0', drop = [1] }"}) {
        INFO(verb);
        Ran ran = run(pair("auto", test("gone", step("delete-link = 'blue:eth0'") + step(verb)) +
                                       test("nothing to keep apart",
                                            step("partition = ['red', 'blue']") + step("heal = true"))));
        CHECK_THAT(ran.result, contains(" red:eth0") && contains("No such device") &&
                                   contains("net.toml: net (2 tests: 1 passed, 1 errored)"));
    }
}

TEST_CASE("programs hear at once that a relayed link lost its carrier") {
    if (skipped_without("kernel:tap"))
        return;
    // The kernel keeps such news for up to a second unless it is asked; the link is back long before.
    Ran ran = run(R"(
hosts    = ["red", "blue"]
emulator = "relay"
[[links]]
ends   = ["red", "blue"]
subnet = "10.0.0.0/24"
delay  = "1ms"
)" + test("each loss is told",
          step("exec = { on = 'blue', command = '(ip monitor link & echo $! > /tmp/pid) > /tmp/told 2>&1; "
               "until ip link set lo multicast on && ip link set lo multicast off && grep -q lo: /tmp/told; "
               "do :; done' }") +
              step("flap = { on = 'red:eth0', times = 5, down = '1ms', up = '1ms' }") +
              step("link-down = 'red:eth0'") + step("link-up = 'red:eth0'") +
              step("exec = { on = 'blue', command = 'kill $(cat /tmp/pid); grep -c NO-CARRIER /tmp/told', "
                   "stdout = { "
                   "equals = \"6\\n\" } }")));
    CHECK(ran.result == "passed");
}

TEST_CASE("a flap for which there is no time is an error that says how far it came") {
    if (skipped_without("kernel:tap"))
        return;
    Ran ran =
        run(pair("auto", "[[tests]]\nname = 'short'\ntimeout = '300ms'\n" +
                             step("flap = { on = 'red:eth0', times = 50, down = '20ms', up = '20ms' }") +
                             test("next", step("ping = 'red <-> blue'\nwithin = '5s'"))));
    CHECK_THAT(ran.result, contains("the time was over in flap ") && contains(" of 50") &&
                               contains("net.toml: net (2 tests: 1 passed, 1 errored)"));
}
