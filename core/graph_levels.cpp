#include "core/graph.h"

#include <algorithm>
#include <deque>
#include <limits>

namespace netrig {

namespace {

constexpr std::size_t unreached = std::numeric_limits<std::size_t>::max();

/// What is wired to what; tunnels are drawn over the finished picture, but for those of an overlay.
class Neighbours {
public:
    explicit Neighbours(const Graph& graph) : of_(graph.nodes.size()) {
        for (const GraphLine& line : graph.lines) {
            auto [one, other] = std::pair(line.ends[0].node, line.ends[1].node);
            if (line.tunnel || one == other)
                continue;
            of_[one].push_back(other);
            of_[other].push_back(one);
        }
        for (auto& each : of_) {
            std::sort(each.begin(), each.end());
            each.erase(std::unique(each.begin(), each.end()), each.end());
        }
    }

    [[nodiscard]] const std::vector<std::size_t>& of(std::size_t node) const { return of_[node]; }

    /// How many lines lead from each node to the nearest of `from`.
    [[nodiscard]] std::vector<std::size_t> distances(const std::vector<std::size_t>& from) const {
        std::vector<std::size_t> distances(of_.size(), unreached);
        std::deque<std::size_t> open(from.begin(), from.end());
        for (std::size_t node : from)
            distances[node] = 0;
        for (; !open.empty(); open.pop_front())
            for (std::size_t next : of_[open.front()])
                if (distances[next] == unreached) {
                    distances[next] = distances[open.front()] + 1;
                    open.push_back(next);
                }
        return distances;
    }

    /// All that hang together with the node.
    [[nodiscard]] std::vector<std::size_t> around(std::size_t node) const {
        std::vector<std::size_t> found, all = distances({node});
        for (std::size_t each = 0; each < all.size(); ++each)
            if (all[each] != unreached)
                found.push_back(each);
        return found;
    }

private:
    std::vector<std::vector<std::size_t>> of_;
};

bool are_apart(const std::vector<std::size_t>& nodes, const Neighbours& neighbours) {
    return std::none_of(nodes.begin(), nodes.end(), [&](std::size_t one) {
        return std::any_of(nodes.begin(), nodes.end(), [&](std::size_t other) {
            const auto& beside = neighbours.of(one);
            return std::binary_search(beside.begin(), beside.end(), other);
        });
    });
}

/// From which the farthest is the nearest, and of those what most lines lead to.
std::size_t most_central(const std::vector<std::size_t>& nodes, const Neighbours& neighbours) {
    auto rank = [&](std::size_t node) {
        std::size_t farthest = 0;
        for (std::size_t distance : neighbours.distances({node}))
            farthest = std::max(farthest, distance == unreached ? 0 : distance);
        return std::pair(farthest, unreached - neighbours.of(node).size());
    };
    std::size_t best = nodes.front();
    auto least = rank(best);
    for (std::size_t node : nodes)
        if (auto of_node = rank(node); of_node < least) {
            best = node;
            least = of_node;
        }
    return best;
}

/// Where the drawing of some that hang together begins: an end of a chain, else what is farthest from all
/// leaves (the spines of a fabric), else what most lines lead to.
std::vector<std::size_t> tops_of(const std::vector<std::size_t>& nodes, const Neighbours& neighbours) {
    auto degree = [&](std::size_t node) { return neighbours.of(node).size(); };
    auto by_degree = [&](std::size_t a, std::size_t b) { return degree(a) < degree(b); };
    std::size_t busiest = *std::max_element(nodes.begin(), nodes.end(), by_degree);
    if (degree(busiest) <= 2)
        return {*std::min_element(nodes.begin(), nodes.end(), by_degree)};
    std::vector<std::size_t> leaves, farthest;
    std::copy_if(nodes.begin(), nodes.end(), std::back_inserter(leaves),
                 [&](std::size_t node) { return degree(node) == 1; });
    if (leaves.empty())
        return {busiest};
    std::vector<std::size_t> distances = neighbours.distances(leaves);
    std::size_t most = 0;
    for (std::size_t node : nodes)
        most = std::max(most, distances[node]);
    std::copy_if(nodes.begin(), nodes.end(), std::back_inserter(farthest),
                 [&](std::size_t node) { return distances[node] == most; });
    if (are_apart(farthest, neighbours))
        return farthest;
    return {most_central(farthest, neighbours)};
}

/// A long chain goes to and fro, in rows of about the proportions of a sheet of paper, where a node is three
/// times as wide as high with its link.
void fold(std::vector<std::size_t>& distances, const std::vector<std::size_t>& nodes) {
    constexpr std::size_t most_in_a_row = 8;
    if (nodes.size() <= most_in_a_row)
        return;
    std::size_t row = 2;
    while (row * row * 3 < nodes.size() * 2)
        ++row;
    for (std::size_t node : nodes) {
        std::size_t place = distances[node] % row;
        bool goes_back = distances[node] / row % 2 == 1;
        distances[node] = goes_back ? row - 1 - place : place;
    }
}

bool is_chain(const std::vector<std::size_t>& nodes, const Neighbours& neighbours) {
    auto ends = std::count_if(nodes.begin(), nodes.end(),
                              [&](std::size_t node) { return neighbours.of(node).size() == 1; });
    return ends == 2 && std::all_of(nodes.begin(), nodes.end(),
                                    [&](std::size_t node) { return neighbours.of(node).size() <= 2; });
}

} // namespace

std::vector<std::size_t> levels_of(const Graph& graph) {
    Neighbours neighbours(graph);
    std::vector<std::size_t> levels(graph.nodes.size(), unreached);
    for (std::size_t node = 0; node < levels.size(); ++node) {
        if (levels[node] != unreached)
            continue;
        auto nodes = neighbours.around(node);
        auto distances = neighbours.distances(tops_of(nodes, neighbours));
        if (is_chain(nodes, neighbours))
            fold(distances, nodes);
        for (std::size_t each : nodes)
            levels[each] = distances[each];
    }
    for (const GraphLine& line : graph.lines) // an overlay is behind all its tunnels
        if (const auto& [end, overlay] = line.ends; graph.nodes[overlay.node].shape == GraphShape::overlay)
            levels[overlay.node] = std::max(levels[overlay.node], levels[end.node] + 1);
    return levels;
}

} // namespace netrig
