#include "reports/graph_drawing.h"

#include "reports/text_canvas.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netrig {

namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t most_in_a_column = 12;

std::size_t widest(const Lines& lines) {
    std::size_t width = 0;
    for (const std::string& line : lines)
        width = std::max(width, columns_of(line));
    return width;
}

/// What stands at an end of a line: the interface's name, and below what else there is.
struct EndWords {
    std::string name;
    Lines below;
};

EndWords words_of(const Graph& graph, const GraphEnd& end) {
    if (!end.interface)
        return {};
    const GraphInterface& interface = graph.nodes[end.node].interfaces[*end.interface];
    EndWords words{interface.name, {}};
    for (const GraphAddress& address : interface.addresses)
        words.below.push_back(show(address));
    words.below.insert(words.below.end(), interface.notes.begin(), interface.notes.end());
    return words;
}

Lines words_of(const GraphLine& line) {
    Lines words;
    for (const Prefix& subnet : line.subnets)
        words.push_back(show(subnet));
    words.insert(words.end(), line.notes.begin(), line.notes.end());
    return words;
}

Lines words_of(const GraphNode& node) {
    Lines words{node.name};
    if (node.count > 1)
        words.push_back(fmt::format("{} hosts", node.count));
    if (node.shape != GraphShape::host)
        words.emplace_back(word(node.shape));
    for (const Prefix& subnet : node.subnets)
        words.push_back(show(subnet));
    words.insert(words.end(), node.notes.begin(), node.notes.end());
    return words;
}

/// The links of a chain in their order, with the end that comes first.
struct Hop {
    const GraphLine* line = nullptr;
    std::size_t first = 0;
    [[nodiscard]] const GraphEnd& near() const { return line->ends[first]; }
    [[nodiscard]] const GraphEnd& far() const { return line->ends[1 - first]; }
};

class Wiring {
public:
    explicit Wiring(const Graph& graph) : at_(graph.nodes.size()) {
        for (const GraphNode& node : graph.nodes)
            nodes_ += node.shape == GraphShape::overlay ? 0 : 1;
        for (const GraphLine& line : graph.lines)
            if (!line.tunnel) {
                ++links_;
                for (std::size_t end : {0U, 1U})
                    at_[line.ends[end].node].push_back({&line, end});
            }
    }

    /// Nothing where it is no chain of all nodes.
    [[nodiscard]] std::vector<Hop> chain() const {
        if (nodes_ < 2 || links_ + 1 != nodes_)
            return {};
        std::size_t start = 0;
        while (start < at_.size() && at_[start].size() != 1)
            ++start;
        std::vector<Hop> hops;
        const GraphLine* before = nullptr;
        for (std::size_t at = start; at < at_.size() && at_[at].size() <= 2;) {
            auto next = std::find_if(at_[at].begin(), at_[at].end(),
                                     [&](const Hop& hop) { return hop.line != before; });
            if (next == at_[at].end())
                break;
            hops.push_back(*next);
            before = next->line;
            at = next->far().node;
        }
        return hops.size() == links_ ? hops : std::vector<Hop>{};
    }

    /// The links of the only bridge where every other node has one and only this, from the other nodes on.
    [[nodiscard]] std::vector<Hop> bus(const Graph& graph) const {
        std::vector<Hop> hops;
        std::optional<std::size_t> bridge;
        for (std::size_t node = 0; node < at_.size(); ++node)
            if (graph.nodes[node].shape == GraphShape::bridge) {
                if (bridge)
                    return {};
                bridge = node;
            } else if (at_[node].size() == 1)
                hops.push_back(at_[node].front());
        bool all = bridge && hops.size() + 1 == nodes_ && hops.size() == links_ &&
                   std::all_of(hops.begin(), hops.end(), [&](const Hop& hop) {
                       return hop.far().node == *bridge && !hop.far().interface;
                   });
        return all ? hops : std::vector<Hop>{};
    }

private:
    std::vector<std::vector<Hop>> at_;
    std::size_t nodes_ = 0, links_ = 0;
};

