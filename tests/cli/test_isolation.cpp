#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/gate.h"
#include "tests/support/host_state.h"
#include "tests/support/skip.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace netrig;

namespace {

/// Nodes with the host's own addresses and names, a router, sysctls, a changed link and a firewall rule.
std::string busy_scenario() {
    return fmt::format(R"(
name    = "busy"
hosts   = ["red", "blue"]
routers = ["gate"]

[[links]]
ends      = ["red:veth0", "gate:veth1"]
addresses = ["10.0.0.1/24", "10.0.0.254/24"]

[[links]]
ends      = ["blue:veth0", "gate:veth0"]
addresses = [["10.0.1.1/24", "2001:db8::1/64"], ["10.0.1.254/24", "2001:db8::2/64"]]

[nodes.red]
routes  = ["default via gate"]
sysctls = {{ "net.ipv4.conf.all.rp_filter" = 1, "net.ipv4.ip_default_ttl" = 77 }}

[nodes.blue]
routes = ["default via gate"]

[[tests]]
name = "the router forwards"
ping = "red -> blue"

[[tests]]
name = "mounts, a name and a rule of its own"
exec = {{ on = "red", command = "mount -t tmpfs none /mnt && ip link add wire type veth; ip rule add from 10.8.0.0/16 table 7" }}

[[tests]]
name = "at the gate"
exec = {{ on = "red", command = "{}" }}
)",
                       Gate::command);
}

/// A socket on the host's loopback that waits for connections, and its port.
struct Listener {
    Fd socket;
    unsigned port = 0;
};

Listener listen_on_loopback() {
    Listener listener{Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), 0};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(listener.socket.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(listen(listener.socket.get(), 5) == 0);
    REQUIRE(getsockname(listener.socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    listener.port = ntohs(address.sin_port);
    return listener;
}

} // namespace

TEST_CASE("while a scenario runs and after it the host's network, mounts, name and sysctls are as before") {
    if (skipped_without_namespaces())
        return;
    Machine machine = std::move(*Machine::make());
    furnish(machine);
    std::string before = host_state(machine);
    REQUIRE_THAT(before, contains("10.0.0.1/24") && contains("/proc/sys/net/ipv4/ip_forward:") &&
                             contains(" /proc "));
    REQUIRE(left_behind(machine).empty());
    TemporaryFolder folder;
    folder.write("busy.toml", busy_scenario());
    Gate gate(folder);
    Child run = start_netrig({"run", "busy.toml"}, {.directory = folder.path(), .machine = &machine});
    REQUIRE(gate.reached_by(run));
    CHECK(host_state(machine) == before);
    CHECK_THAT(left_behind(machine),
               contains(" is in net:[") && contains(" holds net:[")); // so it would be seen
    gate.open();
    Ended ended = run.wait();
    INFO(ended.errors);
    CHECK(ended.status == 0);
    CHECK(host_state(machine) == before);
    CHECK(left_behind(machine).empty());
}

TEST_CASE("a listener on the host's loopback can't be reached from a node") {
    if (skipped_without_namespaces())
        return;
    Listener listener = listen_on_loopback();
    std::string connect = fmt::format("exec 3<> /dev/tcp/127.0.0.1/{}", listener.port);
    Ended from_host = start_program({"bash", "-c", connect}).wait();
    REQUIRE(from_host.status == 0);
    CHECK(Fd(accept(listener.socket.get(), nullptr, nullptr)).valid());
    TemporaryFolder folder;
    folder.write("net.toml", fmt::format(R"(
hosts = ["red"]

[[tests]]
name = "the host's loopback"
exec = {{ on = "red", command = ["bash", "-c", "{}"], exit = 1, stderr = "Connection refused" }}
)",
                                         connect));
    Ended from_node = run_netrig({"run", folder / "net.toml"});
    INFO(from_node.errors);
    CHECK(from_node.status == 0);
    CHECK_FALSE(Fd(accept(listener.socket.get(), nullptr, nullptr)).valid());
}

TEST_CASE("two runs with the same names and addresses at once do not meet") {
    if (skipped_without_namespaces())
        return;
    TemporaryFolder first, second;
    Gate first_gate(first), second_gate(second);
    first.write("busy.toml", busy_scenario());
    second.write("busy.toml", busy_scenario());
    Child one = start_netrig({"run", "busy.toml"}, {.directory = first.path()});
    REQUIRE(first_gate.reached_by(one));
    Child other = start_netrig({"run", "busy.toml"}, {.directory = second.path()});
    REQUIRE(second_gate.reached_by(other));
    second_gate.open();
    CHECK(other.wait().status == 0);
    first_gate.open();
    CHECK(one.wait().status == 0);
}
