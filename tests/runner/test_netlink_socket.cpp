#include "runner/interface_messages.h"
#include "runner/link_messages.h"
#include "runner/netlink_socket.h"
#include "runner/route_messages.h"
#include "tests/support/child.h"
#include "tests/support/contains.h"
#include "tests/support/skip.h"

#include <fmt/format.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>

using namespace netrig;

namespace {

std::string show(const Status& status) {
    return (status ? "done" : describe(status.error())) + "\n";
}

/// What a function says that is called in a network namespace of its own.
std::string in_own_network(const std::function<std::string(NetlinkSocket&)>& body) {
    Machine machine = std::move(*Machine::make());
    auto with_socket = [&] {
        auto socket = NetlinkSocket::open();
        return socket ? body(*socket) : describe(socket.error());
    };
    Ended ended = start_child(with_socket, {.machine = &machine}).wait();
    INFO(ended.errors);
    CHECK(ended.status == 0);
    return ended.output;
}

Ifindex loopback() {
    return static_cast<Ifindex>(if_nametoindex("lo"));
}

} // namespace

TEST_CASE("an address that is added twice is refused in the kernel's words") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_own_network([](NetlinkSocket& socket) {
        std::string text;
        for (int i = 0; i < 2; ++i) {
            NetlinkMessage message = add_address_message(loopback(), parse_prefix("10.0.0.1/24").value());
            text += show(socket.request(message, "add 10.0.0.1/24 to lo"));
        }
        return text;
    });
    CHECK_THAT(said, contains("done\ncannot add 10.0.0.1/24 to lo: File exists (EEXIST)"));
}

TEST_CASE("a refusal carries what the kernel says beyond the error's number") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_own_network([](NetlinkSocket& socket) {
        NetlinkMessage up = set_link_message(loopback(), true);
        std::string text = show(socket.request(up, "set lo up"));
        Route route;
        route.destination = parse_prefix("10.9.0.0/16").value();
        route.nexthops.push_back({parse_ip("10.0.0.254").value()}); // on no network of this namespace
        NetlinkMessage message = add_route_message(route);
        return text + show(socket.request(message, "add a route"));
    });
    CHECK_THAT(said, contains("done\ncannot add a route: Network is unreachable (ENETUNREACH): ") &&
                         contains("invalid gateway"));
}

TEST_CASE("a link that is not there is ENODEV, and the socket goes on after a refusal") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_own_network([](NetlinkSocket& socket) {
        std::string names;
        auto visit = [&](const nlmsghdr* header) {
            if (auto report = read_link(header))
                names += report->name + "\n";
        };
        NetlinkMessage missing = get_link_message("veth7"), there = get_link_message("lo");
        std::string text = show(socket.ask(missing, "read veth7", visit));
        text += show(socket.ask(there, "read lo", visit));
        NetlinkMessage all = dump_links_message();
        text += show(socket.ask(all, "read all", visit));
        return text + names;
    });
    CHECK(said == "cannot read veth7: No such device (ENODEV)\ndone\ndone\nlo\nlo\n");
}

TEST_CASE("a dump of more links than fit one answer is read to its end") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_own_network([](NetlinkSocket& socket) {
        for (Ifindex index = 100; index < 300; ++index) {
            Topology topology;
            topology.nodes.resize(1);
            Interface& bridge = topology.nodes[0].interfaces.emplace_back();
            bridge.kind = Bridge{};
            bridge.name = fmt::format("br{}", index);
            bridge.index = index;
            MacAddress mac{{2, 0, 0, 0, 1, static_cast<std::uint8_t>(index & 0xFF)}};
            NetlinkMessage message = create_interface_message({{0, 0}, mac, false}, topology);
            if (Status made = socket.request(message, "make a bridge"); !made)
                return show(made);
        }
        std::size_t count = 0;
        NetlinkMessage all = dump_links_message();
        Status asked = socket.ask(
            all, "read all", [&](const nlmsghdr* header) { count += read_link(header).has_value() ? 1 : 0; });
        return show(asked) + std::to_string(count);
    });
    CHECK(said == "done\n201");
}

TEST_CASE("who subscribed is told of a change of a link") {
    if (skipped_without_namespaces())
        return;
    std::string said = in_own_network([](NetlinkSocket& socket) {
        const std::array<unsigned, 1> groups{RTNLGRP_LINK};
        auto watcher = NetlinkSocket::open(groups);
        if (!watcher)
            return describe(watcher.error());
        watcher->drain();
        NetlinkMessage up = set_link_message(loopback(), true);
        std::string text = show(socket.request(up, "set lo up"));
        pollfd wait{watcher->descriptor(), POLLIN, 0};
        constexpr int at_most = 10'000; // ms
        text += poll(&wait, 1, at_most) == 1 ? "told\n" : "not told\n";
        watcher->drain([&](const nlmsghdr* header) {
            if (auto report = read_link(header))
                text += report->name;
        });
        return text;
    });
    CHECK(said == "done\ntold\nlo");
}