/// Side by side:
///     ┌─────┐ eth0                 eth0 ┌──────┐
///     │ red ├───────────────────────────┤ blue │
///     └─────┘ 10.0.0.1/24   10.0.0.2/24 └──────┘
///                    10.0.0.0/24
class ChainRow {
public:
    ChainRow(const Graph& graph, const std::vector<Hop>& hops) : graph_(graph) {
        put_box(hops.front().near().node);
        for (const Hop& hop : hops) {
            put_gap(hop);
            put_box(hop.far().node);
        }
    }
    [[nodiscard]] std::size_t width() const { return x_; }
    [[nodiscard]] std::string text() const { return canvas_.text(); }

private:
    void put_box(std::size_t node) {
        Lines words = words_of(graph_.nodes[node]);
        std::size_t width = widest(words) + 4;
        canvas_.box(x_, 0, width, words);
        if (x_ > 0)
            canvas_.put(x_, 1, "┤");
        x_ += width;
    }

    void put_gap(const Hop& hop) {
        EndWords near = words_of(graph_, hop.near()), far = words_of(graph_, hop.far());
        Lines middle = words_of(*hop.line);
        std::size_t beside = columns_of(near.name) + columns_of(far.name);
        for (std::size_t i = 0; i < std::max(near.below.size(), far.below.size()); ++i)
            beside = std::max(beside, columns_of(i < near.below.size() ? near.below[i] : "") +
                                          columns_of(i < far.below.size() ? far.below[i] : ""));
        std::size_t width = std::max({beside + 3, widest(middle), std::size_t{6}}) + 2;
        canvas_.put(x_ - 1, 1, "├");
        canvas_.across(x_, 1, width, "─");
        near.below.insert(near.below.begin(), {near.name, ""});
        far.below.insert(far.below.begin(), {far.name, ""});
        for (std::size_t i = 0; i < near.below.size(); ++i)
            if (i != 1)
                canvas_.put(x_ + 1, i, near.below[i]);
        for (std::size_t i = 0; i < far.below.size(); ++i)
            if (i != 1)
                canvas_.put(x_ + width - 1 - columns_of(far.below[i]), i, far.below[i]);
        std::size_t y = std::max(near.below.size(), far.below.size());
        for (const std::string& words : middle)
            canvas_.put(x_ + (width - columns_of(words)) / 2, y++, words);
        x_ += width;
    }

    const Graph& graph_;
    TextCanvas canvas_;
    std::size_t x_ = 0;
};

/// One below the other:
///     ┌────┐
///     │ h1 │
///     └─┬──┘
///       │ eth0  10.0.0.1/24  2001:db8::1/64
///       │       10.0.0.0/24  2001:db8::/64
///       │ eth0  10.0.0.2/24  2001:db8::2/64
///     ┌─┴──┐
class ChainColumn {
public:
    ChainColumn(const Graph& graph, const std::vector<Hop>& hops) : graph_(graph) {
        put_box(hops.front().near().node, false, true);
        for (const Hop& hop : hops) {
            EndWords near = words_of(graph, hop.near()), far = words_of(graph, hop.far());
            std::size_t names = std::max(columns_of(near.name), columns_of(far.name));
            put_words(near.name, near.below, names);
            put_words("", words_of(*hop.line), names);
            put_words(far.name, far.below, names);
            put_box(hop.far().node, true, &hop != &hops.back());
        }
    }
    [[nodiscard]] std::size_t width() const { return width_; }
    [[nodiscard]] std::string text() const { return canvas_.text(); }

private:
    void put_box(std::size_t node, bool above, bool below) {
        Lines words = words_of(graph_.nodes[node]);
        std::size_t width = widest(words) + 4;
        canvas_.box(0, y_, width, words);
        if (above)
            canvas_.put(2, y_, "┴");
        y_ += words.size() + 2;
        if (below)
            canvas_.put(2, y_ - 1, "┬");
        width_ = std::max(width_, width);
    }

