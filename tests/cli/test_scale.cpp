// Labs of the size that people ask for build, answer and go away.

#include "tests/support/catch.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/host_state.h"
#include "tests/support/skip.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/wait_until.h"

using namespace netrig;

namespace {

void check_passes_and_goes(const std::string& scenario, const std::string& size) {
    if (skipped_without_namespaces())
        return;
    Machine machine = std::move(*Machine::make());
    furnish(machine);
    std::string before = host_state(machine);
    TemporaryFolder folder;
    folder.write("net.toml", scenario);
    Ended ended =
        start_netrig({"run", "--stats", "net.toml"}, {.directory = folder.path(), .machine = &machine})
            .wait(std::chrono::seconds(100));
    INFO(ended.errors);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.errors, contains(size));
    CHECK(wait_until([&] { return left_behind(machine).empty(); }));
    CHECK(host_state(machine) == before);
}

} // namespace

// Each asks for routers and tells its groups to all, more than a busy kernel takes at once: what it drops is
// asked again.
TEST_CASE("a thousand hosts on four bridges reach one of them", "[alone]") {
    check_passes_and_goes(R"(
hosts = ["h[1-1000]"]
timeout = "100s"
[bridges.core]
[bridges."sw1"]
ports  = ["h[1-250]", "core"]
subnet = "10.0.0.0/16"
[bridges."sw2"]
ports  = ["h[251-500]", "core"]
subnet = "10.0.0.0/16"
[bridges."sw3"]
ports  = ["h[501-750]", "core"]
subnet = "10.0.0.0/16"
[bridges."sw4"]
ports  = ["h[751-1000]", "core"]
subnet = "10.0.0.0/16"
[[tests]]
ping   = "* -> h500"
within = "60s"
)",
                          "1005 nodes, 1004 links");
}

TEST_CASE("the ends of a chain of 200 routers reach each other by static routes", "[alone]") {
    // 255: the kernel's own 64 hops do not take an answer through.
    check_passes_and_goes(R"(
hosts   = ["h[1-2]"]
routers = ["r[1-200]"]
links   = ["h1 -- r1", "r[1-199] -- r[2-200]", "r200 -- h2"]
pool    = ["10.0.0.0/16", "2001:db8::/48"]
routing = "static"
[nodes."h[1-2]".sysctls]
"net.ipv4.ip_default_ttl"     = 255
"net.ipv6.conf.all.hop_limit"  = 255
"net.ipv6.conf.eth0.hop_limit" = 255
[[tests]]
name = "IPv4"
ping = { between = "h1 <-> h2", ttl = 255, family = "ipv4" }
[[tests]]
name = "IPv6"
ping = { between = "h1 <-> h2", ttl = 255, family = "ipv6" }
[[tests]]
name = "TCP"
tcp-echo = { between = "h1 <-> h2", port = 7 }
)",
                          "202 nodes, 201 links");
}
