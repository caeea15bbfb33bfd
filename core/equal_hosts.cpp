#include "core/equal_hosts.h"

#include "core/names.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace netrig {

namespace {

/// All that two hosts must have in common to be drawn as one, in words. A host of which that can't be asked
/// has none.
std::string likeness(const Graph& graph, std::size_t node, const std::vector<std::size_t>& lines) {
    const GraphNode& host = graph.nodes[node];
    if (host.shape != GraphShape::host || lines.size() != 1)
        return {};
    const GraphLine& line = graph.lines[lines.front()];
    const GraphEnd& far = line.ends[line.ends[0].node == node ? 1 : 0];
    if (line.tunnel || graph.nodes[far.node].shape != GraphShape::bridge || far.interface)
        return {};
    std::string words =
        fmt::format("{} {} {}", without_number(host.name), far.node, fmt::join(line.notes, ";"));
    for (const GraphInterface& interface : host.interfaces) {
        words += fmt::format("\n{} {} {}", interface.name, interface.what, fmt::join(interface.notes, ";"));
        for (const GraphAddress& address : interface.addresses)
            words += " " + show(address.prefix.network());
    }
    return words;
}

/// The addresses of one place in all hosts.
GraphAddress join_addresses(std::vector<Prefix> prefixes) {
    std::sort(prefixes.begin(), prefixes.end());
    return {prefixes.front(), prefixes.back().address};
}

bool are_successive(std::vector<Prefix> prefixes) {
    std::sort(prefixes.begin(), prefixes.end());
    for (std::size_t i = 1; i < prefixes.size(); ++i)
        if (prefixes[i].address != prefixes[i - 1].address + 1)
            return false;
    return true;
}

class Joining {
public:
    explicit Joining(Graph graph) : graph_(std::move(graph)), stays_(graph_.nodes.size(), true) {}

    Graph join() {
        std::vector<std::vector<std::size_t>> lines(graph_.nodes.size());
        for (std::size_t i = 0; i < graph_.lines.size(); ++i)
            for (const GraphEnd& end : graph_.lines[i].ends)
                lines[end.node].push_back(i);
        std::map<std::string, std::vector<std::size_t>> alike;
        for (std::size_t node = 0; node < graph_.nodes.size(); ++node)
            if (std::string words = likeness(graph_, node, lines[node]); !words.empty())
                alike[words].push_back(node);
        for (const auto& [words, nodes] : alike)
            if (nodes.size() > most_equal_hosts)
                join(nodes);
        return without_joined();
    }

private:
    void join(const std::vector<std::size_t>& nodes) {
        GraphNode& first = graph_.nodes[nodes.front()];
        std::vector<std::string> names;
        for (std::size_t node : nodes)
            names.push_back(graph_.nodes[node].name);
        for (std::size_t i = 0; i < first.interfaces.size(); ++i)
            join_interface(nodes, i);
        first.name = name_pattern(names);
        first.count = nodes.size();
        for (std::size_t node : nodes)
            stays_[node] = node == nodes.front();
    }

    void join_interface(const std::vector<std::size_t>& nodes, std::size_t place) {
        GraphInterface& first = graph_.nodes[nodes.front()].interfaces[place];
        for (std::size_t i = first.addresses.size(); i-- > 0;) {
            std::vector<Prefix> prefixes;
            for (std::size_t node : nodes)
                prefixes.push_back(graph_.nodes[node].interfaces[place].addresses[i].prefix);
            if (are_successive(prefixes)) {
                first.addresses[i] = join_addresses(std::move(prefixes));
                continue;
            }
            first.addresses.erase(first.addresses.begin() + static_cast<std::ptrdiff_t>(i));
            first.notes.push_back(
                fmt::format("{} addresses of {}", prefixes.size(), show(prefixes.front().network())));
        }
    }

    Graph without_joined() {
        std::vector<std::size_t> new_place(graph_.nodes.size());
        Graph graph{.title = std::move(graph_.title)};
        for (std::size_t node = 0; node < graph_.nodes.size(); ++node)
            if (stays_[node]) {
                new_place[node] = graph.nodes.size();
                graph.nodes.push_back(std::move(graph_.nodes[node]));
            }
        for (GraphLine& line : graph_.lines) {
            if (!stays_[line.ends[0].node] || !stays_[line.ends[1].node])
                continue;
            for (GraphEnd& end : line.ends)
                end.node = new_place[end.node];
            graph.lines.push_back(std::move(line));
        }
        return graph;
    }

    Graph graph_;
    std::vector<bool> stays_;
};

} // namespace

Graph join_equal_hosts(Graph graph) {
    return Joining(std::move(graph)).join();
}

} // namespace netrig