    void put_words(const std::string& name, const Lines& words, std::size_t names) {
        if (name.empty() && words.empty())
            return;
        std::string line =
            fmt::format("{}{}  {}", name, std::string(names - columns_of(name), ' '), fmt::join(words, "  "));
        canvas_.put(2, y_, "│");
        canvas_.put(4, y_++, line);
        width_ = std::max(width_, 4 + columns_of(line));
    }

    const Graph& graph_;
    TextCanvas canvas_;
    std::size_t y_ = 0, width_ = 0;
};

/// Hosts over their bridge:
///     ┌─────────────┐  ┌─────────────┐
///     │ net0        │  │ net1        │
///     │ 10.1.1.1/24 │  │ 10.1.1.2/24 │
///     └──────┬──────┘  └──────┬──────┘
///            │ eth0           │ eth0
///     ═══════╧════════════════╧═══════
///     br0  bridge  10.1.1.0/24
class Bus {
public:
    Bus(const Graph& graph, const std::vector<Hop>& hops) : graph_(graph) {
        for (const Hop& hop : hops) {
            EndWords end = words_of(graph, hop.near());
            Lines words = words_of(graph.nodes[hop.near().node]);
            words.insert(words.end(), end.below.begin(), end.below.end());
            Lines beside = hop.line->notes;
            beside.insert(beside.begin(), end.name);
            hosts_.push_back({std::move(words), std::move(beside)});
            rows_ = std::max(rows_, hosts_.back().words.size());
            beside_ = std::max(beside_, hosts_.back().beside.size());
        }
        for (const Host& host : hosts_)
            put(host);
        width_ = x_ - gap;
        put_bar(words_of(graph.nodes[hops.front().far().node]));
    }
    [[nodiscard]] std::size_t width() const { return width_; }
    [[nodiscard]] std::string text() const { return canvas_.text(); }

private:
    static constexpr std::size_t gap = 2;
    struct Host {
        Lines words, beside;
    };

    void put(const Host& host) {
        Lines words = host.words;
        words.resize(rows_);
        std::size_t width = std::max(widest(words) + 4, 2 * (widest(host.beside) + 2));
        std::size_t middle = x_ + width / 2, y = rows_ + 2;
        canvas_.box(x_, 0, width, words);
        canvas_.put(middle, y - 1, "┬");
        for (std::size_t i = 0; i < beside_; ++i) {
            canvas_.put(middle, y + i, "│");
            canvas_.put(middle + 2, y + i, i < host.beside.size() ? host.beside[i] : "");
        }
        plugs_.push_back(middle);
        x_ += width + gap;
    }

    void put_bar(const Lines& bridge) {
        std::size_t y = rows_ + 2 + beside_;
        std::string words = fmt::format("{}", fmt::join(bridge, "  "));
        canvas_.across(0, y, width_, "═");
        for (std::size_t plug : plugs_)
            canvas_.put(plug, y, "╧");
        canvas_.put(0, y + 1, words);
        width_ = std::max(width_, columns_of(words));
    }

    const Graph& graph_;
    TextCanvas canvas_;
    std::vector<Host> hosts_;
    std::vector<std::size_t> plugs_;
    std::size_t rows_ = 0, beside_ = 0, x_ = 0, width_ = 0;
};

template <class Drawing>
std::optional<std::string> that_fits(const Drawing& drawing, std::size_t width) {
    return drawing.width() <= width ? std::optional(drawing.text()) : std::nullopt;
}

} // namespace

std::optional<std::string> graph_drawing(const Graph& graph, std::size_t width) {
    Wiring wiring(graph);
    if (auto hops = wiring.bus(graph); hops.size() > 1)
        if (auto text = that_fits(Bus(graph, hops), width))
            return text;
    auto hops = wiring.chain();
    if (hops.empty())
        return std::nullopt;
    if (auto text = that_fits(ChainRow(graph, hops), width))
        return text;
    return hops.size() < most_in_a_column ? that_fits(ChainColumn(graph, hops), width) : std::nullopt;
}

} // namespace netrig
