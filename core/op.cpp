#include "core/op.h"

#include <fmt/format.h>

namespace netrig {

namespace {

std::string_view route_word(RouteType type) {
    switch (type) {
    case RouteType::unicast:
        return "";
    case RouteType::unreachable:
        return "unreachable ";
    case RouteType::blackhole:
        return "blackhole ";
    case RouteType::prohibit:
        return "prohibit ";
    }
    return "";
}

std::string show_route(const Route& route) {
    std::string text(route_word(route.type));
    text += route.destination.length == 0
                ? fmt::format("default ({})", show(route.destination.address.family))
                : show(route.destination);
    if (route.gateway)
        text += " via " + show(*route.gateway);
    if (!route.device.empty())
        text += " dev " + route.device;
    if (route.metric)
        text += fmt::format(" metric {}", *route.metric);
    return text;
}

struct Describe {
    const Topology& topology;

    std::string operator()(const MakeNode& op) const { return "make the namespaces of " + name(op.node); }
    std::string operator()(const PutFiles& op) const {
        const std::vector<NodeFile>& files = topology.nodes[op.node].files;
        std::string paths;
        for (const NodeFile& file : files)
            paths += (paths.empty() ? "" : ", ") + file.path;
        return fmt::format("put {} in {}", paths, name(op.node));
    }
    std::string operator()(const WriteSysctl& op) const {
        return fmt::format("set {} = {} in {}", op.name, op.value, name(op.node));
    }
    std::string operator()(const CreateBridge& op) const {
        return fmt::format("create bridge {}{}", topology.show(op.bridge), mtu(op.mtu));
    }
    std::string operator()(const CreateVeth& op) const {
        return fmt::format("create veth pair {} -- {}{}", topology.show(op.ends[0].ref),
                           topology.show(op.ends[1].ref), mtu(op.ends[0].mtu));
    }
    std::string operator()(const BringUp& op) const {
        return fmt::format("set {} up", topology.show(op.interface));
    }
    std::string operator()(const AddAddress& op) const {
        return fmt::format("add address {} to {}", show(op.address), topology.show(op.interface));
    }
    std::string operator()(const AddRoute& op) const {
        return fmt::format("add route {} in {}", show_route(op.route), name(op.node));
    }
    std::string operator()(const AwaitReady& op) const {
        return fmt::format("wait until frames pass on {} interfaces", op.interfaces.size());
    }

private:
    [[nodiscard]] const std::string& name(NodeIndex node) const { return topology.nodes[node].name; }
    static std::string mtu(std::optional<unsigned> mtu) { return mtu ? fmt::format(" (mtu {})", *mtu) : ""; }
};

} // namespace

std::string describe(const Op& op, const Topology& topology) {
    return std::visit(Describe{topology}, op);
}

} // namespace netrig
