#include "runner/node_changes.h"

#include "runner/find_interface.h"
#include "runner/link_messages.h"
#include "runner/route_messages.h"
#include "runner/state_messages.h"

#include <cerrno>
#include <fmt/format.h>

namespace netrig {

Status change_address(NodeNamespaces& node, const std::string& interface, const Prefix& address,
                      Change change) {
    bool adds = change == Change::add;
    std::string doing = fmt::format("{} {} {} {}:{}", adds ? "add" : "delete", show(address),
                                    adds ? "to" : "from", node.name, interface);
    auto index = find_interface(node.netlink, interface, doing);
    if (!index)
        return failure(index.error());
    NetlinkMessage message =
        adds ? add_address_message(*index, address) : delete_address_message(*index, address);
    return node.netlink.request(message, doing);
}

Status change_route(NodeNamespaces& node, Route route, const std::string& shown, Change change) {
    bool adds = change == Change::add;
    std::string doing =
        fmt::format("{} route {} {} {}", adds ? "add" : "delete", shown, adds ? "to" : "from", node.name);
    for (Nexthop& nexthop : route.nexthops) {
        if (!is_to_be_found(nexthop))
            continue;
        auto index = find_interface(node.netlink, nexthop.device, doing);
        if (!index)
            return failure(index.error());
        nexthop.index = *index;
    }
    NetlinkMessage message = adds ? add_route_message(route) : delete_route_message(route);
    return node.netlink.request(message, doing);
}

Status flush_neighbours(NodeNamespaces& node, const std::string& interface) {
    std::string doing =
        fmt::format("flush the neighbours of {}{}{}", node.name, interface.empty() ? "" : ":", interface);
    Ifindex only = 0;
    if (!interface.empty()) {
        auto index = find_interface(node.netlink, interface, doing);
        if (!index)
            return failure(index.error());
        only = *index;
    }
    std::vector<std::pair<Ifindex, IpAddress>> learnt;
    NetlinkMessage all = dump_neighbours_message();
    Status asked = node.netlink.ask(all, doing, [&](const nlmsghdr* header) {
        auto found = read_found_neighbour(header, {});
        Ifindex index = neighbour_index(header);
        bool stays =
            !found || found->state == NeighbourState::permanent || found->state == NeighbourState::noarp;
        if (!stays && (only == 0 || index == only))
            learnt.emplace_back(index, found->address);
    });
    for (auto& [index, address] : learnt) {
        NetlinkMessage message = delete_neighbour_message(index, address);
        Status gone = node.netlink.request(message, doing);
        if (!gone && gone.error().code != ENOENT)
            return gone;
    }
    return asked;
}

} // namespace netrig
