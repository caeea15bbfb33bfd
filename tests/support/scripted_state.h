// The state of nodes as a test wrote it down, for the wording of verdicts. It keeps which nodes were asked
// for what. What has no answer in the script is an empty list.
#pragma once

#include "core/node_state.h"

#include <fmt/format.h>
#include <map>
#include <string>
#include <vector>

namespace netrig {

class ScriptedState : public NodeState {
public:
    // By node.
    std::map<NodeIndex, std::vector<FoundAddress>> node_addresses;
    std::map<NodeIndex, std::optional<FoundRoute>> looked_up;
    std::map<NodeIndex, std::vector<FoundRoute>> node_routes;
    std::map<NodeIndex, std::vector<FoundNeighbour>> node_neighbours;
    std::map<NodeIndex, std::vector<FoundFdbEntry>> node_fdb;
    std::map<NodeIndex, std::vector<Rule>> node_rules;
    std::map<NodeIndex, std::map<std::string, MacAddress>> node_macs;
    std::map<NodeIndex, std::optional<std::string>> node_sysctl;
    std::map<NodeIndex, std::vector<FoundListener>> node_listeners;
    std::map<NodeIndex, std::optional<LinkStatistics>> node_statistics;
    std::map<NodeIndex, std::vector<FoundNftCounter>> node_counters;
    std::optional<Error> error; ///< instead of every answer

    std::vector<std::string> asked; ///< "look up 10.0.0.2 in node 0"

    Result<std::vector<FoundAddress>> addresses(NodeIndex node) override {
        return answer(node_addresses, node, "addresses");
    }
    Result<std::optional<FoundRoute>> look_up(NodeIndex node, const RouteQuestion& question) override {
        std::string what = "look up " + show(question.to);
        if (question.from)
            what += " from " + show(*question.from);
        if (!question.iif.empty())
            what += " iif " + question.iif;
        if (question.mark)
            what += fmt::format(" mark {}", *question.mark);
        return answer(looked_up, node, what);
    }
    Result<std::vector<FoundRoute>> routes(NodeIndex node) override {
        return answer(node_routes, node, "routes");
    }
    Result<std::vector<FoundNeighbour>> neighbours(NodeIndex node) override {
        return answer(node_neighbours, node, "neighbours");
    }
    Result<std::vector<FoundFdbEntry>> fdb(NodeIndex node) override { return answer(node_fdb, node, "fdb"); }
    Result<std::vector<Rule>> rules(NodeIndex node) override { return answer(node_rules, node, "rules"); }
    Result<std::map<std::string, MacAddress>> macs(NodeIndex node) override {
        return answer(node_macs, node, "macs");
    }
    Result<std::optional<std::string>> sysctl(NodeIndex node, const std::string& name) override {
        return answer(node_sysctl, node, name);
    }
    Result<std::vector<FoundListener>> listeners(NodeIndex node, Transport transport) override {
        return answer(node_listeners, node, transport == Transport::tcp ? "tcp" : "udp");
    }
    Result<std::optional<LinkStatistics>> statistics(NodeIndex node, const std::string& interface) override {
        return answer(node_statistics, node, "statistics of " + interface);
    }
    Result<std::vector<FoundNftCounter>> nft_counters(NodeIndex node) override {
        return answer(node_counters, node, "nftables");
    }

private:
    template <class Answer>
    Result<Answer> answer(const std::map<NodeIndex, Answer>& answers, NodeIndex node,
                          const std::string& what) {
        asked.push_back(fmt::format("{} in node {}", what, node));
        if (error)
            return failure(*error);
        auto found = answers.find(node);
        return found == answers.end() ? Answer{} : found->second;
    }
};

} // namespace netrig
