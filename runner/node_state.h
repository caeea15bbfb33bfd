// Answers what checks ask of the kernel in a node: by rtnetlink, sock_diag, /proc/sys and nftables.
#pragma once

#include "core/node_state.h"
#include "runner/attribute_words.h"
#include "runner/node_namespaces.h"

namespace netrig {

class LiveNodeState : public NodeState {
public:
    /// The nodes must outlive it.
    explicit LiveNodeState(std::vector<NodeNamespaces>& nodes) : nodes_(nodes) {}

    Result<std::vector<FoundAddress>> addresses(NodeIndex node) override;
    Result<std::optional<FoundRoute>> look_up(NodeIndex node, const RouteQuestion& question) override;
    Result<std::vector<FoundRoute>> routes(NodeIndex node) override;
    Result<std::vector<FoundNeighbour>> neighbours(NodeIndex node) override;
    Result<std::vector<FoundFdbEntry>> fdb(NodeIndex node) override;
    Result<std::vector<Rule>> rules(NodeIndex node) override;
    Result<std::map<std::string, MacAddress>> macs(NodeIndex node) override;
    Result<std::optional<std::string>> sysctl(NodeIndex node, const std::string& name) override;
    Result<std::vector<FoundListener>> listeners(NodeIndex node, Transport transport) override;
    Result<std::optional<LinkStatistics>> statistics(NodeIndex node, const std::string& interface) override;
    Result<std::vector<FoundNftCounter>> nft_counters(NodeIndex node) override;

private:
    using Visit = std::function<void(const nlmsghdr*)>;
    /// One that changes broke up is asked for again, `begin` being called before each time.
    Status dump(NodeIndex node, NetlinkMessage (*message)(), const std::string& doing,
                const std::function<void()>& begin, const Visit& visit);
    /// All that `read` finds in a dump, with interfaces by their names.
    template <class Found>
    Result<std::vector<Found>> dump_all(NodeIndex node, NetlinkMessage (*message)(), const char* what,
                                        std::optional<Found> (*read)(const nlmsghdr*, const LinkNames&));
    Result<LinkNames> link_names(NodeIndex node);
    Result<FoundRoute> ask_route(NodeIndex node, NetlinkMessage message, const std::string& doing);
    /// What the errno of a refused look-up says.
    Result<std::optional<FoundRoute>> refused(NodeIndex node, const RouteQuestion& question,
                                              const Error& error);
    [[nodiscard]] std::string doing(NodeIndex node, std::string_view what) const;

    std::vector<NodeNamespaces>& nodes_;
};

} // namespace netrig
